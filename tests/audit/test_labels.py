"""Names, filters and download of the audit log."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import marketplace
from marketplace.audit.labels import action_label, action_names, object_names
from marketplace.audit.use_cases import record
from marketplace.core.database import transaction
from marketplace.vetting import appeal_rules, rules
from tests import factories
from tests.support.browser import Browser

RECORDERS = {"record": 1, "record_action": 1}


def recorded_calls() -> Iterator[tuple[ast.expr, str]]:
    """Yield the action and the object type of each call that records an event."""
    for file in Path(marketplace.__file__).parent.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        if not any(name in source for name in RECORDERS):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RECORDERS:
                kind = node.args[2] if len(node.args) > 2 else None
                yield node.args[1], str(kind.value) if isinstance(kind, ast.Constant) else ""


def test_every_recorded_action_and_object_has_a_name() -> None:
    calls = list(recorded_calls())
    actions = {
        str(constant.value)
        for action, _kind in calls
        for constant in ast.walk(action)
        if isinstance(constant, ast.Constant) and not isinstance(action, ast.JoinedStr)
    }
    actions |= {f"vetting.{action}" for action in rules.DECISIONS}
    actions |= {f"vetting.{action}_refusal" for action in ("confirm", "return", "withdraw")}
    actions |= {f"vetting.appeal_{action}" for action in (appeal_rules.GRANT, appeal_rules.UPHOLD)}
    actions |= {"brief.remind", "brief.ask", "question.remind"}
    dotted = {action for action in actions if "." in action}
    assert sorted(dotted - set(action_names())) == [], "add the name to __audit_names__ of the model"
    assert sorted({kind for _action, kind in calls if kind} - set(object_names())) == [], (
        "add the name to __audit_names__ of the model"
    )
    assert action_label("brief.remind_7") == action_label("brief.remind") != "brief.remind"


def test_audit_log_is_filtered_and_downloaded(client: Browser) -> None:
    admin, person = factories.administrator(), factories.user("=SUM(Åse)")
    member = factories.member(factories.company("Kvernhus Mølle"), person=person)
    with transaction():
        record(member, "brief.publish", "brief", "2026-0001")
        record(None, "brief.remind_7", "brief", "2026-0001")
        record(member, "question.ask", "question", 1)
    client.sign_in(admin.user_id or 0)

    def listed(query: str) -> list[str]:
        answer = client.get(f"/admin/audit.csv?{query}")
        assert answer.mimetype == "text/csv"
        assert answer.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert all("'=SUM(Åse)" in row[5] or "SUM" not in row[5] for row in rows)
        return [row[2] for row in rows[1:]]

    assert listed("object=2026-0001") == ["brief.remind_7", "brief.publish"]
    assert listed("action=brief.remind") == ["brief.remind_7"]
    assert listed("q=aase&kind=brief") == listed("q=aasse&kind=brief") == ["brief.publish"]
    assert "question.ask" not in listed("q=aase"), "who asks a question stays unknown"
    assert listed("kind=question") == ["question.ask"]
    assert listed("to=2020-01-01") == []
    assert "Her er det som ligner" in client.page("/admin/audit?q=aasse").text
    page = client.page("/admin/audit?q=aase&kind=brief")
    assert "Her er det som ligner" not in page.text
    assert "Publiserte en brief" in page.text
    assert "brief.publish" not in page.text
