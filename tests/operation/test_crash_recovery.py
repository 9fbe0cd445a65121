"""Three kills under eight writers. `make soak` runs a hundred."""

import pytest

from tests.operation.soak import soak


@pytest.mark.slow
def test_acknowledged_writes_survive_kill_9(empty_database_url, tmp_path):
    result = soak(empty_database_url, tmp_path, kills=3, seconds=0.5)
    assert result.findings == []
    assert result.acknowledged >= 30
    assert result.mails > 0
