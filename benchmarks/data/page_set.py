"""The main pages to measure in a seeded database, and the users who open them."""

from collections.abc import Sequence
from urllib.parse import quote

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import phase_of
from marketplace.core.database import session
from marketplace.demo.people import ADMINISTRATOR, COMPANY, GARDEN, SUPPLIER
from marketplace.organisations.models import Membership
from marketplace.organisations.queries import companies_followed_by
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession
from marketplace.proposals.lifecycle import STATES_WITH_LETTER, ProposalState
from marketplace.proposals.models.offers import Proposal
from marketplace.sourcing.use_cases import rank_brief
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting

PEOPLE = {"company": COMPANY, "supplier": SUPPLIER, "garden": GARDEN, "administrator": ADMINISTRATOR}
ANYONE = "anyone"
ASKED = quote("vi trenger nettbutikk og bilder av varene våre")

Pages = list[tuple[str, str]]


def people() -> dict[str, int]:
    """Return the ids of the existing demo users by role."""
    emails = {person["email"]: role for role, person in PEOPLE.items()}
    query = select(User.email, User.id).where(User.email.in_(emails))
    return {emails[row.email]: row.id for row in session.execute(query)}


def organisation_of(role: str) -> tuple[int, int] | None:
    """Return the ids of a demo user's organisation and of the user, or None."""
    query = select(Membership.organisation_id, Membership.user_id).join(Membership.user)
    row = session.execute(query.where(User.email == PEOPLE[role]["email"])).first()
    return (row.organisation_id, row.user_id) if row else None


def rank_again(count: int) -> None:
    """Rank the enlarged directory for the demo company's published briefs and the newest of the others.

    Runs in the caller's transaction.
    """
    own = organisation_of("company")
    query = select(Brief).where(Brief.state == "published").order_by(Brief.id.desc())
    mine = session.scalars(query.where(Brief.company_id == (own[0] if own else None))).all()
    for brief in [*mine, *session.scalars(query.limit(count))]:
        rank_brief(None, brief)


def pages() -> Pages:
    """Return (role, path) of the main pages, or nothing without the demo users."""
    company, supplier, garden = (organisation_of(role) for role in ("company", "supplier", "garden"))
    if company is None or supplier is None or garden is None:
        return []
    shown = session.get_one(Supplier, supplier[0]).slug
    public = [
        "/", f"/?q={ASKED}", "/suppliers", f"/suppliers?q={ASKED}", "/suppliers?kind=web&place=5021", "/suppliers?page=20",
        f"/suppliers/{shown}", "/how-we-rank", "/sign-in", "/guide/delivery",
    ]  # fmt: skip
    return [
        *((ANYONE, path) for path in public),
        *(
            ("company", path)
            for path in (
                "/home",
                "/briefs",
                "/briefs/outcomes",
                "/messages",
                "/plan",
                *(
                    f"/plan/strategy/{section}"
                    for section in ("company", "customers", "gaps", "channels", "budget", "check")
                ),
                "/plan/actions",
                "/plan/objectives",
                *_objective_pages(company[0]),
                "/plan/assessment",
                "/plan/assessment/start/direction",
                "/plan/tools",
                "/plan/versions",
                "/plan/print",
                *_company_pages(company[0]),
            )
        ),
        *(
            ("supplier", path)
            for path in (
                "/home",
                "/opportunities",
                "/proposals",
                "/proposals/outcomes",
                "/profile",
                *_supplier_pages(supplier[0]),
            )
        ),
        *(
            ("garden", path)
            for path in (
                "/home",
                "/vetting",
                "/garden/suppliers",
                "/garden/coverage",
                "/companies",
                "/companies/next",
                "/companies/time",
                *_garden_pages(garden[0]),
            )
        ),
        *(("administrator", path) for path in ("/home", "/admin/users", "/admin/audit", "/admin/gardens")),
    ]


def _objective_pages(company: int) -> Sequence[str]:
    query = select(Objective.id).join(Strategy, Strategy.id == Objective.strategy_id)
    first = session.scalars(query.where(Strategy.company_id == company).order_by(Objective.id)).first()
    return (f"/plan/objectives/{first}",) if first else ()


def _company_pages(company: int) -> Sequence[str]:
    briefs = session.scalars(select(Brief).where(Brief.company_id == company).order_by(Brief.id)).all()
    first = {phase_of(brief): brief.reference for brief in reversed(briefs)}
    draft, is_open, judged = first[Phase.DRAFT], first[Phase.OPEN], first[Phase.EVALUATING]
    return (
        f"/briefs/{draft}/guide/need", f"/briefs/{draft}/guide/frame", f"/briefs/{draft}/check", f"/briefs/{draft}/fit",
        f"/briefs/{is_open}", f"/briefs/{is_open}/ranking", f"/briefs/{judged}/proposals", f"/briefs/{judged}/award",
    )  # fmt: skip


def _supplier_pages(supplier: int) -> Sequence[str]:
    own = session.scalars(
        select(Proposal).where(Proposal.supplier_id == supplier).order_by(Proposal.id)
    ).all()
    begun = next(
        offer for offer in own if offer.state == ProposalState.DRAFT and phase_of(offer.brief) is Phase.OPEN
    )
    answered = next(offer for offer in own if offer.state in STATES_WITH_LETTER)
    reference = begun.brief.reference
    return f"/briefs/{reference}", f"/briefs/{reference}/proposal", f"/proposals/{answered.id}/letter"


def _garden_pages(garden: int) -> Sequence[str]:
    query = select(Vetting.id).where(Vetting.garden_id == garden, Vetting.state == rules.SUBMITTED)
    vetting = session.scalars(query.order_by(Vetting.id).limit(1)).one()
    followed = (
        select(Brief.company_id)
        .where(Brief.company_id.in_(companies_followed_by(garden)))
        .group_by(Brief.company_id)
        .order_by(func.count().desc(), Brief.company_id)
    )
    company = session.scalars(followed.limit(1)).one()
    return (
        f"/vetting/{vetting}",
        f"/companies/{company}",
        f"/companies/{company}/outcomes",
        *_programme_pages(garden),
    )


def _programme_pages(garden: int) -> Sequence[str]:
    projects = session.scalars(select(Project).where(Project.garden_id == garden).order_by(Project.id)).all()
    if not projects:
        return ()
    project, newest = projects[0], projects[-1]
    query = (
        select(CourseSession.id)
        .join(CourseSession.cohort)
        .where(Cohort.project_id == project.id, CourseSession.held_at.is_not(None))
        .order_by(CourseSession.id)
        .limit(1)
    )
    base, held = f"/programme/{project.slug}", session.scalars(query).one()
    return (
        base,
        f"/programme/{newest.slug}/companies",
        f"/programme/{newest.slug}/report",
        f"/programme/{newest.slug}/report/issues",
        "/report",
        "/report/issues",
        f"{base}/hours",
        f"{base}/money",
        f"{base}/aid",
        f"{base}/sessions/{held}",
        f"{base}/sessions/{held}/attendance",
    )
