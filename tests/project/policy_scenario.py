"""Demo data for the policy tests: eight users, and for each their own, another's and missing objects."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from marketplace.accounts.models import OneTimeLink, SignInSession, User
from marketplace.briefs.models import Brief, ClarificationQuestion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import token_hash
from marketplace.files.models import StoredFile
from marketplace.organisations.models import (
    ASKED,
    COHORT,
    BusinessGarden,
    ColleagueInvitation,
    Membership,
    Organisation,
)
from marketplace.outbox.models import Notice
from marketplace.outbox.unsubscribe_tokens import unsubscribe_path
from marketplace.proposals.models.offers import Proposal
from marketplace.sourcing.models import OutsideInvitation
from marketplace.sourcing.outside_invitation_tokens import confirmation_path
from marketplace.suppliers.models import CaseStudy, Supplier
from marketplace.vetting.models import Appeal, ConflictOfInterest, Refusal, Transfer, Vetting, VettingDecision
from tests import factories
from tests.project.policy_mandates import MANDATE_SECRETS, mandate_objects
from tests.project.policy_outcomes import readable_outcome
from tests.project.policy_programme import programme_objects, programme_token, programme_values
from tests.project.policy_strategy import strategy_objects
from tests.support.browser import Browser

ROLES = (
    "anonymous",
    "company",
    "company2",
    "supplier",
    "supplier2",
    "curator",
    "curator2",
    "administrator",
)
RELATIONS = ("own", "other", "none", "crossed")
CONSTANT = {
    "topic_code": "goal", "section": "text", "section_code": "gaps", "stage": "start", "dimension": "direction", "name": "handover", "locale": "nb",
    "filename": "mark.svg", "act_code": "withdraw",
}  # fmt: skip
MISSING: dict[str, Any] = {"reference": "2026-9999", "slug": "no-such-supplier", "token": "no-such-secret"}
MISSING_ID = 999_999
STATES = {
    "/award/take-back": "awarded",
    "/deliver": "awarded",
    "/job": "awarded",
    "/terminate": "awarded",
    "/outcome/<name>": "delivered",
    "/review-answer": "in_review",
    "/briefs/<reference>/restore": "deleted",
}
OFFERS = {
    "/proposals/<int:proposal_id>/decline": "awarded",
    "/proposals/<int:proposal_id>/letter": "not_selected",
}
"""URL endings of pages that require a brief (STATES) or an offer (OFFERS) in a certain state."""
SECRETS = MANDATE_SECRETS | {
    "/reset/<token>": "reset-secret",
    "/confirm/<token>": "confirm-secret",
    "/invitations/<token>": "invited",
    "/invited/<token>": "invited-outside",
}


@dataclass
class Side:
    """One of two parallel sets: a company with a brief, a supplier that answered it, and the company's garden."""

    brief: Brief
    draft: str
    proposal: Proposal
    garden: BusinessGarden
    objects: dict[str, Any] = field(default_factory=dict)


class PolicyScenario:
    """Two sides, a user for each role on each side, and a signed-in test client for each user."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        query = select(Brief).where(Brief.state == "published", Brief.deadline < clock.now())
        judged = [b for b in session.scalars(query.order_by(Brief.reference)) if self._proposals(b)]
        first = judged[0]
        second = next(b for b in judged if b.company.garden_id != first.company.garden_id)
        self.one, self.two = self._side(first, skip=()), self._side(second, skip=(first,))
        others = select(BusinessGarden).where(
            BusinessGarden.id.not_in([self.one.garden.id, self.two.garden.id])
        )
        self.third = session.scalars(others.order_by(BusinessGarden.id).limit(1)).one()
        self.users = self._people()
        for side, suffix in ((self.one, ""), (self.two, "2")):
            side.objects = self._objects(side, suffix)
        self._add_followers()
        self._add_transfers_and_conflicts()
        self._add_secret_links()
        self.special_cases = self._special_cases()
        self.notices = self._add_notices()
        session.commit()
        self.browsers: dict[int, Browser] = {}
        self.secrets: dict[int, str] = {}
        special_users = {user_id for user_id, _object in self.special_cases.values()}
        for user_id in {0, *self.users.values(), *special_users, self.course_adviser}:
            browser: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client is our browser
            browser.check_pages = False
            self.browsers[user_id] = browser.sign_in(user_id) if user_id else browser
            if user_id:
                with browser.session_transaction() as cookie:
                    self.secrets[user_id] = str(cookie["_user_id"])
        self.sessions = {row.user_id: row.id for row in session.scalars(select(SignInSession))}

    def reset_session(self, browser: Browser) -> None:
        """Restore the initial sign-in session of a test client after a request has changed it."""
        user_id = next(key for key, other in self.browsers.items() if other is browser)
        with browser.session_transaction() as cookie:
            cookie.clear()
            if user_id in self.secrets:
                cookie["_user_id"] = self.secrets[user_id]

    @staticmethod
    def _proposals(brief: Brief) -> list[Proposal]:
        query = select(Proposal).where(Proposal.brief_id == brief.id, Proposal.state == "submitted")
        # Proposal ids are random, so sort by supplier.
        return list(session.scalars(query.order_by(Proposal.supplier_id)))

    def _side(self, brief: Brief, skip: tuple[Brief, ...]) -> Side:
        taken = {proposal.supplier_id for other in skip for proposal in self._proposals(other)}
        proposal = next(p for p in self._proposals(brief) if p.supplier_id not in taken)
        draft = Brief(
            reference=f"2026-{8000 + brief.id}",
            company_id=brief.company_id,
            created_by_id=brief.created_by_id,
        )
        session.add(draft)
        session.flush()
        garden = session.get_one(BusinessGarden, brief.company.garden_id)
        return Side(brief, draft.reference, proposal, garden)

    @staticmethod
    def _member_id(organisation: Organisation, role: str) -> int:
        query = select(Membership.user_id).where(
            Membership.organisation_id == organisation.id, Membership.role == role
        )
        return session.scalars(query).first() or factories.member(organisation, role).user_id or 0

    def _people(self) -> dict[str, int]:
        users = {"administrator": session.scalars(select(User.id).where(User.is_admin)).one()}
        for side, suffix in ((self.one, ""), (self.two, "2")):
            users[f"company{suffix}"] = self._member_id(side.brief.company, "owner")
            users[f"supplier{suffix}"] = self._member_id(side.proposal.supplier, "owner")
            users[f"curator{suffix}"] = self._member_id(side.garden, "curator")
        return users

    def _objects(self, side: Side, suffix: str) -> dict[str, Any]:
        """Return the objects of a side, by URL parameter name. `name:role` if it differs by role."""
        question = session.scalars(
            select(ClarificationQuestion).where(ClarificationQuestion.brief_id == side.brief.id)
        ).first()
        if question is None:
            question = ClarificationQuestion(
                brief_id=side.brief.id,
                supplier_id=side.proposal.supplier_id,
                text="Hvor mange bilder?",
                asked_by_id=self.users[f"supplier{suffix}"],
            )
            session.add(question)
        vetting = session.scalars(select(Vetting).where(Vetting.garden_id == side.garden.id)).first()
        case = session.scalars(
            select(CaseStudy).where(CaseStudy.supplier_id == side.proposal.supplier_id)
        ).first()
        if case is None:
            case = CaseStudy(supplier_id=side.proposal.supplier_id, title="En jobb", text="x" * 60, year=2025)
            session.add(case)
            session.flush()
        supplier = session.scalars(select(Supplier).where(Supplier.garden_id == side.garden.id)).first()
        assert vetting is not None
        assert supplier is not None
        image = StoredFile(case_id=case.id, media_type="image/webp", size=4, data=b"RIFF")
        attachment = StoredFile(brief_id=side.brief.id, media_type="application/pdf", size=4, data=b"%PDF")
        session.add_all([image, attachment])
        session.flush()
        own: dict[str, Any] = {
            "file_id": image.id,
            "file_id:brief": attachment.id,
            "reference": side.brief.reference,
            "question_id": question.id,
            "proposal_id": side.proposal.id,
            "company_id": side.brief.company_id,
            "garden_id": side.garden.id,
            "vetting_id": vetting.id,
            "supplier_id": supplier.id,
            "case_id": case.id,
            "vetting_id:supplier": session.scalars(
                select(Vetting.id)
                .where(Vetting.supplier_id == side.proposal.supplier_id)
                .order_by(Vetting.id)
            ).first(),
            "slug": side.proposal.supplier.slug,
            "outcome_id": readable_outcome(side.proposal, self.users[f"company{suffix}"]),
        }
        own |= programme_objects(side.garden, self.users[f"curator{suffix}"])
        own |= mandate_objects(side) | strategy_objects(side.brief.company_id, self.users[f"company{suffix}"])
        for role, organisation in (
            ("company", side.brief.company),
            ("supplier", side.proposal.supplier),
            ("curator", side.garden),
        ):
            plain = "adviser" if role == "curator" else "member"
            colleague = factories.member(organisation, plain)
            own[f"membership_id:{role}"] = colleague.membership_id
            invitation = ColleagueInvitation(
                token_hash=token_hash(f"unused {role}{suffix}"), organisation_id=organisation.id, role=plain,
                email=f"{role}{suffix}@invited.example", invited_by_id=self.users[f"{role}{suffix}"],
                expires_at=clock.now() + dt.timedelta(days=1),
            )  # fmt: skip
            session.add(invitation)
            session.flush()
            own[f"invitation_id:{role}"] = invitation.id
        return own

    def _add_followers(self) -> None:
        """Let two more gardens follow the first company: by course, with an adviser, and because it was asked."""
        asked = factories.garden("Fjordgløtt næringshage", covered_municipalities=[])
        factories.follow(self.one.brief.company, asked.id, ASKED)
        factories.follow(self.one.brief.company, self.third.id, COHORT)
        self.course_adviser = factories.member(self.third, "adviser").user_id or 0
        self.one.objects["garden_id:asked"] = asked.id
        self.two.objects["garden_id:asked"] = self.two.garden.id

    def _add_transfers_and_conflicts(self) -> None:
        """Add transfers in both directions, a transfer that involves neither garden, and a conflict for each curator."""
        suppliers = iter(
            session.scalars(
                select(Supplier).where(Supplier.garden_id.is_not(None)).order_by(Supplier.id.desc())
            )
        )
        for side, other, suffix in ((self.one, self.two, ""), (self.two, self.one, "2")):
            rows = {
                "answer": (other.garden.id, side.garden.id),
                "withdraw": (side.garden.id, other.garden.id),
                "past": (self.third.id, other.garden.id),
            }
            for name, (from_id, to_id) in rows.items():
                row = Transfer(
                    supplier_id=next(suppliers).id, from_garden_id=from_id, to_garden_id=to_id,
                    reason="Flyttet.", asked_by_id=self.users[f"curator{suffix}"],
                )  # fmt: skip
                session.add(row)
                session.flush()
                side.objects[f"transfer_id:{name}"] = row.id
            tie = ConflictOfInterest(
                user_id=self.users[f"curator{suffix}"], supplier_id=next(suppliers).id, kind="paid"
            )
            session.add(tie)
            session.flush()
            side.objects["conflict_id"] = tie.id
            self._add_second_reviews(side, suffix)

    def _add_second_reviews(self, side: Side, suffix: str) -> None:
        """Add a refusal proposed by a colleague of the curator, and an appeal from the third garden assigned to the garden."""
        adviser = session.get_one(Membership, side.objects["membership_id:curator"])
        refusal = Refusal(
            vetting_id=side.objects["vetting_id"], garden_id=side.garden.id, reason="Nei.", proposed_by_id=adviser.user_id
        )  # fmt: skip
        step = session.scalars(
            select(VettingDecision)
            .join(Vetting, Vetting.id == VettingDecision.vetting_id)
            .where(Vetting.garden_id == self.third.id, VettingDecision.id.not_in(select(Appeal.decision_id)))
            .order_by(VettingDecision.id)
            .limit(1)
        ).one()
        owner = self.users[f"supplier{suffix}"]
        appeal = Appeal(
            decision_id=step.id, vetting_id=step.vetting_id, from_garden_id=self.third.id,
            garden_id=side.garden.id, text="Vi er ikke enige.", appealed_by_id=owner,
        )  # fmt: skip
        session.add_all([refusal, appeal])
        session.flush()
        side.objects |= {"refusal_id": refusal.id, "appeal_id": appeal.id}

    def _add_secret_links(self) -> None:
        """Add valid one-time links for a user who has none of the eight roles."""
        person = factories.user(email="somebody@link.example", name="Sigrid Lund")
        for purpose, secret in (("reset", "reset-secret"), ("email", "confirm-secret")):
            link = OneTimeLink(
                token_hash=token_hash(secret), user_id=person.id, purpose=purpose, email=person.email,
                expires_at=clock.now() + dt.timedelta(hours=1),
            )  # fmt: skip
            session.add(link)
        invitation = ColleagueInvitation(
            token_hash=token_hash("invited"), organisation_id=self.one.brief.company_id, role="member",
            email="new@link.example", invited_by_id=self.users["company"],
            expires_at=clock.now() + dt.timedelta(hours=1),
        )  # fmt: skip
        session.add(invitation)
        outside = OutsideInvitation(
            token_hash=token_hash("invited-outside"),
            brief_id=session.scalar(
                select(Brief.id).where(Brief.state == "published", Brief.deadline > clock.now()).limit(1)
            ),
            email="outside@link.example",
            invited_by_id=self.users["company"],
        )
        session.add(outside)
        session.flush()
        path = confirmation_path(
            str(self.app.secret_key), outside.id, session.scalars(select(Supplier.id).limit(1)).one()
        )
        self.outside_token = path.rpartition("/")[2]
        self.stranger = person.id

    def _add_notices(self) -> dict[int, int]:
        """Add a notice without a link for each user, and return their ids by user id."""
        notices = {
            user_id: Notice(user_id=user_id, kind="test", locale="nb", subject="Hei", body="Hei.")
            for user_id in self.users.values()
        }
        session.add_all(notices.values())
        session.flush()
        return {user_id: notice.id for user_id, notice in notices.items()}

    def relations(self, rule: Rule) -> tuple[str, ...]:
        """Return the possible relations between the objects in a URL and the requesting user."""
        objects = [name for name in rule.arguments if name not in CONSTANT and name != "token"]
        if not rule.arguments or rule.endpoint == "static":
            return ("own",)
        if not objects:
            return ("own", "none")
        return RELATIONS if len(objects) > 1 else RELATIONS[:3]

    def path(self, rule: Rule, role: str, relation: str) -> str:
        """Return a URL for a role with own, other or missing objects; crossed: own first object, another's second."""
        objects = [
            name for name in rule.rule.replace("<", ">").split(">") if name.split(":")[-1] in rule.arguments
        ]
        names = [name.split(":")[-1] for name in objects]
        values = {}
        for index, name in enumerate(names):
            applied = relation if relation != "crossed" else ("own" if index == 0 else "other")
            values[name] = self._value(rule, name, role, applied)
        return str(self.app.url_map.bind("localhost").build(rule.endpoint, values))

    def _value(self, rule: Rule, name: str, role: str, relation: str) -> Any:
        unsubscribe = unsubscribe_path(str(self.app.secret_key), self.stranger, "questions")
        secrets = SECRETS | {
            "/unsubscribe/<token>": unsubscribe.rpartition("/")[2],
            "/invited/confirm/<token>": self.outside_token,
        }
        token = programme_token(rule.rule, self.one.objects) or secrets.get(rule.rule)
        constants = CONSTANT | {"token": token}
        if relation == "none":
            return "no-such" if name in CONSTANT else MISSING.get(name, MISSING_ID)
        if name in constants:
            return constants[name]
        counterpart = role.rstrip("2") if role.endswith("2") else f"{role}2"
        special = self._special_case(rule, role if relation == "own" else counterpart)
        if special is not None and name in {"reference", "proposal_id"}:
            return special[1]
        own = self._own(rule, role)
        if relation == "own":
            return own[name]
        # For administrators, suppliers and anonymous users the other object is a draft; for the rest, the other side's.
        uses_draft = role.rstrip("2") in {"supplier", "administrator", "anonymous"}
        draft = {"reference": self._sides(role)[1].draft} if uses_draft else {}
        move = {"transfer_id": self._sides(role)[0].objects["transfer_id:past"]}
        return (self._own(rule, counterpart) | draft | move | {"user_id": self.stranger})[name]

    def _sides(self, role: str) -> tuple[Side, Side]:
        """Return the role's own side and the other side."""
        return (self.two, self.one) if role.endswith("2") else (self.one, self.two)

    def _own(self, rule: Rule, role: str) -> dict[str, Any]:
        """Return the objects of a role by URL parameter name. Anonymous users get those of the company."""
        objects, kind = self._sides(role)[0].objects, role.rstrip("2")
        owner_role = kind if kind in {"company", "supplier", "curator"} else "company"
        user_id = self.users.get(role, self.users["company"])
        own = objects | {name: objects[f"{name}:{owner_role}"] for name in ("membership_id", "invitation_id")}
        if rule.rule.startswith("/briefs/<reference>/files"):
            own["file_id"] = objects["file_id:brief"]
        if rule.rule.startswith("/organisation/gardens"):
            own["garden_id"] = objects["garden_id:asked"]
        if kind == "supplier":
            own["vetting_id"] = objects["vetting_id:supplier"]
        own["transfer_id"] = objects[
            "transfer_id:withdraw" if "withdraw" in rule.rule else "transfer_id:answer"
        ]
        return own | {
            "session_id": self.sessions[user_id],
            "user_id": user_id,
            "notice_id": self.notices[user_id],
            **programme_values(rule.rule, objects),
        }

    def _special_cases(self) -> dict[tuple[str, str], tuple[int, Any]]:
        """Return user id and object for pages that require a state, by role and URL ending."""
        cases: dict[tuple[str, str], tuple[int, Any]] = {}
        for end, state in STATES.items():
            query = select(Brief).where(Brief.state == state).order_by(Brief.reference)
            by_company = {brief.company_id: brief for brief in reversed(session.scalars(query).all())}
            for suffix, brief in zip(("", "2"), by_company.values(), strict=False):
                if state == "in_review":
                    garden = session.get_one(BusinessGarden, brief.company.garden_id)
                    cases[f"curator{suffix}", end] = (self._member_id(garden, "curator"), brief.reference)
                else:
                    cases[f"company{suffix}", end] = (
                        self._member_id(brief.company, "owner"),
                        brief.reference,
                    )
        for end, state in OFFERS.items():
            query = select(Proposal).join(Brief).where(Proposal.state == state)
            if state == "awarded":
                query = query.where(Brief.state == "awarded")
            offers = session.scalars(query.order_by(Brief.reference, Proposal.supplier_id)).all()
            by_supplier = {proposal.supplier_id: proposal for proposal in reversed(offers)}
            for suffix, offer in zip(("", "2"), by_supplier.values(), strict=False):
                cases[f"supplier{suffix}", end] = (self._member_id(offer.supplier, "owner"), offer.id)
        return cases

    def _special_case(self, rule: Rule, role: str) -> tuple[int, Any] | None:
        ends = (
            end for end in (*STATES, *OFFERS) if rule.rule.endswith(end) and not rule.rule.startswith("/plan")
        )
        return next(
            (self.special_cases[role, end] for end in ends if (role, end) in self.special_cases), None
        )

    def browser(self, rule: Rule, role: str) -> Browser:
        """Return the test client for a role. Pages that require a state may use another user with that role."""
        special = self._special_case(rule, role)
        return self.browsers[special[0] if special else self.users.get(role, 0)]

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Yield each method of each rule, in the order of policy.txt."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule
