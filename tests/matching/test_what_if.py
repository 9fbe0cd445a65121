"""Many variants of a brief in one call: the same counts as one by one, and who moves between two of them."""

import datetime as dt
from dataclasses import replace

import pytest

from marketplace.matching import Document, Index, Query


def sells(name: str, text: str = "Vi lager nettbutikk.", **details: object) -> Document:
    values = {"services": ("ecm.shop",), "languages": ("nb",), "looked_at": True} | details
    return Document(id=name, name=name, text=text, **values)  # type: ignore[arg-type]  # because details are of many kinds


SUPPLIERS = [
    sells("cheap", "Vi lager nettbutikk med gavekort.", price_from_nok=10_000),
    sells("dear", "Vi lager nettbutikk med gavekort og klikk og hent.", price_from_nok=90_000),
    sells("away", area=("5001",), price_from_nok=10_000),
    sells("german", languages=("de",), price_from_nok=10_000),
    sells("late", next_start=dt.date(2027, 6, 1), price_from_nok=10_000),
    sells("beside", "Vi holder kurs.", services=("ecm.payment-shipping",)),
    sells("other", "Vi skriver vedtekter.", services=("adv.procurement-help",)),
]
ASKED = Query(
    "x",
    "Nettbutikk",
    "Vi vil selge på nett.",
    needs=("ecm.shop",),
    municipality="5021",
    presence="must",
    budget_max_nok=20_000,
    languages=("nb",),
    finish_by=dt.date(2027, 1, 1),
    must_haves=("gavekort", "klikk og hent"),
)
VARIANTS = [
    ASKED,
    replace(ASKED, budget_max_nok=100_000),
    replace(ASKED, presence="remote"),
    replace(ASKED, languages=()),
    replace(ASKED, finish_by=None),
    replace(ASKED, needs=()),
    replace(ASKED, title="Kurs", text="Vi vil lære.", must_haves=()),
]


@pytest.fixture(scope="module")
def index(glossary) -> Index:
    return Index.build(SUPPLIERS, glossary)


def test_each_count_is_that_of_the_variant_alone_in_any_order(index):
    for queries in (VARIANTS, VARIANTS[::-1], [*VARIANTS, *VARIANTS]):
        counted = index.fits(queries)
        assert [replace(fit, with_must_haves=0) for fit in counted] == [index.fit(query) for query in queries]


def test_those_that_fit_are_those_that_the_ranking_calls_so(index):
    for query, counted in zip(VARIANTS, index.fits(VARIANTS), strict=True):
        matches = index.rank(query).matches
        assert counted.fits == sum(match.is_within_budget and not match.is_related_only for match in matches)


def test_a_must_have_counts_those_that_fit_and_show_all_of_them(index):
    wide = replace(ASKED, budget_max_nok=100_000)
    none, both, first, second = index.fits(
        [replace(wide, must_haves=kept) for kept in ((), ASKED.must_haves, *((m,) for m in ASKED.must_haves))]
    )
    assert (none.with_must_haves, both.with_must_haves, first.with_must_haves, second.with_must_haves) == (
        none.fits,
        1,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("changes", "who", "reason", "params"),
    [
        ({"budget_max_nok": 100_000}, "dear", "over_budget", {"price_from_nok": 90_000, "budget_max_nok": 20_000}),
        ({"presence": "some"}, "away", "area", {"municipality": "5021"}),
        ({"languages": ()}, "german", "languages", {"languages": ["nb"]}),
        ({"finish_by": None}, "late", "time", {"date": "2027-06-01"}),
    ],
)  # fmt: skip
def test_who_moves_is_told_with_the_reason_both_ways(index, changes, who, reason, params):
    other = replace(ASKED, **changes)
    (enters,) = index.fit_changes(ASKED, other)
    assert (enters.document_id, enters.enters, enters.reason, enters.params) == (who, True, reason, params)
    (leaves,) = index.fit_changes(other, ASKED)
    assert (leaves.document_id, leaves.enters, leaves.reason, leaves.params) == (who, False, reason, params)


def test_another_need_moves_those_beside_it_and_those_of_another_trade(index):
    asked = replace(ASKED, must_haves=())
    found = {
        one.document_id: one
        for one in index.fit_changes(asked, replace(asked, needs=("ecm.payment-shipping",)))
    }
    assert (found["beside"].enters, found["beside"].reason) == (True, "services_beside")
    assert found["beside"].params == {"services": ["ecm.shop"]}
    assert not found["cheap"].enters
    help_wanted = {
        one.document_id: one
        for one in index.fit_changes(asked, replace(asked, needs=("adv.procurement-help",)))
    }
    assert (help_wanted["other"].reason, help_wanted["other"].params) == (
        "services",
        {"services": ["ecm.shop"]},
    )


def test_those_that_enter_come_by_score_and_nobody_moves_without_a_change(index):
    nothing = replace(ASKED, budget_max_nok=0)
    entering = [one.document_id for one in index.fit_changes(nothing, replace(ASKED, budget_max_nok=None))]
    places = [match.document_id for match in index.rank(replace(ASKED, budget_max_nok=None)).matches]
    assert entering == [name for name in places if name in entering]
    assert len(entering) == 2
    assert index.fit_changes(ASKED, ASKED) == []


def test_an_index_without_suppliers_fits_nobody(glossary):
    empty = Index.build((), glossary)
    assert [fit.fits for fit in empty.fits(VARIANTS)] == [0] * len(VARIANTS)
    assert empty.fit_changes(ASKED, VARIANTS[1]) == []
