"""The matcher as a library of its own: copied out under another name, and as described by its package metadata."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import marketplace.matching

FOLDER = Path(marketplace.matching.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
NO_MARKETPLACE = """
import sys
foreign = [name for name in sys.modules if name.split(".")[0] in {"marketplace", "flask", "sqlalchemy"}]
assert not foreign, foreign
"""


def _block(language: str) -> str:
    """Return the content of the README's code block in a language."""
    match = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert match
    return match[1]


def test_readme_example_runs_on_a_copy_under_any_name(tmp_path: Path) -> None:
    name = "ranker"
    shutil.copytree(FOLDER, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    script = tmp_path / "example.py"
    script.write_text(_block("python").replace("brief_matching", name) + NO_MARKETPLACE, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == _block("text")


def test_package_requirements_equal_those_of_the_product() -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["dependencies"]) <= set(requires("leverandortorget") or ())
    third_party = set()
    for file in FOLDER.rglob("*.py"):
        imports = re.findall(
            r"^\s*(?:import|from) ([a-z]\w*)", file.read_text(encoding="utf-8"), re.MULTILINE
        )
        third_party |= set(imports) - sys.stdlib_module_names
    named = {re.split(r"[<>=]", requirement)[0] for requirement in project["dependencies"]}
    assert {name.replace("sklearn", "scikit-learn") for name in third_party} == named
