"""Decision reminders, briefs that lapse without a decision, and extended deadlines."""

import datetime as dt

import pytest

from marketplace.core.database import session
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.proposals import queries, use_cases
from tests.factories.offers import full_content
from tests.proposals.conftest import AFTER, ANSWERS
from tests.support.notices import notices_to


def after(days):
    return AFTER + dt.timedelta(days=days)


def test_reminders_and_lapse_happen_once(opened, at_noon):
    use_cases.run_jobs()
    told = lambda: len(notices_to(opened.owner, "decide_soon"))  # noqa: E731 because it is used three times
    for day, expected in ((6, 1), (20, 2), (34, 3)):
        at_noon.move_to(after(day), tick=False)
        use_cases.run_jobs()
        use_cases.run_jobs()
        assert told() == expected
    assert len(notices_to(opened.curator, "garden_decide_soon")) == 1
    at_noon.move_to(after(43), tick=False)
    assert use_cases.lapse_overdue() == 1
    assert use_cases.lapse_overdue() == 0
    assert opened.brief.state == "lapsed"
    assert {opened.proposal(n).state for n in ("kvistverk", "myrull", "skogsfjord")} == {"closed_unjudged"}
    assert notices_to(opened.kvistverk, "brief_lapsed")
    (told,) = notices_to(opened.curator, "garden_brief_lapsed")
    assert opened.brief.company.name in told.subject
    assert "90 dager" in notices_to(opened.owner, "own_brief_lapsed")[0].body


def test_company_is_reminded_on_the_day_that_suppliers_were_told(opened, at_noon):
    opened.brief.versions[0].answers = ANSWERS | {"decision_date": after(10).date().isoformat()}
    session.commit()
    told = lambda: notices_to(opened.owner, "decide_soon")  # noqa: E731 because it is used four times
    for day, expected in ((9, 1), (10, 2), (11, 2)):
        at_noon.move_to(after(day), tick=False)
        use_cases.run_jobs()
        assert len(told()) == expected
    sentence = "De har fått vite at dere velger 24."
    assert [sentence in notice.body for notice in told()] == [False, True]


def test_company_without_offers_is_not_told_that_it_can_still_choose(market, at_noon):
    for day in (8, 60):
        at_noon.move_to(after(day), tick=False)
        use_cases.run_jobs()
    (told,) = notices_to(market.owner, "own_brief_lapsed")
    assert "ingen tilbud å velge" in told.body


def test_lapsed_brief_is_awarded_late_with_consent(opened, at_noon, replies):
    at_noon.move_to(after(43), tick=False)
    use_cases.run_jobs()
    number = opened.proposal("kvistverk").id
    details = use_cases.AwardDetails(number, 92_000, dt.date(2027, 3, 1), "Best for oss.")
    with pytest.raises(RuleBroken):
        use_cases.award(opened.owner, opened.reference, details, replies(opened, number))
    agreed = use_cases.AwardDetails(number, 92_000, dt.date(2027, 3, 1), "Best for oss.", still_stands=True)
    use_cases.award(opened.owner, opened.reference, agreed, replies(opened, number))
    assert opened.brief.state == "awarded"


def test_late_reopening_gets_new_time_before_lapse(opened, at_noon, choose):
    at_noon.move_to(after(38), tick=False)
    choose(opened, "kvistverk")
    at_noon.move_to(after(50), tick=False)
    use_cases.reopen(opened.owner, opened.reference, "Prisen var feil.")
    assert use_cases.lapse_overdue() == 0
    at_noon.move_to(after(50 + 22), tick=False)
    use_cases.run_jobs()
    notice = notices_to(opened.curator, "garden_decide_soon")[-1]
    assert "minst 21 dager på å bestemme seg" in notice.body


def test_reminder_of_a_brief_without_offers_names_no_choice(market, at_noon):
    at_noon.move_to(after(6), tick=False)
    use_cases.run_jobs()
    assert notices_to(market.owner, "decide_soon")[-1].subject == "Ingen tilbud på «Nettbutikk med henting»"


@pytest.mark.parametrize(
    ("ruled_out", "told"),
    [
        (["kvistverk"], "2 leverandører venter"),
        (["kvistverk", "myrull", "skogsfjord"], "Dere har utelukket alle tilbudene"),
    ],
)
def test_reminder_does_not_count_offers_that_are_ruled_out(opened, at_noon, ruled_out, told):
    for name in ruled_out:
        number = opened.proposal(name).id
        use_cases.rule_out(opened.owner, opened.reference, number, "Kobling til kassa", "Den mangler.")
    at_noon.move_to(after(6), tick=False)
    use_cases.run_jobs()
    assert told in notices_to(opened.owner, "decide_soon")[-1].body


def test_extension_without_offers_is_granted_once(market, at_noon):
    use_cases.save(market.kvistverk, market.reference, full_content())
    at_noon.move_to(AFTER, tick=False)
    use_cases.open_due()
    with pytest.raises(RuleBroken):
        use_cases.extend_without_offers(market.owner, market.reference, dt.date(2027, 3, 1))
    use_cases.extend_without_offers(market.owner, market.reference, dt.date(2026, 12, 21))
    assert queries.offers_for(market.owner, market.reference).is_sealed
    market.send("kvistverk")
    at_noon.move_to(after(9), tick=False)
    assert use_cases.open_due() == 1
    with pytest.raises(Conflict):
        use_cases.extend_without_offers(market.owner, market.reference, dt.date(2026, 12, 30))


def test_extension_with_offer_is_refused(opened):
    with pytest.raises(Conflict):
        use_cases.extend_without_offers(opened.owner, opened.reference, dt.date(2026, 12, 21))


def test_offer_withdrawn_once_opened_stays_withdrawn_after_extension(market, at_noon, browser):
    market.send("kvistverk")
    at_noon.move_to(AFTER, tick=False)
    use_cases.open_due()
    use_cases.withdraw(market.kvistverk, market.reference, "Full ordrebok")
    use_cases.extend_without_offers(market.owner, market.reference, dt.date(2026, 12, 21))
    offer = f"/briefs/{market.reference}/proposal"
    assert not browser("kvistverk").page(offer).all("form", action=f"{offer}/resume")
    assert "gjenopprettes" not in browser("kvistverk").page(f"/briefs/{market.reference}").text
    with pytest.raises(Conflict):
        use_cases.resume(market.kvistverk, market.reference)
