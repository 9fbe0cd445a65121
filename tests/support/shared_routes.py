"""Cache of the URL builders that Werkzeug compiles for each route: most of what creating an application takes."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule


@contextlib.contextmanager
def shared_url_builders() -> Iterator[None]:
    """Compile each route once for all applications of this worker, inside the block."""
    compile_builder = Rule._compile_builder
    compiled: dict[tuple[object, ...], Callable[..., Any]] = {}

    @functools.wraps(compile_builder)
    def shared(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        # The rule names the converters, which the compiled function reads from the rule that it is called with.
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", shared)
        yield
