"""Three kills under eight writers; `make soak` does it a hundred times."""

import pytest

from tests.operation.soak import soak


@pytest.mark.slow
def test_what_was_acknowledged_outlives_kill_9_and_nothing_is_half_or_twice(empty_database_url, tmp_path):
    told = soak(empty_database_url, tmp_path, kills=3, seconds=0.5)
    assert told.findings == []
    assert told.acknowledged >= 30
    assert told.mails > 0
