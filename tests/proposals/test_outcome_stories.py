"""Case stories of companies: shown to others only while the company agrees, with names only by consent."""

import datetime as dt
from typing import Any

import pytest

from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.outbox.models import Notice
from marketplace.proposals import use_cases
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.factories.market import Market
from tests.factories.outcomes import answer, answers, delivered_job

STORY = "Gjestene ringte hele dagen. Nå bestiller de selv."
HELP = "/guide/delivery"


@pytest.fixture
def job(market: Market) -> Any:
    owner = session.get_one(Company, market.owner.organisation_id)
    session.get_one(Company, market.outsider.organisation_id).sector_code = owner.sector_code
    return delivered_job(market.owner, market.kvistverk.organisation_id or 0)


def profile(viewer: Viewer) -> str:
    return f"/suppliers/{session.get_one(Supplier, viewer.organisation_id).slug}"


def test_story_is_an_example_on_plan_and_help_page(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, story=STORY, story_shown="unnamed")
    name = session.get_one(Company, market.owner.organisation_id).name
    for page in (browser("outsider").page("/plan"), browser("outsider").page(HELP)):
        assert STORY in page.text
        assert name not in page.text
        assert "Kvistverk" not in page.text
    assert STORY not in browser("owner").page("/plan").text.replace(f"Historien: {STORY}", "")
    assert STORY not in browser("outsider").page("/guide/goal").text
    assert STORY not in browser("outsider").page(profile(market.kvistverk)).text


def test_story_names_the_company_only_if_it_agrees(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, story=STORY, story_shown="named")
    name = session.get_one(Company, market.owner.organisation_id).name
    assert name in browser("outsider").page(HELP).text


def test_story_without_consent_is_read_by_the_company_only(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, story=STORY)
    for reader, path in (("outsider", "/plan"), ("outsider", HELP), ("kvistverk", "/proposals/outcomes")):
        assert STORY not in browser(reader).page(path).text
    assert STORY in browser("owner").page("/briefs/outcomes").text


def test_withdrawn_story_disappears_at_once(market: Market, browser: Any, job: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="named")
    use_cases.name_supplier(market.kvistverk, shared.id, is_named=True)
    answer(market.owner, job, story=STORY)
    for path in ("/plan", HELP, profile(market.kvistverk)):
        assert STORY not in browser("outsider").page(path).text


def test_story_is_stopped_with_one_button(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, story=STORY, story_shown="named")
    owner = browser("owner")
    assert "Slutt å vise historien" in owner.page("/briefs/outcomes").text
    path = f"/briefs/{job.reference}/outcome/handover/story/stop"
    assert browser("outsider").post(path).status_code == 404
    assert STORY in browser("outsider").page(HELP).text
    owner.post(path)
    assert STORY not in browser("outsider").page(HELP).text
    assert STORY in owner.page("/briefs/outcomes").text


def test_supplier_is_named_only_while_it_agrees(market: Market, browser: Any, job: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="unnamed")
    supplier = browser("kvistverk")
    assert "Nevn oss i historien" in supplier.page("/proposals/outcomes").text
    supplier.post(f"/proposals/outcomes/{shared.id}/named")
    assert "Kvistverk" in browser("outsider").page(HELP).text
    assert STORY in browser("outsider").page(profile(market.kvistverk)).text
    supplier.post(f"/proposals/outcomes/{shared.id}/unnamed")
    assert STORY not in browser("outsider").page(profile(market.kvistverk)).text


def test_changed_story_needs_a_new_consent_of_the_supplier(market: Market, browser: Any, job: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="unnamed")
    use_cases.name_supplier(market.kvistverk, shared.id, is_named=True)
    answer(market.owner, job, story=STORY, story_shown="named")
    assert "Kvistverk" in browser("outsider").page(HELP).text
    answer(market.owner, job, story="De gjorde en dårlig jobb.", story_shown="named")
    assert "Kvistverk" not in browser("outsider").page(HELP).text


def test_other_supplier_cannot_be_named(market: Market, job: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="unnamed")
    with pytest.raises(NotFound):
        use_cases.name_supplier(market.myrull, shared.id, is_named=True)


def test_consent_without_a_story_is_refused(market: Market, job: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        answer(market.owner, job, story_shown="named")
    assert refused.value.field == "story"


def test_story_of_a_closed_company_is_not_shown(market: Market, browser: Any, job: Any) -> None:
    answer(market.owner, job, story=STORY, story_shown="named")
    session.get_one(Company, market.owner.organisation_id).is_active = False
    session.commit()
    assert STORY not in browser("outsider").page(HELP).text


def test_garden_removes_a_story_and_tells_company_and_supplier_why(
    market: Market, browser: Any, job: Any
) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="named")
    adviser, path = browser("curator"), f"/companies/outcomes/{shared.id}/story/remove"
    assert "Fjern historien" in adviser.page(f"/companies/{market.owner.organisation_id}/outcomes").text
    assert STORY in adviser.page(path).text
    assert adviser.post(path, data={"reason": " "}).status_code == 422
    assert STORY in browser("outsider").page(HELP).text
    adviser.post(path, data={"reason": "Kunder er nevnt med navn."})
    assert STORY not in browser("outsider").page(HELP).text
    for reader in (market.owner, market.kvistverk):
        bodies = [one.body for one in session.query(Notice).filter(Notice.user_id == reader.user_id)]
        assert any("Kunder er nevnt med navn." in body for body in bodies)
    assert "Kunder er nevnt med navn." in browser("owner").page("/briefs/outcomes").text
    with pytest.raises(Conflict):
        use_cases.remove_story(market.curator, shared.id, "En gang til.")
    again = adviser.post(path, data={"reason": "Kunder kan kjennes igjen."})
    assert (again.status_code, "Kunder kan kjennes igjen." in again.text) == (409, True)


def test_removed_story_is_shown_again_only_with_another_text(market: Market, job: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="named")
    use_cases.remove_story(market.curator, shared.id, "Kunder er nevnt med navn.")
    answer(market.owner, job, story=STORY, text="Annen lærdom.")
    with pytest.raises(RuleBroken) as refused:
        answer(market.owner, job, story=STORY, story_shown="unnamed")
    assert refused.value.field == "story"
    again = answer(market.owner, job, story="Gjestene ringte.", story_shown="unnamed").latest
    assert again is not None
    assert again.story_shown == "unnamed"


def test_removed_story_is_not_shown_again_in_a_later_round(market: Market, job: Any, at_noon: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="named")
    use_cases.remove_story(market.curator, shared.id, "Kunder er nevnt med navn.")
    at_noon.shift(dt.timedelta(days=91))
    with pytest.raises(RuleBroken) as refused:
        use_cases.answer_outcome(
            market.owner, job.reference, "d90", answers(story=STORY, story_shown="unnamed")
        )
    assert refused.value.field == "story"


def test_only_a_garden_that_follows_the_company_removes_its_story(market: Market, job: Any) -> None:
    shared = answer(market.owner, job, story=STORY, story_shown="named")
    stranger = factories.member(factories.garden("Fremmed", covered_municipalities=["5001"]), "curator")
    for viewer in (market.owner, market.kvistverk, stranger):
        with pytest.raises(NotFound):
            use_cases.remove_story(viewer, shared.id, "Feil.")
