"""Three kills under eight writers; `make soak` does it a hundred times."""

import pytest

from tests.operation.soak import soak


@pytest.mark.slow
def test_acknowledged_writes_survive_kill_9(empty_database_url, tmp_path):
    told = soak(empty_database_url, tmp_path, kills=3, seconds=0.5)
    assert told.findings == []
    assert told.acknowledged >= 30
    assert told.mails > 0
