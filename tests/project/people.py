"""Users of the demo data, and the URL of every route with parameters that refer to their objects."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.briefs.models import Brief, ClarificationQuestion
from marketplace.core.database import session
from marketplace.organisations.models import BusinessGarden, ColleagueInvitation, Membership, Organisation
from marketplace.proposals.models.offers import Proposal
from marketplace.suppliers.models import CaseStudy, Supplier
from marketplace.vetting.models import Appeal, Refusal, Vetting
from marketplace.web import access
from marketplace.web.access import Level
from tests import factories
from tests.support.browser import Browser

EVALUATED = "Nettbutikk med henting på gården"
"""Title of the brief of the demo company whose offers are being evaluated."""
OPEN = "Etiketter til fem nye oster"
"""Title of its brief that suppliers can answer."""
PLAIN = {Level.PUBLIC, Level.SIGNING_IN, Level.SIGNED_IN, Level.MEMBERS}
ACTING = PLAIN | {Level.ORGANISATION}
LEADING = ACTING | {Level.LEADER}


def demo_brief(title: str) -> Brief:
    """Return a brief of the demo data. References are not stable: they are numbered in order of publication."""
    return session.scalars(select(Brief).where(Brief.title == title)).one()


class People:
    """Demo users, keyed by their relation to the demo company and its brief under evaluation."""

    def __init__(self) -> None:
        brief = demo_brief(EVALUATED)
        garden = session.get_one(BusinessGarden, brief.company.garden_id)
        proposals = session.scalars(
            select(Proposal).where(Proposal.brief_id == brief.id).order_by(Proposal.id)
        ).all()
        other_company = demo_brief("Lydguide på tre språk til utstillingen om gruvefolket").company
        other_garden = session.scalars(select(BusinessGarden).where(BusinessGarden.id != garden.id)).first()
        outsider = session.scalars(
            select(Supplier)
            .where(Supplier.id.not_in([p.supplier_id for p in proposals]))
            .order_by(Supplier.id)
        ).first()
        assert other_garden is not None
        assert outsider is not None
        self.brief, self.garden, self.proposals = brief, garden, proposals
        colleague = factories.member(brief.company, "member")
        self.ids: dict[str, int | None] = {
            "anonymous": None,
            "owner": self._member_id(brief.company, "owner"),
            "colleague": colleague.user_id,
            "other company": self._member_id(other_company, "owner"),
            "bidder": self._member_id(proposals[0].supplier, "owner"),
            "rival": self._member_id(proposals[1].supplier, "owner"),
            "other supplier": self._member_id(outsider, "owner"),
            "curator": self._member_id(garden, "curator"),
            "other curator": self._member_id(other_garden, "curator"),
            "administrator": session.scalars(select(User.id).where(User.is_admin)).first(),
        }
        session.commit()

    @staticmethod
    def _member_id(organisation: Organisation, role: str) -> int:
        query = select(Membership.user_id).where(
            Membership.organisation_id == organisation.id, Membership.role == role
        )
        user_id = session.scalars(query).first()
        if user_id is None:
            viewer = factories.member(organisation, role)
            user_id = viewer.user_id or 0
        return user_id

    def browsers(self, app: Flask) -> dict[str, Browser]:
        """Return a signed-in test client for each user, by name."""
        opened: dict[str, Browser] = {}
        for name, user_id in self.ids.items():
            browser = app.test_client()
            opened[name] = browser.sign_in(user_id) if user_id else browser  # type: ignore[attr-defined]  # because the app's client is our Browser
        return opened


LEVELS = {
    "anonymous": {Level.PUBLIC},
    "owner": LEADING | {Level.COMPANY, Level.COMPANY_OWNER},
    "colleague": ACTING | {Level.COMPANY},
    "other company": LEADING | {Level.COMPANY, Level.COMPANY_OWNER},
    "bidder": LEADING | {Level.SUPPLIER, Level.SUPPLIER_OWNER},
    "rival": LEADING | {Level.SUPPLIER, Level.SUPPLIER_OWNER},
    "other supplier": LEADING | {Level.SUPPLIER, Level.SUPPLIER_OWNER},
    "curator": LEADING | {Level.GARDEN, Level.CURATOR},
    "other curator": LEADING | {Level.GARDEN, Level.CURATOR},
    "administrator": PLAIN | {Level.ADMIN},
}


def route_urls(app: Flask, people: People) -> Iterator[tuple[str, str, Level]]:
    """Yield (method, URL, level) of each route, with parameters from the demo company and its first bidder."""
    question = session.scalars(
        select(ClarificationQuestion).where(ClarificationQuestion.brief_id == people.brief.id)
    ).first()
    bidder = people.proposals[0]
    vetting = session.scalars(select(Vetting).where(Vetting.garden_id == people.garden.id)).first()
    case = session.scalars(select(CaseStudy).where(CaseStudy.supplier_id == bidder.supplier_id)).first()
    assert vetting is not None
    values: dict[str, Any] = {
        "reference": people.brief.reference,
        "topic_code": "goal",
        "stage": "start",
        "dimension": "direction",
        "question_id": question.id if question else 1,
        "proposal_id": bidder.id,
        "garden_id": people.garden.id,
        "user_id": people.ids["colleague"],
        "company_id": people.brief.company_id,
        "membership_id": session.scalars(
            select(Membership.id).where(Membership.user_id == people.ids["colleague"])
        ).one(),
        "invitation_id": (session.scalars(select(ColleagueInvitation.id)).first() or 1),
        "vetting_id": vetting.id,
        "supplier_id": vetting.supplier_id,
        "session_id": 1,
        "transfer_id": 1,
        "conflict_id": 1,
        "refusal_id": session.scalars(select(Refusal.id)).first(),
        "appeal_id": session.scalars(select(Appeal.id)).first(),
        "case_id": case.id if case else 1,
        "file_id": 1,
        "notice_id": 1,
        "section": "about",
        "section_code": "gaps",
        "comment_id": 1,
        "version_number": 1,
        "slug": bidder.supplier.slug,
        "locale": "nb",
        "token": "no-such-secret",
        "name": "handover",
        "place_id": 1,
        "cohort_id": 1,
        "person_id": 1,
        "hours_id": 1,
        "note_id": 1,
        "task_id": 1,
        "source_id": 1,
        "entry_id": 1,
        "grant_id": 1,
        "link_id": 1,
        "number": 1,
        "extension": "csv",
        "material_id": 1,
        "participation_id": 1,
        "action_id": 1,
        "objective_id": 1,
        "measurement_id": 1,
        "tool_code": "canva",
        "outcome_id": 1,
        "mandate_id": 1,
        "confirmation_id": 1,
        "act_code": "withdraw",
        "code": "AAAAAA",
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            level = access.level_of(view) if method == "GET" else access.write_level_of(view)
            assert level is not None
            yield method, path, level
