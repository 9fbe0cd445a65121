"""Live reports reveal no small number, whatever periods are subtracted from each other and from issues."""

import pytest

from marketplace.reporting.figures import Breakdown, Figure, FigureState, ReportPart
from marketplace.reporting.live_suppression import publish_live
from marketplace.reporting.suppression import suppress
from tests.reporting.test_suppression import CATEGORIES, cohorts, recoverable

MOMENTS = 5


def parts_of(cells, answers):
    """Return the parts of a report: a breakdown of companies, and the mean of some answers."""
    mean = 1000 * sum(answers) // len(answers) if answers else None
    state = FigureState.MEASURED if answers else FigureState.NOT_MEASURED
    return [
        ReportPart(
            "companies",
            [Figure("recruited", sum(cells.values()))],
            [Breakdown("sector", "recruited", dict(cells))],
        ),
        ReportPart(
            "satisfaction", [Figure("useful", mean, "mean_of_5", state, n=len(answers), of=len(answers))]
        ),
    ]


def history(choose):
    """Return the counts by category and the answers at some moments of a growing cohort, and the moments with an issue."""
    categories = CATEGORIES[: choose.randint(2, 6)]
    cells = {code: choose.choice((0, 1, 2, 3, 4, 5, 6, 9, 20)) for code in categories}
    answers = [choose.randint(1, 5) for _answer in range(choose.randint(0, 12))]
    moments = []
    for _moment in range(MOMENTS):
        cells = {code: max(0, count + choose.choice((-1, 0, 0, 0, 1, 2, 6))) for code, count in cells.items()}
        answers = answers + [choose.randint(1, 5) for _answer in range(choose.choice((0, 1, 1, 5)))]
        moments.append((cells, answers))
    return categories, moments, sorted(choose.sample(range(MOMENTS), choose.randint(0, 2)))


def publish(moments, issued_at):
    """Return the issues by moment, and the live report of each moment as it may be passed on."""
    issues, live = {}, []
    for moment, (cells, answers) in enumerate(moments):
        parts = parts_of(cells, answers)
        if moment in issued_at:
            issues[moment] = suppress(parts, list(issues.values()))
        newest = issues[max(issues)] if issues else None
        live.append(publish_live(parts, newest))
    return issues, live


def test_no_small_count_is_recoverable_from_live_reports(sampling):
    for choose in cohorts(sampling):
        categories, moments, issued_at = history(choose)
        _issues, live = publish(moments, issued_at)
        tables = [None] * MOMENTS
        for moment, parts in enumerate(live):
            assert parts[0].figures[0].value == sum(moments[moment][0].values())
            # A live report shows the breakdown of the newest issue: it is a statement about that moment.
            for breakdown in parts[0].breakdowns:
                tables[max(issue for issue in issued_at if issue <= moment)] = breakdown
        counts = [cells for cells, _answers in moments]
        assert recoverable(categories, counts, tables) == [], (moments, issued_at)


def test_means_of_live_reports_differ_by_no_answer_or_by_five(sampling):
    for choose in cohorts(sampling):
        _categories, moments, issued_at = history(choose)
        _issues, live = publish(moments, issued_at)
        means = [parts[1].figures[0] for parts in live]
        shown = [one for one in means if one.state is FigureState.MEASURED]
        for one in shown:
            for other in shown:
                assert one.n == other.n or abs(one.n - other.n) >= 5
                assert one.n != other.n or one.value == other.value
        assert all(one.value is None for one in means if one not in shown)


def mean_of(parts):
    return next(one for one in parts if one.code == "satisfaction").figures[0]


def test_mean_of_the_present_answers_gives_away_the_next_one(sampling):
    """Why a live report shows no mean before the first issue: at least five answers protect none of the later ones."""
    for choose in cohorts(sampling):
        answers = [choose.randint(1, 5) for _answer in range(choose.randint(5, 40))]
        added = choose.randint(1, 5)
        before, after = (mean_of(suppress(parts_of({}, given))) for given in (answers, [*answers, added]))
        assert round((after.n * after.value - before.n * before.value) / 1000) == added


def test_mean_renewed_with_every_fifth_answer_would_hide_that_of_an_issue():
    """Why it does not show an older mean instead: issues, which the same readers have, would have to leave theirs out."""
    for count in range(5, 30):
        answers = [3] * count
        renewed = suppress(parts_of({}, answers[: count - count % 5]))
        issued = mean_of(suppress(parts_of({}, answers), [renewed]))
        assert (issued.state is FigureState.MEASURED) == (count % 5 == 0)


def test_live_report_without_an_issue_has_counts_only():
    (companies, satisfaction) = publish_live(parts_of({"a": 9, "b": 8}, [5] * 7), None)
    assert (companies.figures[0].value, companies.breakdowns) == (17, ())
    assert (satisfaction.figures[0].state, satisfaction.figures[0].n) == (FigureState.UNPUBLISHED, None)
    (_companies, unmeasured) = publish_live(parts_of({"a": 9, "b": 8}, []), None)
    assert unmeasured.figures[0].state is FigureState.NOT_MEASURED


def test_live_report_shows_samples_and_breakdowns_of_the_issue():
    issued = suppress(parts_of({"a": 9, "b": 8}, [5] * 7))
    (companies, satisfaction) = publish_live(parts_of({"a": 10, "b": 8}, [5] * 7 + [1]), issued)
    assert (companies.figures[0].value, companies.breakdowns[0].cells) == (18, {"a": 9, "b": 8})
    assert (satisfaction.figures[0].value, satisfaction.figures[0].n) == (5000, 7)


@pytest.mark.parametrize("code", ["companies", "satisfaction"])
def test_part_whose_rows_the_reader_sees_is_live(code):
    parts = parts_of({"a": 1, "b": 8}, [5, 1])
    shown = publish_live(parts, None, {code})
    assert [part for part in shown if part.code == code] == [part for part in parts if part.code == code]
