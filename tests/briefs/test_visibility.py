"""Read access to a brief by owner, colleague, outsider, suppliers, gardens and administrators, for each state."""

import datetime as dt

import pytest

from marketplace.briefs import queries, use_cases
from marketplace.briefs.queries import briefs as brief_queries
from marketplace.briefs.queries.briefs import MAX_RENDERED
from marketplace.briefs.queries.link_status import brief_link_status
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.list_query import ListQuery
from marketplace.core.viewer import ANONYMOUS
from marketplace.organisations.models import AREA, Company
from marketplace.organisations.use_cases import follow_company, stop_following
from marketplace.vetting.models import Vetting
from tests.factories import briefs

EVERYBODY = (
    "owner",
    "colleague",
    "adviser",
    "elsewhere",
    "outsider",
    "in_trade",
    "out_of_trade",
    "invited",
    "admin",
)


def who_sees(market, reference):
    seeing = set()
    for name in EVERYBODY:
        try:
            queries.brief_for(getattr(market, name), reference)
        except NotFound:
            continue
        seeing.add(name)
    with pytest.raises(NotFound):
        queries.brief_for(ANONYMOUS, reference)
    return seeing


def test_draft_is_visible_to_company_only(market):
    assert who_sees(market, briefs.draft(market.owner).reference) == {"owner", "colleague"}


def test_garden_sees_draft_only_during_review(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    assert who_sees(market, brief.reference) == {"owner", "colleague", "adviser"}
    use_cases.answer_review(market.adviser, brief.reference, "ok", "")
    assert who_sees(market, brief.reference) == {"owner", "colleague"}


def test_open_brief_is_visible_to_invited_and_approved_suppliers(market, invite):
    open_door = briefs.published(market.owner)
    closed_door = briefs.published(market.owner, open_door=False)
    invite(open_door, market.invited)
    invite(closed_door, market.invited)
    always = {"owner", "colleague", "adviser", "invited", "admin"}
    assert who_sees(market, open_door.reference) == always | {"in_trade"}
    assert who_sees(market, closed_door.reference) == always


def test_suspended_approval_removes_access_at_once(market):
    brief = briefs.published(market.owner)
    assert "in_trade" in who_sees(market, brief.reference)
    session.query(Vetting).filter_by(category="ecm").update({"state": "suspended"})
    session.commit()
    assert "in_trade" not in who_sees(market, brief.reference)


def test_only_invited_suppliers_see_brief_after_deadline(market, invite, time_machine):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    time_machine.move_to(brief.deadline + dt.timedelta(seconds=1), tick=False)
    assert who_sees(market, brief.reference) == {"owner", "colleague", "adviser", "invited", "admin"}


def test_briefs_follow_company_to_new_garden(market):
    brief = briefs.published(market.owner)
    company = session.get(Company, market.owner.organisation_id)
    stop_following(company.id, market.adviser.organisation_id, AREA)
    follow_company(company.id, market.elsewhere.organisation_id, AREA)
    assert {"adviser", "elsewhere"} & who_sees(market, brief.reference) == {"elsewhere"}


def test_deleted_draft_is_visible_to_nobody(market):
    brief = briefs.draft(market.owner)
    use_cases.delete_draft(market.colleague, brief.reference)
    assert who_sees(market, brief.reference) == set()


def test_anonymous_company_details_are_hidden_from_suppliers(market):
    brief = briefs.published(market.owner, visibility="hidden")
    seen = queries.brief_view_for(market.in_trade, brief.reference)
    assert seen.company is None
    assert "links" not in seen.rows
    assert queries.brief_view_for(market.adviser, brief.reference).company is not None
    named = briefs.published(market.owner)
    assert queries.brief_view_for(market.in_trade, named.reference).company.name == "Bjørkvollen ysteri"


def test_every_brief_version_is_shown_unchanged(market):
    brief = briefs.published(market.owner)
    seen = queries.brief_view_for(market.in_trade, brief.reference)
    for number in range(2 * MAX_RENDERED):
        title = f"Nettbutikk, utgave {number}"
        assert seen.render_answers({**brief.answers, "title": title}).rows["title"].text == title
        assert seen.rows["title"].text == brief.title
    assert len(brief_queries._rendered) <= MAX_RENDERED


def test_internal_answers_are_visible_to_company_and_garden(market):
    brief = briefs.published(market.owner)
    internal = {"own_words", "invite_count", "visibility", "report_consent"}
    assert internal <= set(queries.brief_view_for(market.owner, brief.reference).rows)
    assert internal <= set(queries.brief_view_for(market.adviser, brief.reference).rows)
    assert internal.isdisjoint(queries.brief_view_for(market.in_trade, brief.reference).rows)
    preview = queries.view_of(market.owner, brief, as_supplier=True)
    assert dict(preview.rows) == dict(queries.brief_view_for(market.in_trade, brief.reference).rows)


def test_lists_contain_exactly_the_visible_briefs(market):
    briefs.draft(market.owner)
    out = briefs.published(market.owner)
    assert queries.own_briefs(market.owner).total == 2
    assert queries.own_briefs(market.outsider).total == 0
    company = market.owner.organisation_id
    assert [b.reference for b in queries.briefs_of_company(market.adviser, company).items] == [out.reference]
    with pytest.raises(NotFound):
        queries.briefs_of_company(market.elsewhere, company)
    with pytest.raises(NotFound):
        queries.own_briefs(market.adviser)


ACTS = {
    "delete": use_cases.delete_draft,
    "ask for review": use_cases.ask_for_review,
    "pull back": use_cases.cancel_review,
    "answer review": lambda viewer, ref: use_cases.answer_review(viewer, ref, "ok", ""),
    "publish": lambda viewer, ref: use_cases.publish(viewer, ref, confirmed=True),
    "extend": lambda viewer, ref: use_cases.extend_deadline(viewer, ref, dt.date(2030, 1, 1)),
    "withdraw": lambda viewer, ref: use_cases.withdraw(viewer, ref, "Vi gjør det heller selv."),
    "copy": use_cases.copy_brief,
    "make a wish": lambda viewer, ref: use_cases.make_requirement_optional(viewer, ref, "Kobling til kassa"),
    "save": lambda viewer, ref: use_cases.save_topic(viewer, ref, "need", [], {}),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["draft", "published"])
def test_outsider_gets_not_found_for_every_action(market, act, state):
    brief = getattr(briefs, state)(market.owner)
    for name in ("outsider", "elsewhere", "out_of_trade"):
        with pytest.raises(NotFound):
            ACTS[act](getattr(market, name), brief.reference)


def test_link_to_a_brief_says_whether_it_is_closed_to_all_or_to_the_supplier(market):
    brief = briefs.published(market.owner)
    hidden = brief_link_status(market.out_of_trade, f"/briefs/{brief.reference}")
    assert hidden.lines == ["Briefen er ikke lenger åpen for deg."]
    use_cases.withdraw(market.owner, brief.reference, "Vi gjør det selv.")
    (line,) = brief_link_status(market.out_of_trade, f"/briefs/{brief.reference}").lines
    assert "tar ikke lenger imot nye svar" in line


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"copy", "answer review"}))
def test_readers_cannot_act(market, act):
    brief = briefs.published(market.owner)
    for name in ("adviser", "in_trade", "admin"):
        with pytest.raises(Forbidden):
            ACTS[act](getattr(market, name), brief.reference)


@pytest.mark.parametrize("act", ["publish", "extend", "withdraw"])
def test_only_owner_publishes_extends_and_withdraws(market, act):
    brief = briefs.draft(market.owner) if act == "publish" else briefs.published(market.owner)
    with pytest.raises(Forbidden):
        ACTS[act](market.colleague, brief.reference)


def test_own_briefs_are_searched_filtered_and_sorted(market):
    briefs.draft(market.owner, title="Ålesund på film")
    briefs.draft(market.owner, title="Zeta i sosiale medier")

    def listed(text="", **chosen):
        return [item.title for item in queries.own_briefs(market.owner, wanted=ListQuery(text, chosen)).items]

    everything = listed()
    assert listed("aalesund") == listed("film alesunnd") == ["Ålesund på film"]
    assert [title for title in listed(sort="title") if title[0] in "ZÅ"] == [
        "Zeta i sosiale medier",
        "Ålesund på film",
    ]
    parts = [listed(state=state) for state in ("draft", "open", "evaluating", "awarded", "closed")]
    assert sorted(title for part in parts for title in part) == sorted(everything)
