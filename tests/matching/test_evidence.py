"""Worth of texts, ticked services and cases as evidence for a confirmed service."""

from dataclasses import replace
from typing import Any

import pytest

from marketplace.matching import (
    CaseText,
    Document,
    Exclusion,
    Glossary,
    Index,
    Match,
    MatchingSettings,
    Query,
)

SHOP = "Vi lager nettbutikker for gårdsutsalg og småbutikker. Nettbutikken er klar på to uker."
FAINT = "Vi hjelper gårder med å få solgt varene, i butikk, på torg og på nett."
BOATS = "Vi reparerer motorer og gir båten din ny lakk om våren."
QUERY = Query("q", "Nettbutikk", "Vi vil selge ost på nett.", needs=("ecm.shop",))
TICKED = ("ecm.shop",)


@pytest.fixture(scope="module")
def index(glossary: Glossary, suppliers: list[Document]) -> Index:
    return Index.build(suppliers, glossary)


def _result(
    index: Index, text: str, services: tuple[str, ...] = (), query: Query = QUERY, **values: Any
) -> Match | Exclusion | None:
    """Judge one more supplier of a directory."""
    document = Document("trial", "Firma", text, services=services, **values)
    return index.changed([document]).judge(query, "trial")


def _match(index: Index, text: str, services: tuple[str, ...] = (), **values: Any) -> Match:
    match = _result(index, text, services, **values)
    assert isinstance(match, Match)
    return match


def _score(index: Index, text: str, services: tuple[str, ...], query: Query = QUERY) -> float:
    result = _result(index, text, services, query)
    return result.score if isinstance(result, Match) else 0.0


def test_supplier_that_writes_of_service_is_listed_with_note(index: Index) -> None:
    match = _match(index, SHOP)
    assert ("writes_of_services", {"services": ["ecm.shop"]}) in match.explanation.facts
    assert "services_not_stated" not in dict(match.explanation.lacks)
    assert not match.is_related_only


def test_faint_mention_of_service_does_not_fit(index: Index) -> None:
    match = _match(index, FAINT)
    assert match.is_related_only
    assert index.changed([Document("trial", "Firma", FAINT)]).fit(QUERY).fits == index.fit(QUERY).fits
    assert _match(index, FAINT, TICKED).fits


def test_ticked_service_fits_without_text_about_it(index: Index, glossary: Glossary) -> None:
    assert _match(index, BOATS, TICKED).fits
    related = CaseText("En jobb", (glossary.related["ecm.shop"][0],))
    others = [code for code in glossary.services if code not in {"ecm.shop", *glossary.related["ecm.shop"]}]
    assert _match(index, BOATS, cases=(related,)).is_related_only
    assert _match(index, BOATS, (*TICKED, *others[:6]), cases=(related,)).fits
    ignored = (*TICKED, *others[:20])
    assert _match(index, BOATS, ignored, cases=(related,)).is_related_only


def test_ticked_and_written_counts_most_and_silence_excludes(index: Index) -> None:
    assert _score(index, SHOP, TICKED) > max(_score(index, SHOP, ()), _score(index, BOATS, TICKED))
    assert isinstance(_result(index, BOATS), Exclusion)


def test_case_of_unticked_service_counts_as_written(index: Index) -> None:
    case = CaseText("Vi satte opp nettbutikk for et ysteri.", ("ecm.shop",))
    match = _match(index, BOATS, cases=(case,))
    assert ("writes_of_services", {"services": ["ecm.shop"]}) in match.explanation.facts


@pytest.mark.parametrize("query", [QUERY, replace(QUERY, needs=())], ids=["confirmed", "text"])
def test_ticking_many_services_gains_nothing(index: Index, glossary: Glossary, query: Query) -> None:
    others = [code for code in glossary.services if not code.startswith(("ecm.", "web."))]
    for text in (SHOP, BOATS):
        honest = _score(index, text, TICKED, query)
        for number in (3, 5, 8, 12, 20, 21, 40, len(others) + 1):
            services = (*TICKED, *others[: number - 1])
            assert _score(index, text, services, query) <= honest + 1e-9, (text, number)
    unticked = _score(index, BOATS, (), query)
    assert _score(index, BOATS, (*TICKED, *others[:11]), query) <= unticked + 0.5


def test_text_supports_ticks_of_broad_supplier(index: Index, glossary: Glossary) -> None:
    services = (*TICKED, *[code for code in glossary.services if code != "ecm.shop"][:11])
    assert "services_in_common" in dict(_match(index, SHOP, services).explanation.facts)
    assert isinstance(_result(index, BOATS, services), Exclusion)


def test_profile_of_one_word_is_ranked(index: Index) -> None:
    assert _score(index, "Nettbutikk", ()) > 0
    assert isinstance(_result(index, "Ost"), Exclusion)


@pytest.mark.parametrize("text", [SHOP, "Nettbutikk", ""])
def test_directory_of_one_supplier_is_ranked(glossary: Glossary, text: str) -> None:
    index = Index.build([Document("only", "Firma", text, services=TICKED)], glossary)
    (match,) = index.rank(QUERY).matches
    assert match.score == pytest.approx(sum(part.value for part in match.explanation.parts))
    assert index.fit(QUERY).fits == 1


def test_brief_in_unknown_language_is_ranked_by_confirmed_services(index: Index) -> None:
    query = Query("q", "Сайт для фермы", "Нам нужен магазин сыра в интернете.", needs=TICKED)
    ranking = index.changed([Document("trial", "Firma", SHOP, services=TICKED)]).rank(query)
    assert ranking.match("trial")
    assert {match.explanation.part("words").value for match in ranking.matches} == {0.0}
    assert index.suggest_needs(query.text, title=query.title) == []


def test_settings_stored_before_text_evidence_can_be_read() -> None:
    stored = MatchingSettings().to_dict()
    for name in (
        "spoken_half",
        "spoken_slope",
        "spoken_topics",
        "spoken_floor",
        "tick_decay",
        "offered_floor",
    ):
        del stored[name]
    assert MatchingSettings.from_dict(stored) == MatchingSettings()
