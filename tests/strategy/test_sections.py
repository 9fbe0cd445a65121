"""Pages of the sections: saving, refusing and keeping input, for two people and for an expired session."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict
from marketplace.core.i18n import use_locale
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.strategy.content import Audience, from_json
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.queries.plan import strategy_of
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.use_cases.sections import save_section, section_values
from tests import factories
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of

SECTIONS = ["company", "customers", "gaps", "channels", "budget"]


def content_of(viewer: Viewer) -> Any:
    session.expire_all()
    strategy = strategy_of(viewer.organisation_id)
    return from_json(strategy.content if strategy else None)


class Submitted:
    """The answer to a form that was filled in and sent."""

    def __init__(self, status: int, html: str) -> None:
        self.status, self.html = status, html
        self.text = HtmlPage(html).text if html else ""


def submit(browser: Browser, section: str, typed: dict[str, Any], seen: str | None = None) -> Submitted:
    """Send the form of a section as it is rendered, with what is typed."""
    path = f"/plan/strategy/{section}"
    data = typed | {"seen": seen or seen_on(browser, section)}
    response = browser.post(path, data=data)
    return Submitted(response.status_code, response.text)


def seen_on(browser: Browser, section: str) -> str:
    """Return the fingerprint in the form of a section."""
    return browser.page(f"/plan/strategy/{section}").one("input", name="seen").attrib["value"]


def sign_in(client: Browser, viewer: Viewer) -> Browser:
    return client.sign_in(viewer.user_id or 0)


@pytest.mark.parametrize(
    ("section", "typed", "field", "expected"),
    [
        ("company", {"one_line": "Vi leier ut hytter"}, "one_line", "Vi leier ut hytter"),
        ("company", {"strengths_3": "Ved elva"}, "strengths", ("Ved elva",)),
        ("customers", {"audiences_2_name": "Familier", "audiences_2_share_percent": "60 %"}, "audiences", (Audience("Familier", share_percent=60),)),
        ("gaps", {"risks_1": "Lite laks"}, "risks", ("Lite laks",)),
        ("budget", {"responsible": "Kari"}, "responsible", "Kari"),
    ],
)  # fmt: skip
def test_section_is_saved_and_shown_again(
    owner: Viewer, client: Browser, section: str, typed: dict[str, str], field: str, expected: object
) -> None:
    browser = sign_in(client, owner)
    submit(browser, section, typed)

    assert getattr(content_of(owner), field) == expected
    assert next(iter(typed.values())).removesuffix(" %") in browser.page(f"/plan/strategy/{section}").html


def test_channels_are_saved_in_the_order_of_the_template(owner: Viewer, client: Browser) -> None:
    submit(sign_in(client, owner), "channels", {"channel-search_ads-decision": "stop", "channel-maps-decision": "improve", "channel-maps-now": "weak"})  # fmt: skip

    assert [channel.code for channel in content_of(owner).channels] == ["maps", "search_ads"]


@pytest.mark.parametrize(
    ("section", "typed", "message"),
    [
        ("company", {"vision": "x" * 401}, "401"),
        ("company", {"offers_2_months": ["6"]}, "Skriv et navn"),
        ("customers", {"audiences_1_who": "Foreldre"}, "Skriv et navn"),
        ("customers", {"audiences_1_name": "A", "audiences_1_share_percent": "101"}, "100"),
        ("customers", {"audiences_1_name": "A", "audiences_1_share_percent": "80", "audiences_2_name": "B", "audiences_2_share_percent": "40"}, "120"),
        ("customers", {"audiences_1_name": "Familier", "audiences_2_name": "familier"}, "samme navn"),
        ("channels", {"channel-maps-owner": "Kari"}, "Velg hva dere gjør"),
        ("budget", {"review_on": "2020-01-01", "responsible": "Kari Vangen"}, "fram i tid"),
        ("budget", {"month_nok": "mye"}, ""),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_beside_its_field_and_kept(
    owner: Viewer, client: Browser, section: str, typed: dict[str, Any], message: str
) -> None:
    page = submit(sign_in(client, owner), section, typed)

    assert page.status == 422
    assert "field-error" in page.html
    assert message in page.text
    for value in typed.values():
        assert (value[0] if isinstance(value, list) else value) in page.html
    assert strategy_of(owner.organisation_id) is None


def test_hostile_text_is_shown_as_text_without_control_characters(owner: Viewer, client: Browser) -> None:
    browser = sign_in(client, owner)
    submit(browser, "company", {"one_line": "<script>x</script>\x07\u202e hytter"})

    assert content_of(owner).one_line == "<script>x</script> hytter"
    assert "<script>x" not in browser.page("/plan/strategy/company").html


def test_very_long_text_is_refused_and_kept(owner: Viewer, client: Browser) -> None:
    page = submit(sign_in(client, owner), "company", {"one_line": "x" * 100_000})

    assert page.status == 422
    assert "x" * 100_000 in page.html


def test_two_people_in_one_section_get_a_conflict_and_in_two_sections_none(owner: Viewer) -> None:
    colleague = factories.member(session.get(Company, owner.organisation_id))
    seen = {name: fingerprint(section_values(owner, name)) for name in ("company", "gaps")}
    save_section(
        colleague, "company", {**section_values(owner, "company").values, "vision": "Vekst"}, seen["company"]
    )

    save_section(owner, "gaps", {"gaps": (), "risks": ("Snø",)}, seen["gaps"])
    with use_locale("nb"), pytest.raises(Conflict, match="Noen andre har lagret"):
        save_section(
            owner, "company", {**section_values(owner, "company").values, "vision": "Ro"}, seen["company"]
        )

    assert (content_of(owner).vision, content_of(owner).risks) == ("Vekst", ("Snø",))


def test_conflict_page_keeps_the_typed_text_and_shows_the_saved_one(owner: Viewer, client: Browser) -> None:
    browser = sign_in(client, owner)
    seen = seen_on(browser, "company")
    save_section(owner, "company", {**section_values(owner, "company").values, "vision": "Vekst i alt"})
    conflict = submit(browser, "company", {"vision": "Ro og fred"}, seen)

    assert conflict.status == 409
    assert "Ro og fred" in conflict.html
    assert "Vekst i alt" in conflict.text

    submit(browser, "company", {"vision": "Ro og fred"})
    assert content_of(owner).vision == "Ro og fred"


def test_conflict_page_shows_only_what_differs(owner: Viewer, client: Browser) -> None:
    browser = sign_in(client, owner)
    submit(browser, "budget", {"once_nok": "60 000", "responsible": "Kari"})
    seen = seen_on(browser, "budget")
    submit(browser, "budget", {"once_nok": "60 000", "responsible": "Ola"})
    conflict = submit(browser, "budget", {"once_nok": "60\u00a0000", "responsible": "Per"}, seen)

    assert conflict.status == 409
    saved = HtmlPage(conflict.html).all("dd", **{"class": "theirs"})
    assert [text_of(value) for value in saved] == ["Ola"]


def test_text_typed_in_an_expired_session_is_not_lost(owner: Viewer, client: Browser) -> None:
    browser = sign_in(client, owner)
    seen = seen_on(browser, "company")
    with browser.session_transaction() as cookie:
        cookie.pop("_user_id")
    page = submit(browser, "company", {"one_line": "Seks hytter ved elva"}, seen)

    assert "Logg inn" in page.text
    assert "form_carried" in page.html or 'name="kept' in page.html
    assert strategy_of(owner.organisation_id) is None


def test_objective_follows_its_audience_to_a_new_name(owner: Viewer) -> None:
    save_section(owner, "customers", {"audiences": (Audience("Familier"), Audience("Firma"))})
    strategy = strategy_of(owner.organisation_id)
    assert strategy
    objective = Objective(
        strategy_id=strategy.id, text="Flere", kind="sales", unit="count", direction="up", target_milli=1,
        target_on=clock.today(), rhythm="once", audience="Familier",
    )  # fmt: skip
    session.add(objective)
    session.commit()

    save_section(owner, "customers", {"audiences": (Audience("Barnefamilier"), Audience("Firma"))})

    assert objective.audience == "Barnefamilier"


def test_gaps_are_filled_from_low_answers_on_request_only(owner: Viewer, client: Browser) -> None:
    assessment = Assessment(
        company_id=owner.organisation_id, stage="start", data_version="1", by_id=owner.user_id
    )
    assessment.answers = [
        AssessmentAnswer(code="presence.maps", kind="answered", value=0),
        AssessmentAnswer(code="presence.site", kind="answered", value=4),
    ]
    session.add(assessment)
    session.commit()
    browser = sign_in(client, owner)

    assert (
        "Kart, åpningstider og omtaler er ikke fulgt opp.</textarea>"
        not in browser.page("/plan/strategy/gaps").html
    )
    page = browser.page("/plan/strategy/gaps?from=assessment")
    assert "Kart, åpningstider og omtaler er ikke fulgt opp.</textarea>" in page.html
    submit(browser, "gaps", {"gaps_1_text": "Kart, åpningstider og omtaler er ikke fulgt opp."})
    assert [gap.text for gap in content_of(owner).gaps] == [
        "Kart, åpningstider og omtaler er ikke fulgt opp."
    ]


@pytest.mark.parametrize("section", [*SECTIONS, "check"])
def test_others_than_companies_are_refused(owner: Viewer, client: Browser, section: str) -> None:
    adviser = factories.member(factories.garden("Annen hage"))
    session.commit()

    assert client.sign_in(adviser.user_id or 0).get(f"/plan/strategy/{section}").status_code == 403


def test_companies_of_two_trades_see_their_own_examples(app: Flask, client: Browser) -> None:
    garden = factories.garden()
    pages = {}
    for sector in ("accommodation", "manufacturing"):
        viewer = factories.member(factories.company(of=garden, name=sector, sector_code=sector))
        session.commit()
        pages[sector] = sign_in(client, viewer).page("/plan/strategy/company").text

    details = client.page("/plan/strategy/channels").all("details")
    listed = [one.get("id") for one in details if one.get("id", "").startswith("channel-")]
    assert listed[:2] == ["channel-website", "channel-linkedin"], "those of a workshop first"
    assert len(listed) == len(set(listed)) == len(strategy_template().channels)
    wrong = {f"channel-{code}-decision": "nonsense" for code in strategy_template().channels}
    assert client.post("/plan/strategy/channels", data=wrong).status_code == 422, "errors in the page's order"
    assert "Hva vi lever av" in pages["accommodation"]
    assert "hytter ved elva" in pages["accommodation"]
    assert "sveiser deler" in pages["manufacturing"]


def test_review_date_more_than_a_year_ahead_is_refused(owner: Viewer, client: Browser) -> None:
    far = (clock.today() + dt.timedelta(days=400)).isoformat()
    page = submit(sign_in(client, owner), "budget", {"review_on": far})

    assert "innen 12 måneder" in page.text
