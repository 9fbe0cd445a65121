"""Deferred imports."""

import subprocess
import sys

SCRIPT = """
import sys
from marketplace.matching import spam_flags
from marketplace.matching.index import bm25
assert "scipy.stats._stats_py" not in sys.modules, "loaded in advance"
import scipy.stats
from scipy import stats
assert stats.mode([1, 2, 2]).mode == 2
assert scipy.stats is sys.modules["scipy.stats"]
import scipy.stats.qmc
"""


def test_statistics_are_imported_on_first_use() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
