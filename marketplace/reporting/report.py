"""The report: its parts in order, computed from facts."""

from marketplace.reporting.facts import ReportFacts
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.parts.companies import (
    companies_part,
    consenting,
    followed_companies_part,
    members_of,
    project_part,
)
from marketplace.reporting.parts.market import network_part, ordering_part
from marketplace.reporting.parts.money import aid_part, finance_part, satisfaction_part
from marketplace.reporting.parts.sessions import sessions_part
from marketplace.reporting.parts.strategies import assessment_part, objectives_part, strategy_part, tools_part
from marketplace.strategy.questionnaire import questionnaire


def compute_report(facts: ReportFacts, *, with_retired: bool = False) -> tuple[ReportPart, ...]:
    """Compute the twelve parts of a project's report, or those of a garden without a project.

    `with_retired` adds the figures that only earlier issues have. There are no parts if nothing was recorded about the
    project by the moment of the report, because unknown is not zero.
    """
    if not facts.is_project:
        return (followed_companies_part(facts), ordering_part(facts), network_part(facts))
    if not facts.of("project"):
        return ()
    members = members_of(facts)
    companies = consenting(members)
    allowed = sum(bool(one.row["allows_figures"]) for one in members)
    return (
        project_part(facts),
        companies_part(facts, members),
        sessions_part(facts, members),
        strategy_part(facts, companies, allowed),
        objectives_part(facts, companies, allowed),
        assessment_part(facts, companies, allowed, questionnaire()),
        tools_part(facts, companies, allowed),
        ordering_part(facts),
        network_part(facts),
        finance_part(facts),
        *([] if facts.is_restricted else [aid_part(facts, with_retired=with_retired)]),
        satisfaction_part(facts, with_retired=with_retired),
    )
