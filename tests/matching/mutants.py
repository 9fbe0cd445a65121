"""Mutation testing of the ranking rules: change one small thing at a time and check that a test fails (`make
mutants`).

A mutant is a copy of `ranking`, `explanation` or `criteria` with one comparison, sign, number, string, condition or
return value changed. Each mutant runs the narrow tests in a process of its own and, if it survives them, the wide
ones. A mutant that survives both must be listed in `EQUIVALENT` with the reason why no test can fail. Exits with 1
otherwise.
"""

import ast
import copy
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
MODULES = ("criteria", "explanation", "ranking")
NARROW = ["test_criteria.py", "test_serialization.py", "test_tie_rotation.py"]
QUICK = "not index and not suggestion"
"""Selects the narrow tests that need no glossary."""
WIDE = ["test_attribute_columns.py", "test_ranking.py", "test_reference.py"]

RETURN_DISTANCE = "return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))"
SORT_BAND = "band.sort(key=lambda key: (last_shown.get(key, -1), tie_break(query_id, key), key))"
EQUIVALENT = {
    "criteria: @lru_cache(maxsize=100000) -> @lru_cache(maxsize=100001)": "the cache size changes no distance",
    "criteria: @lru_cache(maxsize=100000) -> @lru_cache(maxsize=50000.0)": "as above",
    f"criteria: {RETURN_DISTANCE} -> {RETURN_DISTANCE.replace('1.0', '2.0')}": (
        "in twenty million antipodal pairs the value exceeded 1 by at most one ulp, and its root is 1"
    ),
    f"ranking: {SORT_BAND} -> {SORT_BAND.replace('-1', '-2')}": "last_shown is 0 or more; any negative number sorts before it",
    f"ranking: {SORT_BAND} -> {SORT_BAND.replace('-1', '-0.5')}": "as above",
}
"""Mutants that no test can detect, with the reason."""

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sin": "cos", "cos": "sin", "sum": "len"}


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield each way to change one node, with a description."""
    yield from _operators(node)
    yield from _values(node)
    yield from _flow(node)


def _operators(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Compare):
        for position, operator in enumerate(node.ops):
            other = SWAPS[type(operator)]()
            yield (
                type(other).__name__,
                ast.Compare(
                    node.left, [*node.ops[:position], other, *node.ops[position + 1 :]], node.comparators
                ),
            )
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in SWAPS:
        mutated = copy.copy(node)
        mutated.op = SWAPS[type(node.op)]()
        yield type(mutated.op).__name__, mutated
    if isinstance(node, ast.BoolOp):
        for position in range(len(node.values)):
            rest = node.values[:position] + node.values[position + 1 :]
            yield f"without {position}", ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
    if isinstance(node, ast.UnaryOp):
        yield "unsigned", node.operand


def _values(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool):
        yield "negated", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield "one more", ast.Constant(value + 1)
        if value:
            yield "half", ast.Constant(value / 2)
    elif isinstance(value, str):
        yield "other word", ast.Constant(f"{value}x")
    if isinstance(node, ast.Name) and node.id in NAMES:
        yield NAMES[node.id], ast.Name(NAMES[node.id], node.ctx)
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield NAMES[node.attr], ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    if isinstance(node, ast.Starred):
        yield "unpacked", ast.Starred(ast.Tuple([], ast.Load()), node.ctx)


def _flow(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.If | ast.IfExp):
        for word, value in (("always", True), ("never", False)):
            mutated = copy.copy(node)
            mutated.test = ast.Constant(value)
            yield word, mutated
    if isinstance(node, ast.comprehension) and node.ifs:
        yield "unfiltered", ast.comprehension(node.target, node.iter, [], node.is_async)
    if isinstance(node, ast.Return) and node.value is not None:
        yield "nothing", ast.Return(ast.Constant(None))
    if isinstance(node, ast.Assign | ast.AugAssign):
        yield "removed", ast.Pass()


class _Mutator(ast.NodeTransformer):
    """Visits nodes in a fixed order and makes the wanted change; annotations and docstrings are left alone."""

    def __init__(self, wanted: int | None) -> None:
        self.wanted, self.seen = wanted, 0

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return node
        for _word, changed in changes(node):
            self.seen += 1
            if self.seen == self.wanted:
                return ast.copy_location(changed, node)
        return super().visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.args = self.visit(node.args)
        node.decorator_list = [self.visit(item) for item in node.decorator_list]
        node.body = [self.visit(item) for item in node.body]
        return node


def mutants(source: str) -> list[tuple[str, str]]:
    """Return all mutants of a source file as pairs of difference and new source."""
    tree = ast.parse(source)
    plain = ast.unparse(tree).splitlines()
    counter = _Mutator(None)
    counter.visit(copy.deepcopy(tree))
    mutated = []
    for i in range(1, counter.seen + 1):
        changed = ast.fix_missing_locations(_Mutator(i).visit(copy.deepcopy(tree)))
        text = ast.unparse(changed)
        old, new = _differing(plain, text.splitlines())
        mutated.append((f"{old} -> {new}", text))
    return mutated


def _differing(old: list[str], new: list[str]) -> tuple[str, str]:
    before = [line.strip() for line in old if old.count(line) > new.count(line)]
    after = [line.strip() for line in new if new.count(line) > old.count(line)]
    return " ".join(before), " ".join(after)


class _MutantFinder(MetaPathFinder):
    """Import hook that returns the mutant in place of its module."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        spec = PathFinder.find_spec(name, path)  # type: ignore[arg-type] # because it is passed on unchanged
        assert spec
        assert isinstance(spec.loader, SourceFileLoader)
        spec.loader = _MutantLoader(spec.loader, self.text)
        return spec


class _MutantLoader(Loader):
    def __init__(self, loader: SourceFileLoader, text: str) -> None:
        self.loader, self.text = loader, text

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: object) -> None:
        exec(compile(self.text, self.loader.path, "exec"), vars(module))


def survives(module: str, text: str, tests: list[str]) -> bool:
    """Run tests with a mutant in a child process, for at most 90 seconds; return True if all pass."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.meta_path.insert(0, _MutantFinder(f"marketplace.matching.{module}", text))
        import pytest

        options = ["-x", "-q", "-p", "no:cacheprovider"]
        if tests is NARROW:
            options += ["--noconftest", "-k", QUICK]
        os._exit(int(pytest.main([*options, *(str(Path(__file__).parent / name) for name in tests)]) != 0))
    end = time.monotonic() + 90
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def main() -> int:
    """Run all mutants, print the survivors, and return 1 if one of them is not explained."""
    os.chdir(ROOT)
    import pytest  # noqa: F401 because a forked child then starts faster
    import sklearn.feature_extraction.text  # noqa: F401 because a forked child then starts faster
    import yaml  # noqa: F401 because a forked child then starts faster

    modules = sys.argv[1:] or list(MODULES)
    counts: Counter[str] = Counter()
    unexplained = []
    for module in modules:
        source = (ROOT / "marketplace" / "matching" / f"{module}.py").read_text(encoding="utf-8")
        if not survives(module, source, NARROW):
            click.echo(f"the narrow tests do not pass with {module} as it is")
            return 1
        for change, text in mutants(source):
            counts[f"{module}: mutants"] += 1
            if f"{module}: {change}" in EQUIVALENT:
                counts[f"{module}: explained"] += 1
            elif not survives(module, text, NARROW):
                counts[f"{module}: noticed by narrow tests"] += 1
            elif not survives(module, text, WIDE):
                counts[f"{module}: noticed by wide tests"] += 1
            else:
                unexplained.append(f"{module}: {change}")
                click.echo(f"survived: {unexplained[-1]}")
    for name, count in counts.items():
        click.echo(f"{name} {count}")
    click.echo(f"{len(unexplained)} survived without a reason")
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
