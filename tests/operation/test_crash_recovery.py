"""Kill the service under eight concurrent writers, once or three times. `make crash-test` runs a hundred."""

import pytest

from tests.operation.crash_run import run_crashes


@pytest.mark.slow
def test_acknowledged_writes_survive_kill_9(migrated_database_url, tmp_path, sampling):
    kills = 3 if sampling.exhaustive else 1
    result = run_crashes(migrated_database_url, tmp_path, kills=kills, seconds=0.5)
    assert result.findings == []
    assert result.acknowledged >= 10 * kills
    assert result.mails > 0
