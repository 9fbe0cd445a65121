"""Deferred imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.matching.deferred_import import defer_import

SCRIPT = """
import sys
from marketplace.matching import spam_flags
from marketplace.matching.index import bm25
files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
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


def test_server_starts_without_rarely_used_libraries() -> None:
    script = """
import sys
import marketplace.commands.server  # and with it marketplace.app
print(*sorted({"scipy", "sklearn", "pypdf", "typst", "openpyxl"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "", "import these where they are used"


def test_module_is_imported_once_on_first_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_later.py").write_text("value = 7\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    defer_import("imported_later")
    placeholder = sys.modules["imported_later"]
    assert placeholder.value == 7
    imported = sys.modules["imported_later"]
    assert imported is not placeholder
    assert placeholder.value == 7
    defer_import("imported_later")
    assert sys.modules.pop("imported_later") is imported, "a module that is imported already stays"
