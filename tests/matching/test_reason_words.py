"""Words shown as reasons are ones that a reader accepts; the others still count."""

from dataclasses import replace

import pytest

from marketplace.matching import Document, Glossary, Index, Query, suggest_needs

SMALL_TALK = "Vi har hendene fulle og vil ha den billigste av fem nye på mandag"


def _words(text: str, service: str, glossary: Glossary) -> tuple[str, ...]:
    return next((s.words for s in suggest_needs(text, glossary) if s.service == service), ())


@pytest.mark.parametrize(
    ("text", "service", "words"),
    [
        (f"{SMALL_TALK}: søkemotoroptimalisering", "sea.seo", ("søkemotoroptimalisering",)),
        (f"{SMALL_TALK}, en logo til", "brd.identity", ("logo",)),
        ("We have our hands full and want the cheapest new website", "web.site", ("website",)),
        ("Eg treng fem nye skilt på tysdag", "brd.print", ("skilt",)),
    ],
)
def test_general_words_are_no_reasons(
    text: str, service: str, words: tuple[str, ...], glossary: Glossary
) -> None:
    assert _words(text, service, glossary) == words


def test_part_of_compound_is_a_reason(glossary: Glossary) -> None:
    assert _words("bedriftslogo", "brd.identity", glossary) == ("bedriftslogo",)


def test_word_of_other_services_is_no_reason(glossary: Glossary) -> None:
    assert "drone" not in _words("drone over nettbutikken", "ecm.shop", glossary)


def _shown(index: Index, text: str, *needs: str) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    explanation = index.rank(Query("q", "", text, needs=needs), verify_terms=False).matches[0].explanation
    words = [term for term in explanation.terms if term.part == "words"]
    assert sum(term.value for term in words) == pytest.approx(explanation.part("words").value, abs=1e-9)
    return {(term.query_words, term.document_words) for term in words}


def test_general_word_in_both_texts_keeps_its_points_and_is_not_shown(glossary: Glossary) -> None:
    index = Index.build([Document(id="a", name="Trollbyrået", text="Fem nye logoer hver mandag.")], glossary)
    shown = {(("logoer",), ("logoer",)), ((), ())}
    assert _shown(index, "Fem nye logoer på mandag", "brd.identity") == shown


def test_vaguely_similar_word_is_not_shown(glossary: Glossary) -> None:
    index = Index.build([Document(id="a", name="Trollbyrået", text="Oppdateringer og nettside.")], glossary)
    assert _shown(index, "Oppdal og nettsiden", "web.site") == {(("nettsiden",), ("nettside",)), ((), ())}


def test_word_of_a_service_that_is_not_confirmed_is_not_shown(glossary: Glossary) -> None:
    supplier = Document(id="a", name="Trollbyrået", text="Facebook og logo.", services=("brd.identity",))
    index = Index.build([supplier], glossary)
    assert _shown(index, "Naboen har Facebook, vi vil ha logo", "brd.identity") == {
        (("logo",), ("logo",)),
        ((), ()),
    }


def test_part_of_a_name_is_not_shown(glossary: Glossary) -> None:
    supplier = Document(id="a", name="Trollbyrået", text="Booking.", services=("ads.social",))
    index = Index.build([supplier], glossary)
    assert (("Facebook",), ("Booking",)) not in _shown(index, "Annonser på Facebook", "ads.social")


def test_long_word_unknown_to_the_glossary_is_shown(glossary: Glossary) -> None:
    supplier = Document(id="a", name="Trollbyrået", text="Snurrekverning og kverk.", services=("web.site",))
    index = Index.build([supplier], glossary)
    shown = {(("snurrekverning",), ("Snurrekverning",)), ((), ())}
    assert _shown(index, "snurrekverning og kverk", "web.site") == shown


def test_brief_without_a_known_service_shows_no_words(glossary: Glossary) -> None:
    supplier = Document(id="a", name="Trollbyrået", text="Snurrekverning og kverk.", services=("web.site",))
    index = Index.build([supplier], glossary)
    assert _shown(index, "snurrekverning og kverk") == {((), ())}


def test_uncertain_suggestion_has_no_reasons(glossary: Glossary) -> None:
    certain, *_ = suggest_needs("Vi vil ha nytt nettsted", glossary)
    assert certain.service == "web.site"
    assert certain.reasons == certain.words != ()
    uncertain = replace(certain, is_certain=False)
    assert uncertain.words == certain.words
    assert uncertain.reasons == ()
