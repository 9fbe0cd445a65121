"""Small numbers cannot be recovered from a report, nor from two successive ones."""

import itertools
import random

import numpy as np
import pytest
import scipy.linalg

from marketplace.reporting.counting import by_category
from marketplace.reporting.figure_format import basis_text, figure_text
from marketplace.reporting.figures import Breakdown, Evidence, Figure, FigureState, ReportPart
from marketplace.reporting.suppression import suppress, suppress_breakdown

CATEGORIES = ("a", "b", "c", "d", "e", "f")
COHORTS = 1000


def published(cells, earlier=()):
    return suppress_breakdown(Breakdown("sector", "started", cells), sum(cells.values()), earlier)


def test_breakdown_without_small_cells_is_shown():
    assert published({"a": 5, "b": 0, "c": 9}).cells == {"a": 5, "b": 0, "c": 9}


def test_small_cell_is_hidden_with_the_smallest_other():
    assert published({"a": 3, "b": 6, "c": 9}).cells == {"a": None, "b": None, "c": 9}


def test_order_of_hidden_cells_does_not_depend_on_their_counts():
    one, other = (
        published(by_category("sector", "started", enumerate("a" * few + "b" * (6 - few) + "c" * 9)).cells)
        for few in (2, 4)
    )
    assert one.hidden_codes == other.hidden_codes == ["a", "b"]
    sizes = published({"1": 9, "2-4": 1, "5-9": 2, "10-49": 3, "50": 1, "unknown": 1})
    assert sizes.hidden_codes == ["2-4", "5-9", "10-49", "50", "unknown"]


def test_zero_is_hidden_beside_small_cells():
    assert published({"a": 1, "b": 0, "c": 9, "d": 7}).cells == {"a": None, "b": None, "c": 9, "d": None}


def test_breakdown_of_few_companies_is_left_out():
    assert published({"a": 1, "b": 3, "c": 0}) is None


def test_breakdown_that_does_not_add_up_is_an_error():
    with pytest.raises(ValueError, match="add up"):
        suppress_breakdown(Breakdown("sector", "started", {"a": 5}), 6)


def test_two_breakdowns_by_one_dimension_are_an_error():
    parts = [
        ReportPart(code, [Figure("started", 5)], [Breakdown("sector", "started", {"a": 5})])
        for code in ("companies", "strategy")
    ]
    with pytest.raises(ValueError, match="dimension"):
        suppress(parts)


def test_few_who_joined_since_the_last_report_are_not_broken_down():
    first = published({"a": 8, "b": 9})
    assert published({"a": 9, "b": 9}, [(first, 17)]) is None
    assert published({"a": 13, "b": 9}, [(first, 17)]).cells == {"a": 13, "b": 9}


def report(mean, n):
    return [ReportPart("satisfaction", [Figure("useful", mean, unit="mean", n=n, of=40)])]


def state(parts):
    return parts[0].figures[0].state


def test_mean_of_few_answers_is_hidden():
    assert state(suppress(report(4200, 4))) is FigureState.SUPPRESSED
    assert state(suppress(report(4200, 5))) is FigureState.MEASURED


def test_count_of_few_companies_is_hidden_and_a_total_is_not():
    few = [ReportPart("objectives", [Figure("objectives", 9, n=3), Figure("left", 2)])]
    assert [figure.value for figure in suppress(few)[0].figures] == [None, 2]


def test_mean_that_reveals_a_new_answer_is_hidden():
    first = suppress(report(4200, 10))
    assert state(suppress(report(4100, 11), [first])) is FigureState.SUPPRESSED
    assert state(suppress(report(4100, 15), [first])) is FigureState.MEASURED


def test_reason_of_a_hidden_figure_is_shown(app):
    del app
    few = Figure("useful", None, "mean_of_5", FigureState.SUPPRESSED, n=3, of=9)
    hidden = Figure("distance", None, "km_mean", FigureState.SUPPRESSED, n=82, of=83)
    assert [figure_text(one) for one in (few, hidden)] == [
        "for få til å vise",
        "skjult: få endringer siden forrige utgave",
    ]


@pytest.mark.parametrize(
    ("n", "of", "text"),
    [(3, 9, "n 3 av 9"), (0, 9, "n 0 av 9"), (0, 0, ""), (0, None, ""), (None, 0, ""), (None, 68, "av 68")],
)
def test_basis_of_a_figure_is_shown_unless_there_is_nothing_to_count(app, n, of, text):
    del app
    assert basis_text(Figure("useful", 0, n=n, of=of)) == text


@pytest.mark.parametrize(("more", "is_shown"), [(0, True), (1, False), (46, True)])
def test_distance_is_hidden_when_few_attendances_are_new(more, is_shown):
    before, after = (
        ReportPart(
            "sessions",
            [Figure("attendances", count, n=n), Figure("distance", 6_000, "km_mean", n=n, of=90)],
        )
        for count, n in ((150, 80), (150 + more, 80 if more < 5 else 82))
    )
    assert (suppress([after], [[before]])[0].figures[1].value == 6_000) is is_shown


def test_attendance_is_shown_also_when_two_companies_joined():
    before, after = (ReportPart("sessions", [Figure("present", 16_000, "mean", n=n, of=n)]) for n in (80, 82))
    assert suppress([after], [[before]])[0].figures[0].value == 16_000


def test_mean_that_reveals_another_answer_of_the_same_companies_is_hidden():
    def with_answers(mean, answers):
        part = report(mean, 10)[0]
        return [ReportPart(part.code, [*part.figures, Figure("feedback", answers, n=10, of=40)])]

    assert state(suppress(with_answers(4100, 31), [with_answers(4200, 30)])) is FigureState.SUPPRESSED
    assert state(suppress(with_answers(4100, 40), [with_answers(4200, 30)])) is FigureState.MEASURED
    assert state(suppress(with_answers(4200, 30), [with_answers(4200, 30)])) is FigureState.MEASURED


def test_count_that_reveals_another_answer_of_the_same_companies_is_hidden():
    def says_uses(value, answers):
        return [
            ReportPart("tools", [Figure("says_uses", value, evidence=Evidence.REPORTED, n=10, of=answers)])
        ]

    assert state(suppress(says_uses(21, 31), [says_uses(20, 30)])) is FigureState.SUPPRESSED
    assert state(suppress(says_uses(21, 36), [says_uses(20, 30)])) is FigureState.MEASURED


@pytest.mark.parametrize(
    ("code", "evidence"), [("outcome_on_time", Evidence.REPORTED), ("reached", Evidence.OBSERVED)]
)
def test_count_that_reveals_a_new_answer_is_hidden(code, evidence):
    def counts(value, n):
        return [ReportPart("objectives", [Figure(code, value, evidence=evidence, n=n, of=40)])]

    assert state(suppress(counts(8, 11), [counts(7, 10)])) is FigureState.SUPPRESSED
    assert state(suppress(counts(8, 15), [counts(7, 10)])) is FigureState.MEASURED


def cohorts(sampling):
    """Yield a random generator for each of 1,000 cohorts, or for a tenth of them."""
    for number in range(COHORTS):
        if sampling.includes(str(number), one_in=10):
            yield random.Random(f"{sampling.seed} {number}")


def random_counts(choose, categories):
    return {code: choose.choice((0, 1, 2, 3, 4, 5, 6, 9, 20)) for code in categories}


def later_counts(choose, counts):
    return {code: max(0, count + choose.choice((-1, 0, 0, 1, 2, 6))) for code, count in counts.items()}


def shown_before(reports):
    """Return published breakdowns with their totals."""
    return [(breakdown, sum(counts.values())) for breakdown, counts in reports if breakdown]


def publish_in_turn(counts):
    """Publish the breakdowns of successive reports, each compared with the earlier ones."""
    found = []
    for cells in counts:
        found.append(published(cells, shown_before(zip(found, counts, strict=False))))
    return found


def test_no_small_count_is_recoverable_from_two_successive_reports(sampling):
    """Solve the published sums of 1,000 random cohorts by linear algebra, independently of the suppression."""
    choose = random.Random(sampling.seed)
    for _repetition in range(1000):
        categories = CATEGORIES[: choose.randint(2, 6)]
        first = random_counts(choose, categories)
        counts = [first, later_counts(choose, first)]
        reports = publish_in_turn(counts)
        assert recoverable(categories, counts, reports) == [], (counts, reports)


def test_no_small_count_is_recoverable_from_parts_of_a_partner_garden(sampling):
    """A partner has the figures of its places, and may have the whole report: single, and in two successive issues."""
    for choose in cohorts(sampling):
        categories = CATEGORIES[: choose.randint(2, 6)]
        own, others = ([random_counts(choose, categories)] for _part in range(2))
        for counts in (own, others):
            counts.append(later_counts(choose, counts[0]))
        whole = [
            {code: one[code] + other[code] for code in categories}
            for one, other in zip(own, others, strict=True)
        ]
        wholes, parts = [], []
        for number in range(2):
            known = [*zip(wholes, whole, strict=False), *zip(parts, own, strict=False)]
            wholes.append(published(whole[number], shown_before(known)))
            known.append((wholes[number], whole[number]))
            parts.append(published(own[number], shown_before(known)))
        assert recoverable(categories, (*own, *whole), (*parts, *wholes)) == [], (own, others)


def test_few_companies_in_one_of_two_successive_reports_are_never_apart(sampling):
    """Companies leave, join and move between the categories of 1,000 random cohorts.

    A sum of categories that is known from both reports, and contains no other, differs by no or at least five companies.
    """
    choose, shown, noticed = random.Random(sampling.seed), 0, 0
    for _repetition in range(COHORTS):
        categories = CATEGORIES[: choose.randint(2, 6)]
        cohort = {number: choose.choice(categories) for number in range(choose.randint(5, 60))}
        later = renewed(choose, cohort, categories)
        reports = []
        for members in (cohort, later):
            found = by_category("sector", "started", members.items())
            earlier = [(reports[0], len(cohort))] if reports and reports[0] else []
            reports.append(suppress_breakdown(found, len(members), earlier))
        for part in known_in_both(sorted({*cohort.values(), *later.values()}), reports):
            before, after = ({key for key, code in one.items() if code in part} for one in (cohort, later))
            shown += 1
            noticed += len(before ^ after) > 0 and len(before) == len(after)
            assert not 0 < len(before ^ after) < 5, (cohort, later, reports)
    assert shown > COHORTS / 10
    assert noticed, "companies that leave and join at once are among those shown"


def renewed(choose, cohort, categories):
    """Return a cohort from which some have left and that others have joined, as many or not, and in which some have moved."""
    later = dict(cohort)
    for number in choose.sample(sorted(cohort), choose.choice((0, 1, 1, 2, 5))):
        later.pop(number)
    for number in range(choose.choice((0, 1, 1, 2, 6, 9))):
        later[100 + number] = choose.choice(categories)
    for number in choose.sample(sorted(later), min(len(later), choose.choice((0, 0, 1, 6)))):
        later[number] = choose.choice(categories)
    return later


def known_in_both(categories, reports):
    """List the parts of the categories whose sums follow from each report, and that contain no other such part."""
    groups = [
        [{code} for code in categories if report and report.cells.get(code, 0) is not None]
        for report in reports
    ]
    hidden = [set(categories).difference(*found) for found in groups]
    parts = [
        set(part)
        for size in range(1, len(categories))
        for part in itertools.combinations(categories, size)
        if all(one <= set(part) or not one & set(part) for one in hidden)
    ]
    return [part for part in parts if not any(other < part for other in parts)]


def test_sample_of_which_few_companies_left_and_joined_is_hidden(sampling):
    choose = random.Random(sampling.seed)
    for _repetition in range(COHORTS):
        sets = [set(choose.sample(range(24), choose.randint(5, 20)))]
        sets.append(sets[0] ^ set(choose.sample(range(24), choose.randint(0, 8))))
        before, after = (report_of([(number, 0) for number in sorted(one)]) for one in sets)
        changed = len(sets[0] ^ sets[1])
        is_hidden = 0 < changed < 5 or len(sets[1]) < 5
        found = state(suppress(after, [before])) is FigureState.SUPPRESSED
        assert found is is_hidden, sets


def test_sample_of_which_few_answers_were_replaced_is_hidden():
    answers = [(company, number) for company in range(6) for number in range(4)]
    replaced = [*answers[:-1], (5, 9)]
    assert state(suppress(report_of(replaced), [report_of(answers)])) is FigureState.SUPPRESSED


def report_of(answers):
    (part,) = report(4200, len({company for company, _number in answers}))
    return [ReportPart(part.code, [part.figures[0].based_on(answers)])]


def recoverable(categories, counts, reports):
    """List the small sums, of a part of the categories, that follow from the published sums.

    Unknowns are the counts of all reports. A linear form has a known value if it is a combination of the published sums,
    that is, if it is orthogonal to all vectors that leave them unchanged. Forms are the sums of each report, and the
    differences between any two. A known part that contains another known part is left out: its difference can be small
    because the growth of one part and the decline of another cancel out.
    """
    size, moments = len(categories), range(len(counts))
    published_sums = np.array(
        [
            np.concatenate([np.isin(categories, group) * (index == moment) for moment in moments])
            for index, report in enumerate(reports)
            for group in sums_of(categories, report)
        ],
        dtype=float,
    )
    unchanged = scipy.linalg.null_space(published_sums)
    truth = np.array([counts[index][code] for index in moments for code in categories], dtype=float)
    parts = np.array(list(itertools.product((0.0, 1.0), repeat=size)))[1:-1]
    forms = np.vstack(
        [np.hstack([parts * (index == moment) for moment in moments]) for index in moments]
        + [
            np.hstack([parts * ((later == moment) - float(earlier == moment)) for moment in moments])
            for earlier, later in itertools.combinations(moments, 2)
        ]
    )
    values = np.abs(forms @ truth)
    small = (values > 0) & (values < 5)
    known = np.abs(forms @ unchanged).max(axis=1, initial=0) < 1e-9
    known = np.concatenate([minimal(parts, group) for group in known.reshape(-1, len(parts))])
    return forms[small & known].tolist()


def minimal(parts, known):
    """Return which of the known parts contain no other known part."""
    contains = (parts @ parts.T == parts.sum(axis=1)) & ~np.eye(len(parts), dtype=bool)
    return known & ~(contains & known).any(axis=1)


def sums_of(categories, report):
    yield list(categories)
    if report:
        yield from ([code] for code in categories if report.cells[code] is not None)


def test_recoverable_finds_a_count_that_follows_from_the_total():
    careless = Breakdown("sector", "started", {"a": None, "b": 6})
    assert recoverable(("a", "b"), ({"a": 3, "b": 6}, {"a": 3, "b": 6}), (careless, None)) != []
