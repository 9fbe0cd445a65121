"""A brief made from an action of the plan: what is copied, what stays private, and what the plan shows of it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from marketplace.briefs import guide, queries, use_cases
from marketplace.briefs.from_action import (
    ActionTexts,
    ObjectiveTexts,
    Part,
    PlanFacts,
    answers_from,
    budget_band,
    find_parts,
    season_clash,
    shorten,
)
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import use_locale
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.strategy.content import Audience, Budget, Channel, Gap, Offer, StrategyContent
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.use_cases.actions import ActionDetails, add_action
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.measurements import MeasurementDetails, add_measurement
from tests import factories
from tests.factories.briefs import draft, full_answers
from tests.factories.suppliers import supplier
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently

TODAY = dt.date(2026, 11, 29)
CANARIES = ("HEMMELIGGAP", "HEMMELIGRISIKO", "142 000")
CONTENT = StrategyContent(
    one_line="Seks hytter ved ei lakseelv",
    offers=(Offer("Overnatting", 3, (5, 6, 7, 8, 9)), Offer("Kurs", 1, ())),
    audiences=(
        Audience("Tyske fiskere", "Par over 50", "Tyskland", "Når er det laks?", ("de", "en")),
        Audience("Bedrifter", "Strategidager", "Trondheim", "", ("nb",)),
    ),
    strengths=("Elva er ved døra", "Vi svarer alltid"),
    gaps=(Gap("Gjestene må ringe for å bestille"), Gap("HEMMELIGGAP dårlig økonomi", is_private=True)),
    channels=(Channel("website", "sell", "weak", "improve"), Channel("facebook", "found", "good", "keep")),
    budget=Budget(once_nok=100_000, month_nok=1_500, ads_nok=24_000),
    responsible="Anne, daglig leder",
    risks=("HEMMELIGRISIKO sykdom",),
)
OBJECTIVE = ObjectiveTexts(
    "Mer enn 45 % bestiller direkte hos oss", "sales", "sal_direct_share", "Andel direktebestillinger", "20 %", "45 %",
    dt.date(2027, 9, 30), "bookingsystemet", "Tyske fiskere",
)  # fmt: skip
ACTION = ActionTexts(
    "Egen bookingside med betaling og bilder av hyttene", "ecm.booking", ("sea.local",), "website", 40_000, 80_000,
    dt.date(2027, 1, 4), dt.date(2027, 3, 15),
)  # fmt: skip
PLAN = PlanFacts(
    CONTENT, {"website": "Eget nettsted"}, {"weak": "Svak"}, {"en": "engelsk", "de": "tysk"}, ("Canva",)
)


def chosen(parts: list[Part]) -> set[str]:
    return {part.code for part in parts if part.is_chosen}


def derived(**changes: Any) -> dict[str, Any]:
    with use_locale("nb"):
        parts = find_parts(PLAN, replace(ACTION, **changes), OBJECTIVE, TODAY)
    return answers_from(parts, chosen(parts))


def test_action_fills_the_guide_as_the_template_says() -> None:
    answers = derived()
    assert answers["title"] == "Egen bookingside med betaling og bilder av hyttene"
    assert answers["services"] == ["ecm.booking"]
    assert answers["goal"].startswith("Mer enn 45 % bestiller direkte hos oss.")
    assert "bookingsystemet" in answers["goal"]
    assert (answers["success_metric"], answers["baseline"], answers["target"]) == (
        "more_orders",
        "20 %",
        "45 %",
    )
    assert answers["target_date"] == "2027-09"
    assert answers["audience"] == ["foreign_tourists"]
    assert "Par over 50" in answers["audience_text"]
    assert answers["languages"] == ["en"]
    assert "Seks hytter ved ei lakseelv." in answers["current_state"]
    assert "Eget nettsted (svak)" in answers["current_state"]
    assert "Canva" in answers["current_state"]
    assert answers["deliverables"] == ["Egen bookingside med betaling", "Bilder av hyttene"]
    assert answers["problem"] == "Gjestene må ringe for å bestille."
    assert answers["nice_to_have"] == ["Hjelp med: Gjestene må ringe for å bestille"]
    assert answers["budget_band"] == "b50_100"
    assert (answers["start_from"], answers["finish_by"]) == ("2027-01-04", "2027-03-15")
    assert answers["date_reason"] == "Før sesongen for «Overnatting»"
    assert answers["decision_by"] == "Anne, daglig leder"


def test_every_derived_answer_is_accepted_by_the_guide() -> None:
    questions, today = guide.load(), TODAY
    for code, value in derived().items():
        problem = guide.check_value(questions.question(code), value, today)
        assert problem is None or problem.is_soft or problem.code == "too_few_words", (code, problem)


def test_private_parts_are_copied_only_when_chosen() -> None:
    with use_locale("nb"):
        parts = find_parts(PLAN, ACTION, OBJECTIVE, TODAY)
    private = [part for part in parts if part.is_private]
    plain = str(answers_from(parts, chosen(parts))).replace("\N{NO-BREAK SPACE}", " ")
    assert not [word for word in CANARIES if word in plain]
    everything = str(answers_from(parts, {part.code for part in parts})).replace("\N{NO-BREAK SPACE}", " ")
    assert [word for word in CANARIES if word in everything] == list(CANARIES)
    assert not any(part.is_chosen for part in private)


def test_code_of_a_gap_changes_when_it_becomes_private() -> None:
    before = chosen(find_parts(PLAN, ACTION, OBJECTIVE, TODAY))
    hidden = replace(CONTENT, gaps=tuple(replace(gap, is_private=True) for gap in CONTENT.gaps))
    after = find_parts(replace(PLAN, content=hidden), ACTION, OBJECTIVE, TODAY)
    assert "problem" not in answers_from(after, before)


def test_unknown_baseline_past_dates_and_unknown_cost_are_left_out() -> None:
    with use_locale("nb"):
        objective = replace(OBJECTIVE, today="", target_on=TODAY - dt.timedelta(days=40))
        action = replace(
            ACTION, cost_low_nok=None, cost_high_nok=None, start_on=TODAY - dt.timedelta(days=9), due_on=None
        )
        parts = find_parts(PLAN, action, objective, TODAY)
    answers = answers_from(parts, chosen(parts))
    assert not {"baseline", "target_date", "budget_band", "start_from", "finish_by", "date_reason"} & set(
        answers
    )


def test_empty_plan_gives_title_services_and_deliverables() -> None:
    parts = find_parts(PlanFacts(StrategyContent()), ActionTexts("Film", "med.film"), None, TODAY)
    assert answers_from(parts, chosen(parts)) == {
        "title": "Film", "services": ["med.film"], "deliverables": ["Film"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "band"),
    [
        (None, None, ""),
        (0, 0, "b0_20"),
        (None, 20_000, "b0_20"),
        (40_000, 80_000, "b50_100"),
        (500_000, None, "b400"),
        (10_000, 30_000, "b0_20"),
    ],
)
def test_budget_band_contains_the_middle_of_the_costs(low: int | None, high: int | None, band: str) -> None:
    assert budget_band(low, high) == band


def test_launch_in_the_main_season_is_a_clash() -> None:
    offers = (*CONTENT.offers, Offer("Gavekort", 3, tuple(range(1, 13))))
    clash = season_clash(dt.date(2027, 7, 1), offers)
    assert clash is not None
    assert clash.name == "Overnatting"
    assert season_clash(dt.date(2027, 3, 1), offers) is None
    assert season_clash(None, offers) is None


def test_long_texts_are_shortened_at_the_end_of_a_word() -> None:
    assert shorten("Egen bookingside med betaling", 20) == "Egen bookingside…"
    assert len(shorten("x" * 300, 80)) == 80
    assert len(derived(what="Ta bilder av " + "hyttene " * 13)["title"]) <= 80


@pytest.fixture
def owner(app: Flask) -> Viewer:
    viewer = factories.member(factories.company(of=factories.garden()))
    strategy = strategy_for_writing(viewer)
    strategy.content = CONTENT.to_json()
    session.add(
        Objective(
            strategy_id=strategy.id, text=OBJECTIVE.text, kind="sales", indicator="sal_direct_share", unit="share",
            direction="up", baseline_milli=20_000, target_milli=45_000, target_on=clock.today() + dt.timedelta(days=300),
            rhythm="monthly", audience="Tyske fiskere",
        )
    )  # fmt: skip
    session.commit()
    return viewer


def action_of(viewer: Viewer, **changes: Any) -> Action:
    objective_id = session.query(Objective.id).scalar()
    details = ActionDetails("Egen bookingside", "supplier", objective_id, "ecm.booking", cost_low_nok=40_000)
    return add_action(viewer, replace(details, **changes))


def test_draft_from_action_refers_to_action_and_objective(owner: Viewer) -> None:
    start = clock.today() + dt.timedelta(days=200)
    action = action_of(owner, start_on=start)
    codes = chosen(list(queries.action_source(owner, action.id).parts))
    brief = use_cases.begin_from_action(owner, action.id, codes)
    assert (brief.action_id, brief.objective_id) == (action.id, action.objective_id)
    answers = queries.draft_answers(brief)
    assert (answers["start_from"], answers["languages"]) == (start.isoformat(), ["en"])
    assert (answers["baseline"], answers["target"]) == ("20\N{NO-BREAK SPACE}%", "45\N{NO-BREAK SPACE}%")
    assert "Andel direktebestillinger" in answers["goal"]
    assert answers["response_deadline"] > clock.today().isoformat()
    assert queries.briefs_of_actions(owner, [action.id])[action.id][0].brief.reference == brief.reference
    copied = use_cases.copy_brief(owner, brief.reference)
    assert copied.objective_id == action.objective_id


def test_draft_gives_the_latest_measurement_and_no_target_that_is_reached(owner: Viewer) -> None:
    action = action_of(owner)
    values = []
    for days, value in ((9, 31_000), (2, 46_000)):
        add_measurement(
            owner, action.objective_id or 0, MeasurementDetails(clock.today() - dt.timedelta(days), value)
        )
        session.expire_all()
        parts = queries.action_source(owner, action.id).parts
        values.append([part.value for part in parts if part.question in {"baseline", "target"}])
    assert values == [["31\N{NO-BREAK SPACE}%", "45\N{NO-BREAK SPACE}%"], ["46\N{NO-BREAK SPACE}%"]]


@pytest.mark.both_databases
def test_form_sent_twice_at_once_makes_one_brief(app: Flask, owner: Viewer) -> None:
    action_id = action_of(owner).id
    references = run_concurrently(
        app, lambda _index: use_cases.begin_from_action(owner, action_id, {"title"}).reference, count=4
    )
    assert references == [session.query(Brief).one().reference] * 4


def test_action_with_a_draft_leads_to_it_until_it_is_published(owner: Viewer, client: Browser) -> None:
    action = action_of(owner)
    first = use_cases.begin_from_action(owner, action.id, {"title"})
    path = f"/plan/actions/{action.id}/brief"
    client.sign_in(owner.user_id or 0)
    for answer in (client.get(path), client.post(path, data={"part": ["title", "service"]})):
        assert answer.location.endswith(f"/briefs/{first.reference}/guide")
    first.state = "published"
    session.commit()
    assert client.get(path).status_code == 200
    assert use_cases.begin_from_action(owner, action.id, {"title"}).reference != first.reference


def test_action_without_supplier_or_of_another_company_makes_no_brief(owner: Viewer) -> None:
    own = action_of(owner, performer="self")
    with pytest.raises(RuleBroken):
        use_cases.begin_from_action(owner, own.id, {"title"})
    stranger = factories.member(factories.company())
    with pytest.raises(NotFound):
        use_cases.begin_from_action(stranger, own.id, {"title"})


def test_published_version_stores_its_quality_for_the_curve_on_the_plan(
    owner: Viewer, client: Browser
) -> None:
    first = use_cases.publish(
        owner, draft(owner, deliverables=["Side"], goal="Flere kunder på nett").reference, confirmed=True
    )
    second = use_cases.publish(owner, draft(owner).reference, confirmed=True)
    use_cases.save_amendment(
        owner, second.reference, "choosing",
        [guide.ParsedAnswer(guide.load().question("nice_to_have"), ["Kart"], ["Kart"])], {},
    )  # fmt: skip
    use_cases.amend(owner, second.reference)
    qualities = [version.quality for version in session.query(BriefVersion).order_by(BriefVersion.id)]
    assert len(qualities) == 3
    assert all(qualities)
    history = queries.quality_history(owner)
    assert [entry.reference for entry in history] == [first.reference, second.reference]
    assert history[0].quality < history[1].quality
    page = client.sign_in(owner.user_id or 0).page("/plan")
    assert f"0.0,{100 - history[0].quality} 300.0,{100 - history[1].quality} " in page.html


def test_page_lists_what_is_copied_with_private_lines_unticked(owner: Viewer, client: Browser) -> None:
    action = action_of(owner, cost_low_nok=900_000, due_on=dt.date(clock.today().year + 1, 7, 1))
    client.sign_in(owner.user_id or 0)
    page = client.page(f"/plan/actions/{action.id}/brief")
    boxes = [box for box in page.all("input") if box.get("name") == "part"]
    ticked = [box.get("value") or "" for box in boxes if "checked" in box.attrib]
    assert "HEMMELIGGAP" in page.text
    assert "sesongen for «Overnatting»" in page.text
    assert "mer enn budsjettet" in page.text
    answer = client.post(f"/plan/actions/{action.id}/brief", data={"part": ticked})
    assert answer.status_code == 303
    brief = session.query(Brief).one()
    assert "HEMMELIG" not in str(brief.answers)
    assert "142" not in str(brief.answers)
    assert "Egen bookingside" in client.page(answer.location).html


def test_brief_shows_its_objective_to_the_company_and_not_to_a_supplier(
    owner: Viewer, client: Browser
) -> None:
    action = action_of(owner)
    brief = use_cases.begin_from_action(owner, action.id, {"title"})
    answers = full_answers()
    brief.answers, brief.title, brief.confirmed_topics = answers, answers["title"], ["need", "goal", "today"]
    session.commit()
    client.sign_in(owner.user_id or 0)
    assert OBJECTIVE.text in client.page(f"/briefs/{brief.reference}").text
    assert answers["title"] in client.page("/plan/actions").text
    assert answers["title"] in client.page(f"/plan/objectives/{action.objective_id}").text
    use_cases.publish(owner, brief.reference, confirmed=True)
    rival = factories.member(supplier("Nettmakerne"))
    own_adviser = factories.member(session.get_one(BusinessGarden, brief.company.garden_id))
    assert brief.title in client.sign_in(own_adviser.user_id or 0).page(f"/briefs/{brief.reference}").text
    other_adviser = factories.member(factories.garden("Fjordgløtt"))
    for viewer in (rival, own_adviser, other_adviser):
        seen = client.sign_in(viewer.user_id or 0).get(f"/briefs/{brief.reference}").text
        assert OBJECTIVE.text not in seen


def test_action_without_a_service_leads_to_its_form(owner: Viewer, client: Browser) -> None:
    action = action_of(owner, service_code="")
    answer = client.sign_in(owner.user_id or 0).get(f"/plan/actions/{action.id}/brief")
    assert answer.location.endswith(f"/plan/actions/{action.id}")
