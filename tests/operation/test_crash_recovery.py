"""Kill the service under eight concurrent writers, once or three times; `make soak` does it a hundred times."""

import pytest

from tests.operation.soak import soak


@pytest.mark.slow
def test_acknowledged_writes_survive_kill_9(empty_database_url, tmp_path, sampling):
    kills = 3 if sampling.exhaustive else 1
    told = soak(empty_database_url, tmp_path, kills=kills, seconds=0.5)
    assert told.findings == []
    assert told.acknowledged >= 10 * kills
    assert told.mails > 0
