"""Generated briefs with versions, offers and awards, for benchmarks."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from benchmarks.data.scale_rows import Row, SeededSupplier, add_rows, add_rows_returning_ids
from benchmarks.data.wording import Wording
from marketplace.briefs import deadlines, guide
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock, places, taxonomy
from marketplace.core.database import session
from marketplace.organisations.models import Organisation
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.offer_content import BriefRequirements, OfferContent, PriceLine, RequirementAnswer
from marketplace.proposals.price_comparison import PriceKind

STATES = (
    (BriefState.DRAFT, 12),
    (BriefState.PUBLISHED, 46),
    (BriefState.AWARDED, 12),
    (BriefState.DELIVERED, 16),
    (BriefState.NO_AWARD, 6),
    (BriefState.WITHDRAWN, 4),
    (BriefState.LAPSED, 4),
)
"""Percentage of briefs in each state."""

OFFER_STATES = {
    BriefState.PUBLISHED: ProposalState.SUBMITTED,
    BriefState.AWARDED: ProposalState.NOT_SELECTED,
    BriefState.DELIVERED: ProposalState.NOT_SELECTED,
    BriefState.NO_AWARD: ProposalState.NOT_SELECTED,
    BriefState.WITHDRAWN: ProposalState.CLOSED_UNJUDGED,
    BriefState.LAPSED: ProposalState.CLOSED_UNJUDGED,
}
CHOSEN = frozenset({BriefState.AWARDED, BriefState.DELIVERED})
BANDS = ("b0_20", "b20_50", "b50_100", "b100_200", "b200_400")
OPEN_DAYS = 21
MAX_OFFERS = 4


def add_briefs(
    wording: Wording, companies: Sequence[tuple[int, int]], suppliers: Sequence[SeededSupplier], count: int
) -> int:
    """Add briefs of companies (id, owner), with offers from approved suppliers. Return the number of offers."""
    rng = wording.rng
    known = {
        row.id: row
        for row in session.execute(
            select(Organisation.id, Organisation.name, Organisation.municipality_number)
        )
    }
    states = rng.choices([state for state, _share in STATES], [share for _state, share in STATES], k=count)
    rows = []
    for state in states:
        company, owner = rng.choice(companies)
        rows.append(_brief_row(wording, known[company], owner, state))
    ids = add_rows_returning_ids(
        Brief, [{**row, "reference": f"ny-{number}"} for number, row in enumerate(rows)]
    )
    year = clock.today().year
    for brief, row in zip(ids, rows, strict=True):
        session.execute(update(Brief).where(Brief.id == brief).values(reference=f"{year}-{brief:04d}"))
        row["id"] = brief
    published = [row for row in rows if row["state"] != BriefState.DRAFT]
    add_rows(
        BriefService,
        [
            {"brief_id": row["id"], "code": code, "category": taxonomy.group_of(code)}
            for row in published
            for code in row["answers"]["services"]
        ],
    )
    versions = add_rows_returning_ids(BriefVersion, [_version_row(row) for row in published])
    return _add_offers(wording, list(zip(published, versions, strict=True)), suppliers)


def _brief_row(wording: Wording, company: Any, owner: int, state: BriefState) -> Row:
    rng = wording.rng
    group = rng.choice(list(taxonomy.groups()))
    services = [
        service.code for service in rng.sample(group.services, min(len(group.services), rng.randint(1, 3)))
    ]
    place = places.municipality(company.municipality_number)
    days_out = rng.randint(0, 35) if state == BriefState.PUBLISHED else rng.randint(60, 360)
    published = clock.today() - dt.timedelta(days=days_out)
    deadline = published + dt.timedelta(days=OPEN_DAYS)
    title = wording.brief_title(services, company.name, place.name)
    row: Row = {
        "company_id": company.id,
        "created_by_id": owner,
        "state": state,
        "guide_version": guide.load().version,
        "title": title,
        "answers": _answers(wording, services, title, place.number, published),
        "confirmed_topics": sorted(topic.code for topic in guide.load().topics),
        "created_at": clock.start_of_day(published - dt.timedelta(days=7)),
        "updated_at": clock.start_of_day(published),
        "published_at": None,
        "deadline": None,
        "question_deadline": None,
        "closed_at": None,
    }
    if state != BriefState.DRAFT:
        out, last = clock.start_of_day(published), clock.end_of_day(deadline)
        row |= {
            "published_at": out,
            "deadline": last,
            "question_deadline": deadlines.question_deadline(out, last),
        }
    if state not in {BriefState.DRAFT, BriefState.PUBLISHED}:
        row["closed_at"] = clock.end_of_day(deadline + dt.timedelta(days=10))
    return row


def _answers(wording: Wording, services: list[str], title: str, municipality: str, published: dt.date) -> Row:
    rng = wording.rng

    def day(days: int) -> str:
        return (published + dt.timedelta(days=days)).isoformat()

    return {
        **guide.presets(guide.load(), guide.CompanyFacts(municipality), published),
        "services": services,
        "title": title,
        "problem": wording.answer_text("problem", services),
        "goal": wording.answer_text("goal", services, min_words=8),
        "success_metric": rng.choice(("more_orders", "more_enquiries", "more_visits", "time_saved")),
        "audience": rng.sample(["local", "norwegian_tourists", "foreign_tourists", "businesses"], 2),
        "audience_text": wording.answer_text("audience_text", services, min_words=10),
        "current_state": wording.answer_text("current_state", services, min_words=15),
        "deliverables": [taxonomy.service(code).labels["nb"] for code in services],
        "content": dict.fromkeys(("text", "photos", "logo", "film", "product_data"), "ready"),
        "budget_band": rng.choice(BANDS),
        "finish_by": day(OPEN_DAYS + 90),
        "start_from": day(OPEN_DAYS + 20),
        "presence": rng.choice(("some", "remote", "remote")),
        "decision_by": "Daglig leder",
        "decision_date": day(OPEN_DAYS + 10),
        "personal_data": rng.choice(("yes", "no")),
        "must_have": ["Vi eier alt som blir laget"],
        "response_deadline": day(OPEN_DAYS),
    }


def _version_row(row: Row) -> Row:
    return {
        "brief_id": row["id"],
        "number": 1,
        "guide_version": row["guide_version"],
        "title": row["title"],
        "answers": row["answers"],
        "published_at": row["published_at"],
        "published_by_id": row["created_by_id"],
    }


def _add_offers(
    wording: Wording, briefs: Sequence[tuple[Row, int]], suppliers: Sequence[SeededSupplier]
) -> int:
    rng = wording.rng
    offers, winners = list[Row](), list[tuple[int, Row]]()
    for brief, version in briefs:
        category = taxonomy.group_of(brief["answers"]["services"][0])
        able = [supplier for supplier in suppliers if category in supplier.categories]
        chosen = rng.sample(able, min(len(able), rng.randint(1, MAX_OFFERS)))
        for place, supplier in enumerate(chosen):
            is_winner = place == 0 and brief["state"] in CHOSEN
            if is_winner:
                winners.append((len(offers), brief))
            state = ProposalState.AWARDED if is_winner else OFFER_STATES[brief["state"]]
            offers.append(_offer_row(wording, brief, version, supplier, state))
    ids = rng.sample(range(1, 2**31), len(offers))
    for number, offer in zip(ids, offers, strict=True):
        proposal = Proposal(id=number, **offer)
        proposal.add_revision(offer["content"], offer["submitted_at"], offer["created_by_id"])
        session.add(proposal)
    session.flush()
    add_rows(Award, [_award_row(brief, offers[place], ids[place]) for place, brief in winners])
    return len(offers)


def _offer_row(
    wording: Wording, brief: Row, version: int, supplier: SeededSupplier, state: ProposalState
) -> Row:
    content = _offer(wording, brief).to_dict()
    sent = brief["published_at"] + dt.timedelta(days=wording.rng.randint(3, OPEN_DAYS - 1))
    sent = min(sent, clock.now())
    is_judged = state != ProposalState.SUBMITTED
    return {
        "brief_id": brief["id"],
        "supplier_id": supplier.id,
        "brief_version_id": version,
        "created_by_id": supplier.owner_id,
        "state": state,
        "content": content,
        "submitted_content": content,
        "created_at": sent,
        "updated_at": sent,
        "submitted_at": sent,
        "decided_at": brief["closed_at"] if is_judged else None,
        "opened_at": brief["deadline"] if brief["deadline"] < clock.now() else None,
        "outcome_code": "price" if state == ProposalState.NOT_SELECTED else "",
        "outcome_text": "Et annet tilbud ga mer for pengene." if state == ProposalState.NOT_SELECTED else "",
    }


def _offer(wording: Wording, brief: Row) -> OfferContent:
    rng = wording.rng
    requirements = BriefRequirements.from_answers(brief["title"], brief["answers"])
    start = clock.to_local(brief["deadline"]).date() + dt.timedelta(days=20)
    return OfferContent(
        understanding=wording.answer_text("problem", brief["answers"]["services"]),
        price_lines=tuple(
            PriceLine(text, PriceKind.AMOUNT, rng.randint(8, 90) * 500) for text in requirements.deliverables
        ),
        experience=wording.answer_text("problem", brief["answers"]["services"]),
        follow_up="Vi svarer innen to virkedager og retter feil gratis i tre måneder.",
        monthly_nok=rng.choice((0, 490, 990, 1490)),
        start=start,
        finish=start + dt.timedelta(days=60),
        team=wording.person_name(),
        evidence=tuple(
            RequirementAnswer(text, met=True, text="Det står i avtalen vår.")
            for text in requirements.must_have
        ),
        ownership_accept=True,
        has_relation=False,
        valid_until=start + dt.timedelta(days=30),
    )


def _award_row(brief: Row, offer: Row, proposal: int) -> Row:
    content = OfferContent.from_dict(offer["content"])
    return {
        "brief_id": brief["id"],
        "proposal_id": proposal,
        "reason": "De forsto hva vi trenger.",
        "agreed_price_nok": content.one_off,
        "start_on": content.start,
        "awarded_at": brief["closed_at"],
        "awarded_by_id": brief["created_by_id"],
        "delivered_at": brief["closed_at"] + dt.timedelta(days=40)
        if brief["state"] == BriefState.DELIVERED
        else None,
        "handover": {},
    }
