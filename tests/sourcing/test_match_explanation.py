"""Match explanations with few facts, no shared words, or long sentences."""

import pytest
from flask import Flask

from marketplace.core.i18n import use_locale
from marketplace.matching import Explanation, TermMatch
from marketplace.sourcing.ranking import match_explanation

SHARED = [TermMatch("etikett", ("etiketter",), ("etikett",), 1.0)]


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ((), "Tilbyr det briefen ber om."),
        ((("price_unknown", {}),), "Tilbyr det briefen ber om."),
        ((("services_beside", {"services": ["ecm.shop"]}),), "Tilbyr noe som ligger nær det briefen ber om."),
    ],
)
def test_summary_without_facts_mentions_services(app: Flask, lacks, said: str) -> None:
    assert match_explanation.summary_sentence(Explanation((), lacks=lacks)) == said


@pytest.mark.once
@pytest.mark.parametrize(
    ("locale", "services", "said"),
    [
        ("nb", ["ecm.shop"], "Tilbyr ikke nettbutikk."),
        ("nb", ["ecm.shop", "med.product-photo"], "Tilbyr verken nettbutikk eller produktfoto."),
        ("nn", ["ecm.shop", "med.product-photo"], "Tilbyr verken nettbutikk eller produktfoto."),
        ("en", ["ecm.shop", "med.product-photo"], "Offers neither online shop nor product photography."),
        (
            "nb",
            ["ecm.shop", "med.product-photo", "ecm.payment-shipping"],
            "Tilbyr ingen av disse: nettbutikk, produktfoto og betaling og frakt.",
        ),
    ],
)
def test_gap_names_the_services_that_are_not_offered(locale: str, services: list[str], said: str) -> None:
    explanation = Explanation((), lacks=(("services_not_stated", {"services": services}),))
    with use_locale(locale):
        assert match_explanation.gap_sentences(explanation, 2) == [said]


@pytest.mark.once
def test_gaps_name_budget_and_related_services_before_all_others() -> None:
    others = [("must_have_not_shown", {"text": text}) for text in ("kasse", "henting", "lager")]
    misfits = [
        ("over_budget", {"price_from_nok": 900_000, "budget_max_nok": 100_000}),
        ("services_beside", {"services": ["ecm.shop"]}),
    ]
    with use_locale("en"):
        gaps = match_explanation.gap_sentences(
            Explanation((), lacks=(("text_to_look_at", {}), *others, *misfits))
        )
    assert gaps[0] == "Does not offer online shop."
    assert "over the budget" in gaps[1]


def test_summary_says_that_supplier_is_not_approved_for_what_it_writes_of(app: Flask) -> None:
    facts = (("near", {"km": 3}), ("writes_of_services", {"services": ["ecm.shop"]}))
    summary = match_explanation.summary_sentence(Explanation((), facts=facts))
    assert (
        summary == "Skriver om nettbutikk uten å være godkjent for det og holder til 3 km unna i luftlinje."
    )


def test_summary_of_related_supplier_begins_with_it(app: Flask) -> None:
    related = (("services_beside", {"services": ["ecm.shop"]}),)
    explanation = Explanation((), facts=(("near", {"km": 3}),), lacks=related)
    assert match_explanation.summary_sentence(explanation) == (
        "Tilbyr noe som ligger nær det briefen ber om og holder til 3 km unna i luftlinje."
    )
    assert match_explanation.gap_sentences(explanation) == ["Tilbyr ikke nettbutikk."]


def test_approved_services_are_those_of_the_brief(app: Flask) -> None:
    facts = (("services_in_common", {"services": ["ecm.shop", "retired.code"]}),)
    assert match_explanation.approved_services(Explanation((), facts=facts)) == ["Nettbutikk"]
    assert match_explanation.approved_services(Explanation(())) == []


def _excerpts(terms: list[TermMatch], query: str, document: str) -> tuple[list[str], list[str]]:
    """Return the excerpts as texts, with highlighted words in brackets."""
    both = match_explanation.excerpts(terms, query, document)
    query_text, document_text = (
        "".join(f"[{span.text}]" if span.highlighted else span.text for span in spans) for spans in both
    )
    return query_text, document_text


@pytest.mark.once
def test_excerpts_are_about_the_same() -> None:
    terms = [
        TermMatch("butikk", ("butikken",), ("butikk",), 3.0),
        TermMatch("etikett", ("etiketter",), ("etikett",), 2.0),
        TermMatch("trykk", ("trykkes",), ("trykk",), 1.0),
    ]
    query = "Vi har trykk. Vi vil ha etiketter. Trykkes hos oss."
    assert _excerpts(terms, query, "Vi lager etikett. Navn i tre farger.") == (
        "Vi vil ha [etiketter].",
        "Vi lager [etikett].",
    )


@pytest.mark.once
def test_excerpts_without_shared_words_show_words_of_a_service() -> None:
    terms = [
        TermMatch("fjord", (), (), 3.0),
        TermMatch("brd.packaging", ("etiketter",), ("emballasje",), 2.0, "services"),
    ]
    assert _excerpts(terms, "Vi vil ha etiketter.", "Vi lager emballasje. Fjord.") == (
        "Vi vil ha [etiketter].",
        "Vi lager [emballasje].",
    )


@pytest.mark.once
@pytest.mark.parametrize(
    "terms",
    [[], [TermMatch("ecm.shop", (), (), 2.0, "services")], [TermMatch("tegn", ("tegn",), ("tegn",), 1.0)]],
)
def test_excerpts_without_matching_words_are_empty(terms: list[TermMatch]) -> None:
    assert _excerpts(terms, "Vi lager nettbutikk.", "Vi lager nettbutikk.") == ("", "")


@pytest.mark.once
def test_excerpt_separates_heading_from_next_sentence() -> None:
    terms = [TermMatch("etikett", ("etiketter",), ("etikett", "nettbutikk"), 1.0)]
    text = "Nettbutikk i tjue varianter\nFelles etikett for gård og blomst. Vi tar ikke bilder."
    assert _excerpts(terms, "Etiketter", text)[1] == (
        "[Nettbutikk] i tjue varianter \N{EN DASH} Felles [etikett] for gård og blomst."
    )


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "after", "cut"),
    [(9, 9, (False, False)), (80, 80, (True, True)), (80, 0, (True, False)), (0, 80, (False, True))],
)
def test_excerpt_of_long_sentence_is_cut_around_shared_word(
    before: int, after: int, cut: tuple[bool, bool]
) -> None:
    text = " ".join([*["ord"] * before, "Etikett", *["til"] * after]) + "."
    _, pieces = match_explanation.excerpts(SHARED, "Etiketter", text)
    quoted = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.highlighted] == ["Etikett"]
    assert (quoted.startswith("… "), quoted.endswith(" …")) == cut
    assert quoted.removeprefix("… ").removesuffix(" …") in text
    assert (quoted == text) == (cut == (False, False))
    assert len(quoted) < 180
