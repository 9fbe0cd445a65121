"""Counts of a what-if analysis for many variants of a brief, and the suppliers that a change adds or drops."""

import datetime as dt
from dataclasses import replace

import pytest

from marketplace.matching import Document, Index, Query


def shop_supplier(name: str, text: str = "Vi lager nettbutikk.", **fields: object) -> Document:
    values = {"services": ("ecm.shop",), "languages": ("nb",), "looked_at": True} | fields
    return Document(id=name, name=name, text=text, **values)  # type: ignore[arg-type]  # because the fields have different types


SUPPLIERS = [
    shop_supplier("cheap", "Vi lager nettbutikk med gavekort.", price_from_nok=10_000),
    shop_supplier("dear", "Vi lager nettbutikk med gavekort og klikk og hent.", price_from_nok=90_000),
    shop_supplier("away", area=("5001",), price_from_nok=10_000),
    shop_supplier("german", languages=("de",), price_from_nok=10_000),
    shop_supplier("late", next_start=dt.date(2027, 6, 1), price_from_nok=10_000),
    shop_supplier("beside", "Vi holder kurs.", services=("ecm.payment-shipping",)),
    shop_supplier("other", "Vi skriver vedtekter.", services=("adv.procurement-help",)),
]
BRIEF = Query(
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
    BRIEF,
    replace(BRIEF, budget_max_nok=100_000),
    replace(BRIEF, presence="remote"),
    replace(BRIEF, languages=()),
    replace(BRIEF, finish_by=None),
    replace(BRIEF, needs=()),
    replace(BRIEF, title="Kurs", text="Vi vil lære.", must_haves=()),
]


@pytest.fixture(scope="module")
def index(glossary) -> Index:
    return Index.build(SUPPLIERS, glossary)


def test_counts_do_not_depend_on_other_variants(index):
    for queries in (VARIANTS, VARIANTS[::-1], [*VARIANTS, *VARIANTS]):
        fits = index.fits(queries)
        assert [replace(fit, with_must_haves=0) for fit in fits] == [index.fit(query) for query in queries]


def test_fit_counts_agree_with_ranking(index):
    for query, fits in zip(VARIANTS, index.fits(VARIANTS), strict=True):
        matches = index.rank(query).matches
        assert fits.fits == sum(match.fits for match in matches)


def test_must_have_counts_suppliers_that_fit_and_mention_all(index):
    wide_budget = replace(BRIEF, budget_max_nok=100_000)
    none, both, first, second = index.fits(
        [
            replace(wide_budget, must_haves=must_haves)
            for must_haves in ((), BRIEF.must_haves, *((m,) for m in BRIEF.must_haves))
        ]
    )
    assert (none.with_must_haves, both.with_must_haves, first.with_must_haves, second.with_must_haves) == (
        none.fits,
        1,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("changes", "document_id", "reason", "params"),
    [
        ({"budget_max_nok": 100_000}, "dear", "over_budget", {"price_from_nok": 90_000, "budget_max_nok": 20_000}),
        ({"presence": "some"}, "away", "area", {"municipality": "5021"}),
        ({"languages": ()}, "german", "languages", {"languages": ["nb"]}),
        ({"finish_by": None}, "late", "time", {"date": "2027-06-01"}),
    ],
)  # fmt: skip
def test_fit_change_has_reason_in_both_directions(index, changes, document_id, reason, params):
    other = replace(BRIEF, **changes)
    (enters,) = index.fit_changes(BRIEF, other)
    assert (enters.document_id, enters.enters, enters.reason, enters.params) == (
        document_id,
        True,
        reason,
        params,
    )
    (leaves,) = index.fit_changes(other, BRIEF)
    assert (leaves.document_id, leaves.enters, leaves.reason, leaves.params) == (
        document_id,
        False,
        reason,
        params,
    )


def test_other_need_changes_related_and_unrelated_suppliers(index):
    brief = replace(BRIEF, must_haves=())
    changes_by_id = {
        change.document_id: change
        for change in index.fit_changes(brief, replace(brief, needs=("ecm.payment-shipping",)))
    }
    assert (changes_by_id["beside"].enters, changes_by_id["beside"].reason) == (True, "services_beside")
    assert changes_by_id["beside"].params == {"services": ["ecm.shop"]}
    assert not changes_by_id["cheap"].enters
    help_wanted = {
        change.document_id: change
        for change in index.fit_changes(brief, replace(brief, needs=("adv.procurement-help",)))
    }
    assert (help_wanted["other"].reason, help_wanted["other"].params) == (
        "services",
        {"services": ["ecm.shop"]},
    )


def test_entering_suppliers_are_ordered_by_score(index):
    nothing = replace(BRIEF, budget_max_nok=0)
    entering = [
        change.document_id for change in index.fit_changes(nothing, replace(BRIEF, budget_max_nok=None))
    ]
    ranked = [match.document_id for match in index.rank(replace(BRIEF, budget_max_nok=None)).matches]
    assert entering == [name for name in ranked if name in entering]
    assert len(entering) == 2
    assert index.fit_changes(BRIEF, BRIEF) == []


def test_empty_index_has_no_fitting_supplier(glossary):
    empty = Index.build((), glossary)
    assert [fit.fits for fit in empty.fits(VARIANTS)] == [0] * len(VARIANTS)
    assert empty.fit_changes(BRIEF, VARIANTS[1]) == []
