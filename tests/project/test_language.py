"""Names and prose use the field's terms: a short list of struck words, each with the term to use instead.

It guards against relapse. It does not replace reading.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.project.repository import code, texts

pytestmark = pytest.mark.once

STRUCK_NAME_PARTS = {
    "anew": "again, or the verb with re-",
    "chair": "role",
    "desk": "next_steps, dashboard",
    "enough": "a threshold: *_THRESHOLD",
    "fewest": "MIN_*",
    "glass": "emergency_access",
    "hang": "register",
    "kept": "stored, cached, saved",
    "least": "MIN_*",
    "learnt": "fitted",
    "lent": "borrowed value: say what it is",
    "longest": "MAX_*_LENGTH",
    "mended": "fixed, repaired",
    "most": "MAX_*",
    "much": "a threshold: *_THRESHOLD",
    "paper": "document, view",
    "standing": "state, rank, status",
    "tell": "notify, render, report",
    "telling": "seed, report",
    "told": "notified, rendered",
}
"""Parts of module, class, function and constant names, split at underscores and capitals."""

STRUCK_PHRASES = {
    r"\bsay whether\b": "Return True if",
    r"\b(?:return|give|show|tell|know)s? (?:what|who|whom|whose)\b": "name the thing that is returned",
    r"^what\b": "a noun phrase that names the subject",
    r"^who(?:se)?\b": "a noun phrase that names the subject",
    r"^whether\b": "True if",
    r"\bone's own\b": "the user's, the process's",
    r"\bby the clock\b": "on a schedule",
    r"\bthe clock (?:does|decides|forgets|reminds|has)\b": "a scheduled job",
    r"\banew\b": "again",
    r"\blearnt\b": "fitted",
    r"\bmend(?:s|ed|ing)?\b": "fix, correct",
    r"\bforgets?\b": "delete, purge, evict",
    r"\bhangs? (?:on|beside)\b": "is registered on, extends",
    r"\bbreak(?:s|ing)? glass\b|\bglass\b": "emergency access",
    r"\bthe house\b|\brooms? (?:of|above|below)\b": "the project, the package",
    r"\bchairs?\b": "role",
    r"\bno word of\b|\bwithout a word\b": "nothing about, silently",
    r"\bupon\b|\bthereof\b|\bwherefore\b": "plain words",
    r"\bis (?:told|let)\b|\bare (?:told|let)\b": "is notified, is allowed",
    r"\bas (?:it|they) stands?\b": "the current",
    r"\bput to the test\b": "checked",
    r"\beach once\b": "without duplicates",
    r"\bbecause (?:as above|of the same)\b": "the reason itself",
    r"\bpresent (?:state|ones?)\b": "current",
    r"\bat each door\b|\bevery door\b": "every entry point",
}
"""Patterns in docstrings, comments and Markdown; `^` matches the beginning of a docstring or comment."""
ANY_STRUCK_PHRASE = re.compile("|".join(STRUCK_PHRASES), re.IGNORECASE)

PROSE_FILES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/operation.md",
    "docs/scaling.md",
    "docs/regions.md",
    "Makefile",
)
COMMENT = re.compile(r"(?:^|\s)#+ (.*)")
"""A comment, or a line of a string that looks like one. A tokenizer would take ten times as long."""
THIS_FILE = "tests/project/test_language.py"


def name_parts(name: str) -> set[str]:
    """Split a name at underscores and capital letters: `MAX_ROWS` and `maxRows` both give max and rows."""
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements. `ast.walk` also visits the parts of expressions, which are most nodes."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, field, ())


def public_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each class, function, method and module-level constant without leading underscore."""
    for node in statements(tree):
        if isinstance(
            node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and not node.name.startswith("_"):
            yield node.lineno, node.name
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                yield node.lineno, target.id


def prose(source: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of each docstring and comment."""
    strings = (
        (node.lineno, node.value.value)
        for node in statements(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    yield from ((line, text.strip()) for line, text in strings if isinstance(text, str))
    for number, line in enumerate(source.splitlines(), 1):
        if match := COMMENT.search(line):
            yield number, match[1].removeprefix("noqa").strip()


def struck_names(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield a message for each struck part in the names of a module."""
    module = name.rsplit("/", 1)[-1].removesuffix(".py")
    for line, used in [(1, module), *public_names(tree)]:
        if name.startswith("tests/") and used.startswith("test_") and used != module:
            continue  # the name of a test is a sentence
        for part in sorted(name_parts(used) & set(STRUCK_NAME_PARTS)):
            yield f"{name}:{line}: {used}: not {part!r} but {STRUCK_NAME_PARTS[part]}"


def struck_phrases(name: str, passages: Iterator[tuple[int, str]]) -> Iterator[str]:
    """Yield a message for each struck phrase in passages of prose."""
    for line, text in passages:
        for pattern, instead in STRUCK_PHRASES.items() if ANY_STRUCK_PHRASE.search(text) else ():
            if match := re.search(pattern, text, re.IGNORECASE):
                yield f"{name}:{line}: not {match[0]!r} but {instead}: {text.splitlines()[0][:80]}"


def python_files() -> Iterator[tuple[str, str]]:
    for name, source in code().items():
        if name != THIS_FILE and "/migrations/versions/" not in name:
            yield name, source


def struck_words(name: str, source: str) -> list[str]:
    tree = ast.parse(source)
    return [*struck_names(name, tree), *struck_phrases(name, prose(source, tree))]


def test_names_docstrings_and_comments_have_no_struck_words() -> None:
    assert [found for name, source in python_files() for found in struck_words(name, source)] == []


@pytest.mark.parametrize("name", PROSE_FILES)
def test_prose_files_have_no_struck_phrases(name: str) -> None:
    lines = ((number, line) for number, line in enumerate(texts()[name].splitlines(), 1))
    assert list(struck_phrases(name, lines)) == []


@pytest.mark.parametrize(
    ("source", "struck"),
    [
        ('"""Say whether it is open."""', 1),
        ("def tell_people(): ...", 1),
        ("MOST_ROWS = 3", 1),
        ("# what hangs on a brief", 2),
        ('"""Return the open briefs."""\nMAX_ROWS = 3', 0),
    ],
)
def test_struck_words_are_recognised(source: str, struck: int) -> None:
    assert len(struck_words("m.py", source)) == struck
