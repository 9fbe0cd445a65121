"""Demo strategies in all phases: one section, some sections, all sections, and complete with objectives and actions."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from marketplace.core import clock, taxonomy
from marketplace.core.i18n import use_locale
from marketplace.core.numbers import MILLI
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Timeline
from marketplace.strategy.content import Audience, Budget, Channel, Gap, Offer
from marketplace.strategy.examples import TradeExamples, trade_examples
from marketplace.strategy.indicators import indicators
from marketplace.strategy.queries.sharing import pending_review, shared_strategy
from marketplace.strategy.use_cases.actions import ActionDetails, add_action
from marketplace.strategy.use_cases.comments import add_comment
from marketplace.strategy.use_cases.objectives import ObjectiveDetails, add_objective
from marketplace.strategy.use_cases.reviews import answer_review, ask_for_review
from marketplace.strategy.use_cases.sections import save_section
from marketplace.strategy.use_cases.sharing import share_strategy

Entry = dict[str, Any]
COMPANIES, FIRST_DAY, REVIEW_DAY, TARGET_DAY = 20, -46, 150, 240
SECTIONS = ("gaps", "company", "customers", "channels", "budget")
WRITTEN = (5, 4, 3, 2, 1)
"""Number of sections that a company has written, by its position in the list of companies."""
RECORDS = {"offers": Offer, "audiences": Audience, "gaps": Gap, "channels": Channel}
WORDS: Mapping[str, Mapping[str, str]] = {
    "nb": {
        "regular": "Faste kunder",
        "new": "Nye kunder",
        "help": "Finne hjelp til {service}",
        "map": "Rette åpningstider og bilder i kart",
        "source": "Egen telling",
    },
    "nn": {
        "regular": "Faste kundar",
        "new": "Nye kundar",
        "help": "Finne hjelp til {service}",
        "map": "Rette opningstider og bilete i kart",
        "source": "Eiga teljing",
    },
    "en": {
        "regular": "Regular customers",
        "new": "New customers",
        "help": "Find help with {service}",
        "map": "Correct opening hours and photos on maps",
        "source": "Our own count",
    },
}
"""Texts of the strategies that are made of examples, by language."""
_FROM_TO = re.compile(r"(?:[Ff]ra|[Ff]rå|[Ff]rom) ([0-9 ]+) (?:til|to) ([0-9 ]+)")


def seed_strategies(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the strategies of companies to the timeline: some with texts of their own, others with the examples of their trade.

    The first of the others also has objectives and actions.
    """
    own = {plan["company"] for plan in content.plans() if "strategy" in plan}
    for plan in content.plans():
        if plan["company"] in own:
            _seed_own_strategy(timeline, fixtures, plan["company"], plan["strategy"])
    companies = [company for company in content.companies() if company["key"] not in own]
    for index, company in enumerate(companies[: COMPANIES - len(own)]):
        day = company["plan"]["written"] if "plan" in company else FIRST_DAY + index
        write = partial(_write, timeline, fixtures, company, SECTIONS[: WRITTEN[index % len(WRITTEN)]])
        timeline.add(day, f"strategy {company['key']}", write)
        if index and index % len(WRITTEN) == 0:
            rows = partial(_add_rows, timeline, fixtures, company)
            timeline.add(day, f"strategy {company['key']}", rows, minutes=40)
        if "shared_plan" in company:
            _seed_sharing(timeline, fixtures, company)


def _seed_own_strategy(timeline: Timeline, fixtures: Fixtures, company: str, entry: Entry) -> None:
    """Add a strategy that a company writes, shares, has reviewed and goes through again."""
    owner, key, review = owner_email("company", company), f"plan {company}", entry["review"]

    def save(section: str, values: Mapping[str, Any]) -> None:
        save_section(fixtures.viewer(owner), section, values)

    for section, written in entry["sections"].items():
        timeline.add(entry["written"], key, partial(save, section, _own_values(written)))
    for day, review_day in entry["budgets"]:
        values = _own_values(entry["budget"]) | {"review_on": timeline.day(review_day)}
        timeline.add(day, key, partial(save, "budget", values), minutes=40)
    timeline.add(entry["shared"], key, lambda: share_strategy(fixtures.viewer(owner)))
    timeline.add(review["asked"], key, lambda: ask_for_review(fixtures.viewer(owner), review["message"]))
    timeline.add(review["answered"], key, partial(_answer_review, fixtures, company, review))


def _answer_review(fixtures: Fixtures, company: str, review: Entry) -> None:
    answerer, company_id = fixtures.viewer(review["by"]), fixtures.organisations[company]
    waiting = pending_review(shared_strategy(answerer, company_id))
    if waiting is None:
        raise ValueError(company)
    answer_review(answerer, company_id, waiting.version.number, review["verdict"], review["text"])


def _seed_sharing(timeline: Timeline, fixtures: Fixtures, company: Entry) -> None:
    """Add that a company shares its strategy, gets a comment, asks for a review, and may get an answer."""
    key, shared = company["key"], company["shared_plan"]
    owner = owner_email("company", key)

    def comment() -> None:
        adviser, company_id = fixtures.viewer(shared["by"]), fixtures.organisations[key]
        add_comment(adviser, company_id, shared["section"], shared["comment"])

    timeline.add(shared["day"], f"share {key}", lambda: share_strategy(fixtures.viewer(owner)))
    timeline.add(shared["commented"], f"comment {key}", comment)
    timeline.add(
        shared["asked"], f"review {key}", lambda: ask_for_review(fixtures.viewer(owner), shared["message"])
    )
    if "answered" in shared:
        timeline.add(shared["answered"], f"answer {key}", partial(_answer_review, fixtures, key, shared))


def _own_values(written: Entry) -> Entry:
    """Return the values of a section as `StrategyContent` has them."""
    return {
        field: tuple(RECORDS[field](*_tuples(row)) if field in RECORDS else row for row in value)
        if isinstance(value, list)
        else value
        for field, value in written.items()
    } | ({"budget": Budget(*written["budget"])} if "budget" in written else {})


def _tuples(row: Sequence[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in row]


def _write(timeline: Timeline, fixtures: Fixtures, company: Entry, sections: Sequence[str]) -> None:
    viewer = fixtures.viewer(owner_email("company", company["key"]))
    with use_locale(viewer.locale):
        values = _values(
            trade_examples(company["sector"]),
            company["people"][0]["name"],
            timeline.day(company["plan"]["review"] if "plan" in company else REVIEW_DAY),
            viewer.locale,
        )
    for section in sections:
        save_section(viewer, section, values[section])


def _values(
    examples: TradeExamples, person: str, review_on: dt.date, locale: str
) -> dict[str, Mapping[str, Any]]:
    names = (WORDS[locale]["regular"], WORDS[locale]["new"])
    language = "en" if locale == "en" else "nb"
    offers = examples.lines("offers")[0].split(" · ")
    audiences = [line.split(". ", 1) for line in examples.lines("audiences")]
    return {
        "gaps": {"gaps": tuple(Gap(text) for text in examples.lines("gaps")), "risks": ()},
        "company": {
            "one_line": examples.lines("one_line")[0],
            "vision": examples.lines("vision")[0],
            "offers": tuple(Offer(name, 3 - index) for index, name in enumerate(offers[:3])),
            "strengths": tuple(examples.lines("strengths")),
        },
        "customers": {
            "audiences": tuple(
                Audience(names[index], who, "", asks, (language,), 60 if index == 0 else 30)
                for index, (who, asks) in enumerate(audiences)
            )
        },
        "channels": {
            "channels": tuple(
                Channel(code, "found", "weak", "improve" if index else "start", person)
                for index, code in enumerate(examples.channels[:3])
            )
        },
        "budget": {
            "budget": Budget(60_000, 900, 8_000, 8),
            "responsible": person,
            "responsible_hours": 6,
            "review_on": review_on,
        },
    }


def _add_rows(timeline: Timeline, fixtures: Fixtures, company: Entry) -> None:
    viewer = fixtures.viewer(owner_email("company", company["key"]))
    examples, words = trade_examples(company["sector"]), WORDS[viewer.locale]
    with use_locale(viewer.locale):
        objectives = [
            add_objective(viewer, _objective(code, text, words["source"], timeline)).id
            for code, text in examples.suggested_objectives()
        ]
        services = {code: taxonomy.services()[code].label.lower() for code in examples.services[:2]}
    for code, service in services.items():
        add_action(
            viewer,
            ActionDetails(
                words["help"].format(service=service),
                "supplier",
                objective_id=objectives[0],
                service_code=code,
                effect=3,
                cost_low_nok=10_000,
                cost_high_nok=25_000,
                due_on=timeline.day(90),
            ),
        )
    add_action(
        viewer,
        ActionDetails(
            words["map"],
            "self",
            objective_id=objectives[0],
            effect=2,
            effort=1,
            own_hours=5,
            due_on=timeline.day(30),
        ),
    )


def _objective(code: str, text: str, source: str, timeline: Timeline) -> ObjectiveDetails:
    indicator = indicators()[code]
    numbers = _FROM_TO.search(text)
    baseline, target = (int(part.replace(" ", "")) for part in numbers.groups()) if numbers else (None, 3)
    return ObjectiveDetails(
        text=text,
        indicator=code,
        indicator_name=indicator.name,
        unit=indicator.unit,
        own_unit="",
        direction=indicator.direction,
        baseline=None if baseline is None else baseline * MILLI,
        is_baseline_unknown=baseline is None,
        baseline_on=None if baseline is None else clock.today(),
        target=target * MILLI,
        target_on=timeline.day(TARGET_DAY),
        source=source,
        rhythm="quarterly",
        kind=indicator.kind,
    )
