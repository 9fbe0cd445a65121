"""The reviewed access policy in policy.txt, and the permission that a route declares."""

from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from marketplace.web import access

POLICY = Path(__file__).with_name("policy.txt")


def permission(rule: Rule, method: str, app: Flask) -> str:
    """Return the declared permission of a route, such as "write:business-garden"."""
    view = app.view_functions[rule.endpoint]
    reads = method in access.SAFE_METHODS
    level = access.level_of(view) if reads else access.write_level_of(view)
    return f"{'read' if reads else 'write'}:{(level or 'UNDECLARED').replace(' ', '-')}"


def read_policy() -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Parse policy.txt: (method, rule) to permission and one cell for each role."""
    policy = {}
    for line in POLICY.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            method, rule, allowed, *cells = line.split()
            policy[method, rule] = (allowed, cells)
    return policy
