"""Business gardens that follow a company: by area, by course, because they were asked; and moves between areas."""

from dataclasses import dataclass, replace

import pytest
from flask import Flask

from marketplace.audit.models import AuditEvent
from marketplace.briefs import queries as briefs, use_cases as brief_use_cases
from marketplace.briefs.lifecycle import BriefActor
from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.list_query import EVERYTHING
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries, use_cases
from marketplace.organisations.models import AREA, ASKED, COHORT, BusinessGarden, Company, CompanyFollower
from marketplace.outbox.models import Notice, OutboxMail
from tests import factories
from tests.factories import briefs as brief_factories
from tests.support.browser import Browser, signed_in
from tests.support.concurrency import run_concurrently

DETAILS = {"name": "Bjørkvollen ysteri", "municipality": "5021", "sector": "food-drink"}


@dataclass(frozen=True)
class Places:
    """A company in the area of a garden, and a garden elsewhere."""

    company: Company
    owner: Viewer
    home: Viewer
    away: Viewer
    away_garden: BusinessGarden


@pytest.fixture
def places(app: Flask) -> Places:
    del app
    home = factories.garden()
    away = factories.garden("Kysthagen", municipality_number="5014", covered_municipalities=["5014"])
    company = factories.company(of=home)
    found = Places(
        company,
        factories.member(company, locale="nn"),
        factories.member(home, "adviser", locale="nb"),
        factories.member(away, "adviser", locale="en"),
        away,
    )
    session.commit()
    return found


def sees(viewer: Viewer, company: Company) -> bool:
    try:
        queries.company_for(viewer, company.id)
    except NotFound:
        return False
    return company in queries.companies_of(viewer).items


def subjects(viewer: Viewer) -> list[str]:
    """Return the subjects of a user's notices, each of which was e-mailed too."""
    found = [notice.subject for notice in session.query(Notice).filter_by(user_id=viewer.user_id)]
    mailed = [mail.subject for mail in session.query(OutboxMail).filter_by(recipient=viewer.email)]
    assert found == mailed
    return found


def test_registration_makes_covering_garden_follow(app: Flask) -> None:
    garden, person = factories.garden(), factories.user()
    details = use_cases.CompanyDetails("Nyvang", None, "5021", "food-drink")
    use_cases.create_own_company(Viewer(user_id=person.id), details)
    (row,) = session.query(CompanyFollower)
    assert (row.garden_id, row.why, row.until) == (garden.id, AREA, None)
    assert use_cases.follow_company(row.company_id, garden.id, AREA) is False, "it follows already"


@pytest.mark.parametrize("why", [COHORT, ASKED])
def test_garden_elsewhere_sees_and_acts_while_it_follows(places: Places, why: str) -> None:
    brief = brief_factories.published(places.owner)
    assert not sees(places.away, places.company)
    with pytest.raises(NotFound):
        briefs.brief_for(places.away, brief.reference)
    use_cases.follow_company(places.company.id, places.away_garden.id, why)
    assert sees(places.away, places.company)
    assert briefs.actor_of(places.away, briefs.brief_for(places.away, brief.reference)) is BriefActor.GARDEN
    assert brief.id in {item.brief.id for item in briefs.briefs_of_garden(places.away)}
    assert not briefs.network_briefs(places.away).items, "it is not elsewhere any more"
    recipients = {person.user_id for person in queries.follower_recipients(places.company)}
    assert recipients == {places.home.user_id, places.away.user_id}
    assert use_cases.stop_following(places.company.id, places.away_garden.id, why) is True
    assert use_cases.stop_following(places.company.id, places.away_garden.id, why) is False
    assert not sees(places.away, places.company)
    assert sees(places.home, places.company)
    assert briefs.actor_of(places.away, brief) is None


def test_list_of_companies_names_the_reason_and_the_place(client: Browser, places: Places) -> None:
    use_cases.follow_company(places.company.id, places.away_garden.id, COHORT)
    client.sign_in(places.away.user_id or 0)
    page = client.page("/companies")
    assert "takes part in your course" in page.text
    assert [option.get("value") for option in page.all("option")].count("5021") == 1, (
        "its place can be chosen"
    )


def test_reason_that_ends_leaves_the_other_reason(places: Places) -> None:
    for why in (COHORT, ASKED):
        use_cases.follow_company(places.company.id, places.away_garden.id, why)
    use_cases.stop_following(places.company.id, places.away_garden.id, COHORT)
    assert sees(places.away, places.company)
    assert [garden.name for garden in places.company.following_gardens].count("Kysthagen") == 1


def test_garden_with_two_reasons_is_listed_once(app: Flask) -> None:
    garden, person = factories.garden(), factories.user()
    details = use_cases.CompanyDetails("Nyvang", None, "5021", "food-drink")
    use_cases.create_own_company(Viewer(user_id=person.id), details)
    (row,) = session.query(CompanyFollower)
    use_cases.follow_company(row.company_id, garden.id, COHORT)
    owner, adviser = (
        signed_in(app, Viewer(user_id=person.id)),
        signed_in(app, factories.member(garden, "adviser")),
    )
    followers = owner.page("/organisation").html.split('id="gardens"')[1].split("</ul>")[0]
    card = adviser.page(f"/companies/{row.company_id}").html.split("Følges av")[1].split("</ul>")[0]
    for part in (followers, card):
        assert (part.count(garden.name), part.count('class="when"')) == (1, 2)


def test_following_again_uses_the_same_row(places: Places) -> None:
    for _again in range(2):
        use_cases.follow_company(places.company.id, places.away_garden.id, COHORT)
        use_cases.stop_following(places.company.id, places.away_garden.id, COHORT)
    assert session.query(CompanyFollower).filter_by(why=COHORT).count() == 1
    acts = session.query(AuditEvent.action).filter(AuditEvent.action.like("company.%follow%"))
    assert [act for (act,) in acts.order_by(AuditEvent.id)] == [
        "company.follow",
        "company.stop_following",
    ] * 2


@pytest.mark.both_databases
def test_concurrent_follows_add_one_row(app: Flask, places: Places) -> None:
    company_id, garden_id = places.company.id, places.away_garden.id
    answers = run_concurrently(app, lambda _n: use_cases.follow_company(company_id, garden_id, COHORT), 6)
    assert sorted(map(str, answers)) == ["True", *["done"] * 5], "done stands for False"
    assert session.query(CompanyFollower).filter_by(why=COHORT).count() == 1


def test_review_is_asked_of_course_garden_if_nobody_covers_the_place(app: Flask) -> None:
    company, garden = factories.company(municipality_number="5059"), factories.garden()
    owner, adviser = factories.member(company), factories.member(garden, "adviser")
    brief = brief_factories.draft(owner)
    with pytest.raises(RuleBroken):
        brief_use_cases.ask_for_review(owner, brief.reference)
    use_cases.follow_company(company.id, garden.id, COHORT)
    brief_use_cases.ask_for_review(owner, brief.reference)
    assert briefs.brief_for(adviser, brief.reference).state == "in_review"
    assert len(subjects(adviser)) == 1


def test_move_is_explained_before_it_is_saved(client: Browser, places: Places) -> None:
    client.sign_in(places.owner.user_id or 0)
    form = DETAILS | {"municipality": "5014", "about": "Vi lager ost."}
    answer = client.post("/organisation", data=form)
    assert answer.status_code == 422
    assert "Kysthagen" in answer.text
    assert "Vi lager ost." in answer.text, "what was typed stays"
    session.expire_all()
    assert places.company.municipality_number == "5021"
    other = client.post("/organisation", data=form | {"moves_to": "5059"})
    assert other.status_code == 422, "another place than the one that was explained"
    assert client.post("/organisation", data=form | {"moves_to": "5014"}).status_code == 303
    session.expire_all()
    assert (places.company.garden_id, places.company.about) == (places.away_garden.id, "Vi lager ost.")


def test_move_within_the_area_needs_no_confirmation(client: Browser, places: Places) -> None:
    client.sign_in(places.owner.user_id or 0)
    assert client.post("/organisation", data=DETAILS | {"municipality": "5022"}).status_code == 303
    assert sees(places.home, places.company)
    assert subjects(places.home) == []


def test_move_is_told_to_both_gardens_and_the_company_in_their_languages(places: Places) -> None:
    use_cases.change_company(places.owner, use_cases.CompanyDetails("Ysteriet", None, "5014", "food-drink"))
    assert not sees(places.home, places.company)
    assert sees(places.away, places.company)
    assert subjects(places.home) == ["Ysteriet har flyttet til Frøya"]
    assert subjects(places.away) == ["Ysteriet has moved to Frøya"]
    assert subjects(places.owner) == ["Kysthagen er næringshagen dykkar no"]
    ended = session.query(CompanyFollower).filter_by(garden_id=places.home.organisation_id).one()
    assert (ended.why, ended.until is not None) == (AREA, True)


def covering(garden: BusinessGarden, *municipalities: str) -> None:
    """Let an administrator save the municipalities that a garden covers."""
    details = replace(use_cases.garden_details(garden), covered_municipalities=list(municipalities))
    use_cases.save_garden(factories.administrator(), details, garden.id)


def test_company_without_a_garden_gets_the_one_that_covers_its_place_later(places: Places) -> None:
    alone = factories.company("Nyvang", municipality_number="5059")
    owner = factories.member(alone)
    session.commit()
    covering(places.away_garden, "5014", "5059")
    assert (alone.garden, sees(places.away, alone)) == (places.away_garden, True)
    assert subjects(owner) == ["Kysthagen er næringshagen deres nå"]
    assert subjects(places.away) == ["1 more company is in your area"]
    covering(places.away_garden, "5014", "5059")
    assert len(subjects(owner)) == 1


def test_company_that_no_open_garden_follows_gets_the_one_that_covers_its_place(places: Places) -> None:
    alone = factories.company("Nyvang", municipality_number="5014")
    closed = factories.garden("Stengt næringshage", covered_municipalities=[], is_active=False)
    left = factories.company("Solvang", of=closed, municipality_number="5014")
    uncovered = factories.company("Bakken", municipality_number="5059")
    session.commit()
    assert use_cases.follow_companies_without_garden() == 2
    assert (alone.garden, left.garden, uncovered.garden) == (places.away_garden, places.away_garden, None)
    assert sees(places.away, alone)
    assert subjects(places.away) == ["2 more companies are in your area"]
    assert use_cases.follow_companies_without_garden() == 0


@pytest.mark.both_databases
def test_two_workers_let_the_garden_follow_a_company_once(app: Flask, places: Places) -> None:
    alone = factories.company("Nyvang", municipality_number="5014")
    owner = factories.member(alone)
    answers = run_concurrently(app, lambda _n: use_cases.follow_companies_without_garden(), 4)
    assert sorted(map(str, answers)) == ["1", "done", "done", "done"], "done stands for 0"
    assert (len(subjects(owner)), len(subjects(places.away))) == (1, 1)


def test_company_follows_its_municipality_to_another_garden(places: Places) -> None:
    home = places.company.garden
    assert home is not None
    covering(home, "5022")
    assert sees(places.home, places.company), "no other garden covers the place yet"
    covering(places.away_garden, "5021")
    assert not sees(places.home, places.company)
    assert sees(places.away, places.company)
    assert subjects(places.home) == ["Kysthagen følger nå 1 bedrift som var i området deres"]


def test_reopened_garden_follows_companies_registered_meanwhile(places: Places) -> None:
    admin, home = factories.administrator(), places.company.garden
    assert home is not None
    use_cases.set_garden_active(admin, home.id, active=False)
    new = factories.company("Nyvang", municipality_number="5021")
    session.commit()
    use_cases.set_garden_active(admin, home.id, active=True)
    assert sees(places.home, new)
    assert sees(places.home, places.company)


def test_garden_that_also_runs_the_course_still_sees_a_company_that_moves(places: Places) -> None:
    use_cases.follow_company(places.company.id, places.home.organisation_id or 0, COHORT)
    use_cases.change_company(places.owner, use_cases.CompanyDetails("Ysteriet", None, "0301", "food-drink"))
    assert places.company.garden_id is None
    assert sees(places.home, places.company)
    (mail,) = session.query(OutboxMail).filter_by(recipient=places.home.email)
    assert mail.link_path == f"/companies/{places.company.id}"


def test_company_asks_a_garden_and_ends_it(client: Browser, places: Places) -> None:
    client.sign_in(places.owner.user_id or 0)
    garden_id = places.away_garden.id
    assert client.post("/organisation/gardens", data={"garden": str(garden_id)}).status_code == 303
    assert sees(places.away, places.company)
    assert len(subjects(places.away)) == len(subjects(places.owner)) == 1
    page = client.page("/organisation")
    assert "Kysthagen" in page.text
    assert client.post("/organisation/gardens", data={"garden": str(garden_id)}).status_code == 422
    path = f"/organisation/gardens/{garden_id}/stop"
    assert "Kysthagen" in client.page(path).text
    assert [client.post(path).status_code for _twice in range(2)] == [303, 303]
    session.expire_all()
    assert not sees(places.away, places.company)
    assert len(subjects(places.away)) == len(subjects(places.owner)) == 2


@pytest.mark.parametrize("chosen", ["", "x", "999999", "0"])
def test_unknown_garden_is_refused(client: Browser, places: Places, chosen: str) -> None:
    client.sign_in(places.owner.user_id or 0)
    answer = client.post("/organisation/gardens", data={"garden": chosen})
    assert answer.status_code == 422
    assert 'id="garden-error"' in answer.text


def test_company_cannot_end_what_it_did_not_ask_for(client: Browser, places: Places) -> None:
    client.sign_in(places.owner.user_id or 0)
    path = f"/organisation/gardens/{places.home.organisation_id}/stop"
    assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)
    assert sees(places.home, places.company)


def test_member_cannot_ask_a_garden(client: Browser, places: Places) -> None:
    client.sign_in(factories.member(places.company, "member").user_id or 0)
    answer = client.post("/organisation/gardens", data={"garden": str(places.away_garden.id)})
    assert answer.status_code == 403
    assert queries.companies_of(places.away, wanted=EVERYTHING).items == []
