"""Report parts about the companies' own work: strategies, objectives, self-assessments and tools."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from marketplace.core.grouping import group
from marketplace.reporting.counting import (
    count_dated,
    counted,
    mean_figure,
    median_figure,
    not_measured,
    spread_figure,
)
from marketplace.reporting.facts import ReportFacts, Row
from marketplace.reporting.figures import Evidence, Figure, ReportPart
from marketplace.reporting.parts.money import answered_feedback, answers_of
from marketplace.strategy.assessment_scores import (
    Answer,
    AnswerKind,
    Answers,
    Stage,
    dimension_changes,
    score_dimension,
)
from marketplace.strategy.objective_state import (
    ObjectiveTerms,
    Reading,
    Status,
    objective_state,
    valid_readings,
)
from marketplace.strategy.questionnaire import Questionnaire
from marketplace.strategy.tool_catalogue import ToolState

PLAN_QUESTION = "direction.plan"
"""The question of the self-assessment whether the company has a written plan."""
HAS_PLAN = 2
"""Lowest answer with which a company says that it has begun a plan."""
SOME_USE = 2
"""Lowest answer with which a company says that it uses some of what it learned."""
LEARNED = 3
"""Lowest confidence with which a company manages most things with a tool."""


def strategy_part(facts: ReportFacts, company_ids: Sequence[int], of: int) -> ReportPart:
    """Count strategies, as companies report them and as the system records them."""
    period = facts.period
    rows = strategies_of(facts, company_ids)
    project = facts.of("project")
    ends_on = project[0].day("ends_on") if project else None
    completed = [row.day("completed_at") for row in rows]
    approved = approved_on(facts)
    said = _latest_plan_answers(facts, company_ids)
    return ReportPart(
        "strategy",
        [
            counted(
                "says_started",
                sum(value >= HAS_PLAN for value in said.values()),
                len(said),
                of,
                is_reported=True,
            ).based_on(zip(said))
            if said
            else not_measured("says_started", n=0, of=of, evidence=Evidence.REPORTED),
            count_dated("strategy_started", [row.day("started_at") for row in rows], period, of=of),
            count_dated("strategy_complete", completed, period, of=of),
            count_dated(
                "strategy_in_time",
                [day for day in completed if day is not None and (ends_on is None or day <= ends_on)],
                period,
                of=of,
            ),
            count_dated("strategy_approved", [approved.get(row.row_id) for row in rows], period, of=of),
        ],
    )


def strategies_of(facts: ReportFacts, company_ids: Sequence[int]) -> list[Row]:
    """Return the strategies of some companies."""
    wanted = set(company_ids)
    return [row for row in facts.of("strategy") if row.owner_id in wanted]


def approved_on(facts: ReportFacts) -> dict[int, dt.date]:
    """Return the first day on which an adviser approved a version, by strategy."""
    first: dict[int, dt.date] = {}
    for row in facts.of("review"):
        day = row.day("answered_at")
        if row["verdict"] == "ok" and day is not None:
            first[row.owner_id] = min(day, first.get(row.owner_id, day))
    return first


def _latest_plan_answers(facts: ReportFacts, company_ids: Sequence[int]) -> dict[int, int]:
    """Return the newest answer to the question about a plan, by company."""
    order, wanted = list(Stage), set(company_ids)
    newest: dict[int, tuple[int, int]] = {}
    for row in facts.of("assessment"):
        kind, value = row["answers"].get(PLAN_QUESTION, ("", None))
        stage = order.index(Stage(row["stage"]))
        day = row.day("begun_at")
        if kind != AnswerKind.ANSWERED or day is None or day > facts.period.last_day:
            continue
        if row.owner_id in wanted and stage >= newest.get(row.owner_id, (-1, 0))[0]:
            newest[row.owner_id] = (stage, value)
    return {company: value for company, (_stage, value) in newest.items()}


def objectives_part(facts: ReportFacts, company_ids: Sequence[int], of: int) -> ReportPart:
    """Count objectives by their status on the last day of the period."""
    period = facts.period
    measurements = facts.by_owner("measurement")
    by_company = objectives_of(facts, company_ids)
    objectives = [row for rows in by_company.values() for row in rows]
    states = dict.fromkeys(Status, 0)
    measured, corrected, withdrawn = 0, 0, 0
    for row in objectives:
        readings = _readings(measurements.get(row.row_id, []))
        measured += bool(valid_readings(readings))
        corrected += sum(one.replaces_id is not None and not one.is_withdrawn for one in readings)
        withdrawn += sum(one.is_withdrawn for one in readings)
        states[objective_state(_terms(row), readings, period.last_day).status] += 1
    n = len(by_company)
    results = {
        "with_baseline": sum(row["baseline_milli"] is not None for row in objectives),
        "measured": measured,
        "reached": states[Status.REACHED],
        "not_reached": states[Status.NOT_REACHED],
        "on_the_way": states[Status.ON_THE_WAY],
        "not_measured": states[Status.NOT_MEASURED],
        "corrected": corrected,
        "withdrawn": withdrawn,
    }
    return ReportPart(
        "objectives",
        [
            count_dated("objectives", [row.day("created_at") for row in objectives], period, n=n, of=of),
            *(counted(code, count, n, of).based_on(zip(by_company)) for code, count in results.items()),
        ],
    )


def objectives_of(facts: ReportFacts, company_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Return the objectives that were set by the end of the period, by company."""
    strategies = {row.row_id: row.owner_id for row in strategies_of(facts, company_ids)}
    rows = [
        row
        for row in facts.of("objective")
        if row.owner_id in strategies
        and not row["removed_at"]
        and (row.day("created_at") or dt.date.max) <= facts.period.last_day
    ]
    return group((strategies[row.owner_id], row) for row in rows)


def _readings(rows: Sequence[Row]) -> list[Reading]:
    return [
        Reading(
            row.row_id,
            dt.date.fromisoformat(row["measured_on"]),
            row["value_milli"],
            row["replaces_id"],
            bool(row["is_withdrawn"]),
        )
        for row in rows
    ]


def _terms(row: Row) -> ObjectiveTerms:
    target_on = row.day("target_on") or dt.date.max
    return ObjectiveTerms(row["direction"], row["baseline_milli"], row["target_milli"], target_on)


def assessment_part(
    facts: ReportFacts, company_ids: Sequence[int], of: int, questions: Questionnaire
) -> ReportPart:
    """Compare self-assessments: medians at each stage, and the change of the companies that answered twice."""
    finished = finished_assessments(facts, company_ids)
    given = {stage: {row.owner_id: _answers(row) for row in rows} for stage, rows in finished.items()}
    figures: list[Figure] = [
        count_dated(f"answered_{stage}", [row.day("finished_at") for row in rows], facts.period, of=of)
        for stage, rows in finished.items()
    ]
    for dimension in questions.dimensions:
        for stage in (Stage.START, Stage.END):
            scores = {
                company: score
                for company, answers in given[stage].items()
                if (score := score_dimension(dimension, answers).score) is not None
            }
            code = f"score_{stage}_{dimension.code}"
            figures.append(median_figure(code, list(scores.values()), "points", of).based_on(zip(scores)))
    for later in (Stage.END, Stage.LATER):
        paired = _paired_changes(questions, given[Stage.START], given[later])
        paired_of = len(given[Stage.START])
        for code, changes in paired.items():
            values = list(changes.values())
            statistics = [median_figure(f"change_{later}_{code}", values, "points_change", paired_of)]
            if later is Stage.END:
                statistics.append(spread_figure(f"spread_{later}_{code}", values, "points", paired_of))
            figures += [one.based_on(zip(changes)) for one in statistics]
    return ReportPart("assessment", figures)


def finished_assessments(facts: ReportFacts, company_ids: Sequence[int]) -> dict[Stage, list[Row]]:
    """Return the self-assessments of some companies that were finished by the end of the period, by stage."""
    wanted, last_day = set(company_ids), facts.period.last_day
    finished: dict[Stage, list[Row]] = {stage: [] for stage in Stage}
    for row in facts.of("assessment"):
        if row.owner_id in wanted and (row.day("finished_at") or dt.date.max) <= last_day:
            finished[Stage(row["stage"])].append(row)
    return finished


def _answers(row: Row) -> Answers:
    return {code: Answer(AnswerKind(kind), value) for code, (kind, value) in row["answers"].items()}


def _paired_changes(
    questions: Questionnaire, before: dict[int, Answers], after: dict[int, Answers]
) -> dict[str, dict[int, Fraction]]:
    """Return the changes of the companies that answered both times, by dimension and company."""
    found: dict[str, dict[int, Fraction]] = {dimension.code: {} for dimension in questions.dimensions}
    for company_id in before.keys() & after.keys():
        for one in dimension_changes(questions, before[company_id], after[company_id]):
            if one.change is not None:
                found[one.dimension.code][company_id] = one.change
    return found


def tools_part(facts: ReportFacts, company_ids: Sequence[int], of: int) -> ReportPart:
    """Count digital tools in use and learned, and what the companies say about using what they learned."""
    wanted, period = set(company_ids), facts.period
    in_use = [
        row
        for row in facts.of("tool")
        if row.owner_id in wanted
        and row["state"] == ToolState.IN_USE
        and (row.day("since") or dt.date.max) <= period.last_day
    ]
    listed = {row.owner_id for row in facts.of("tool") if row.owner_id in wanted}
    per_company = [sum(row.owner_id == company for row in in_use) for company in sorted(listed)]
    learned = _learned_on(facts, wanted)
    rated = [row for row in answered_feedback(facts) if row["used_before"] is not None]
    says = [int(row["used_before"]) for row in rated]
    users = {row["participation_id"] for row in rated}
    return ReportPart(
        "tools",
        [
            counted("tools_in_use", len(in_use), len(listed), of),
            mean_figure("tools_per_company", per_company, n=len(listed), of=of).based_on(zip(listed)),
            count_dated("tools_learned", learned, period, n=len(listed), of=of),
            counted(
                "says_uses", sum(value >= SOME_USE for value in says), len(users), len(says), is_reported=True
            ).based_on(answers_of(rated))
            if says
            else not_measured("says_uses", n=0, of=0, evidence=Evidence.REPORTED),
        ],
    )


def _learned_on(facts: ReportFacts, wanted: set[int]) -> list[dt.date]:
    """Return the day on which each tool was learned: a rating of at least `LEARNED` after a first rating below it."""
    ratings = group(
        ((row.owner_id, row["tool_code"]), row) for row in facts.of("confidence") if row.owner_id in wanted
    )
    found = []
    for rows in ratings.values():
        ordered = sorted(rows, key=lambda row: (row["at"], row.row_id))
        day = next((row.day("at") for row in ordered if row["value"] >= LEARNED), None)
        if ordered[0]["value"] < LEARNED and day is not None:
            found.append(day)
    return found
