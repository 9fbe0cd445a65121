"""Digital tools: the catalogue, the company's use of them, and its confidence before and after."""

import datetime as dt

import pytest

from marketplace.core import clock, taxonomy
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.actions import ToolConfidence, ToolUse
from marketplace.strategy.queries.tools import own_tool, own_tools, tools_in_use
from marketplace.strategy.tool_catalogue import tool_catalogue
from marketplace.strategy.use_cases import tools as use_cases
from marketplace.strategy.use_cases.tools import ToolDetails
from tests import factories
from tests.support.browser import Browser

IN_USE = ToolDetails("in_use", "Bedriften", 1_200)


def test_catalogue_is_complete_in_three_languages() -> None:
    catalogue = tool_catalogue()
    assert len(catalogue.tools) >= 25
    for tool in catalogue.tools.values():
        assert tool.kind in catalogue.kinds
        assert tool.price in catalogue.prices
        assert tool.storage in catalogue.storages
        assert set(tool.services) <= set(taxonomy.services()), tool.code
        for texts in (tool.purposes, tool.audiences, tool.starts):
            assert set(texts) == {"nb", "nn", "en"}
            assert all(texts.values())
    for labels in (catalogue.kinds, catalogue.prices, catalogue.storages):
        assert all(set(texts) == {"nb", "nn", "en"} for texts in labels.values())


def test_ratings_are_only_added_and_compare_the_first_with_the_latest(owner: Viewer) -> None:
    use_cases.save_tool(owner, "canva", ToolDetails("learn"), 1)
    session.query(ToolConfidence).one().at = clock.now() - dt.timedelta(days=90)
    session.commit()
    use_cases.save_tool(owner, "canva", IN_USE, 1)
    use_cases.save_tool(owner, "canva", IN_USE, 3)
    use_cases.save_tool(owner, "canva", IN_USE)
    assert [row.value for row in session.query(ToolConfidence).order_by(ToolConfidence.id)] == [1, 3]
    tool = own_tool(owner, "canva")
    assert tool is not None
    assert tool.change == 2
    assert (tool.state, tool.account_owner, tool.yearly_nok) == ("in_use", "Bedriften", 1_200)


def test_removed_tool_keeps_its_ratings(owner: Viewer) -> None:
    use_cases.save_tool(owner, "canva", IN_USE, 2)
    use_cases.remove_tool(owner, "canva")
    assert own_tools(owner) == []
    use_cases.save_tool(owner, "canva", IN_USE, 4)
    tool = own_tool(owner, "canva")
    assert tool is not None
    assert tool.change == 2


def test_unknown_tool_state_and_rating_are_refused(owner: Viewer) -> None:
    with pytest.raises(NotFound):
        use_cases.save_tool(owner, "no-such", IN_USE)
    with pytest.raises(RuleBroken):
        use_cases.save_tool(owner, "canva", ToolDetails("sold"))
    with pytest.raises(RuleBroken):
        use_cases.save_tool(owner, "canva", IN_USE, 5)
    with pytest.raises(NotFound):
        use_cases.remove_tool(owner, "no-such")
    assert session.query(ToolUse).count() == 0


def test_change_after_a_colleague_has_saved_is_a_conflict(owner: Viewer) -> None:
    seen = fingerprint(use_cases.tool_details(owner, "canva"))
    use_cases.save_tool(owner, "canva", IN_USE, None, seen)
    with pytest.raises(Conflict):
        use_cases.save_tool(owner, "canva", ToolDetails("drop"), None, seen)


def test_tools_in_use_are_those_that_the_company_has_or_uses(owner: Viewer) -> None:
    for code, state in (("canva", "in_use"), ("fiken", "have"), ("tiktok", "learn"), ("wix", "drop")):
        use_cases.save_tool(owner, code, ToolDetails(state))
    assert tools_in_use(owner.organisation_id) == ["Canva", "Fiken"]


def test_pages_add_rate_and_remove_a_tool(owner: Viewer, client: Browser) -> None:
    client.sign_in(owner.user_id or 0)
    assert "Dere har ikke ført opp noen verktøy ennå." in client.page("/plan/tools").text
    data = {"state": "in_use", "confidence": "2", "account_owner": "Bedriften", "yearly_nok": "1 200"}
    assert client.post("/plan/tools/canva", data=data).status_code == 303
    shown = client.page("/plan/tools").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Konto: Bedriften" in shown
    assert "1 200 kr i året" in shown
    assert "Trygghet 2 av 4" in shown
    assert 'value="Bedriften"' in client.page("/plan/tools/canva").html
    assert client.post("/plan/tools/canva", data=data | {"yearly_nok": "-5"}).status_code == 422
    assert client.post("/plan/tools/canva/remove").status_code == 303
    assert client.get("/plan/tools/no-such").status_code == 404


def test_tools_of_one_company_are_not_shown_to_another(owner: Viewer, client: Browser) -> None:
    use_cases.save_tool(owner, "canva", ToolDetails("in_use", "Naustet AS"))
    stranger = factories.member(factories.company())
    assert "Naustet" not in client.sign_in(stranger.user_id or 0).page("/plan/tools/canva").html
    adviser = factories.member(factories.garden("Fjordgløtt"))
    assert client.sign_in(adviser.user_id or 0).get("/plan/tools").status_code == 403
