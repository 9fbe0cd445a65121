"""What must hold whatever is written: no surprise for those who did nothing, nothing lost by saying more."""

import dataclasses
import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.matching import Document, Glossary, Index, Query, Settings
from marketplace.matching.index.lexical import LexicalIndex, query_tokens

BRIEF = Query(
    id="b",
    title="Nettbutikk for gårdsutsalg",
    text="Vi vil selge ost og kjøtt på nett. Kunden betaler med Vipps og henter på gården, eller får det tilsendt.",
)
WORDS = [
    "nettbutikk",
    "ost",
    "Vipps",
    "gården",
    "kjøtt",
    "film",
    "snekker",
    "regnskap",
    "båt",
    "vi",
    "og",
    "på",
]
some_text = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
slowly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _scores(index: Index, query: Query) -> dict[str, float]:
    return {match.document_id: match.score for match in index.rank(query).matches}


unrelated_text = st.lists(
    st.sampled_from(["film", "snekker", "båt", "regnskap", "og", "lydbok"]), max_size=25
)


@slowly
@given(text=unrelated_text.map(" ".join), name=unrelated_text.map(" ".join))
def test_an_unrelated_supplier_never_reorders_the_others(
    index: Index, suppliers: list[Document], text: str, name: str
) -> None:
    alone = _scores(index, BRIEF)
    together = _scores(index.updated([*suppliers, Document(id="new", name=name or "Ny", text=text)]), BRIEF)
    assert {key: together[key] for key in alone} == alone


@slowly
@given(text=some_text, word=st.sampled_from(["ost", "vipps", "kjøtt", "nettbutikk"]))
def test_saying_a_word_of_the_brief_once_more_never_takes_from_that_word(
    index: Index, suppliers: list[Document], text: str, word: str
) -> None:
    def given_by(told: str) -> float:
        with_it = index.updated([*suppliers, Document(id="new", name="Ny", text=told)])
        lexical: LexicalIndex = with_it._store.lexical
        tokens = query_tokens(with_it._store.reader.analyzer, "", word, "nb", with_it.settings)
        (token,) = tokens[1][0]
        asked, column = lexical.query(tokens), lexical.find(token.term)
        given = lexical.contributions(asked, [len(suppliers)])[0]
        return float(given[asked.columns.index(column)]) if column in asked.columns else 0.0

    assert given_by(f"{text} {word}") >= given_by(text) - 1e-12


@pytest.mark.parametrize(
    "text",
    ["", " ", "ost", "🧀🐑", "\x00\x01\x1b", "ost " * 25_000, "\u200b\u200b", "og i på", "a" * 100_000],
    ids=["empty", "blank", "one word", "emoji", "control", "long", "unseen", "small words", "one long word"],
)
def test_any_brief_ranks_everybody_or_says_why_not(index: Index, text: str) -> None:
    ranking = index.rank(Query("b", "", text))
    assert len(ranking.matches) + len(ranking.excluded) == len(index.documents)
    for match in ranking.matches:
        assert sum(part.value for part in match.explanation.parts) == pytest.approx(match.score, abs=1e-9)
        words = [term.value for term in match.explanation.terms if term.part == "words"]
        assert sum(words) == pytest.approx(match.explanation.part("words").value, abs=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "who"),
    [
        ("Vi trenger nettbutikk med Vipps", "vi trengr netbutikk med vips", "shop"),
        ("Vi trenger nettbutikk for gårdsutsalget", "Vi treng nettbutikk for gardsutsalet", "shop"),
        ("Bilder av maten", "Bilete av maten", "photo"),
        ("Fotograf til produktbilder", "fotogaf til produkbilder", "photo"),
        ("Fotograf som tar matbilder", "Fotograf som tar bilder av mat", "photo"),
        ("Annonser på Google og Facebook", "Annonsar på Google og Facebok", "ads"),
        ("Annonsebudsjett", "Budsjett til annonser", "ads"),
        ("Website for our lodge", "Web site for our lodges", "english"),
    ],
)
def test_another_spelling_keeps_the_place(index: Index, one: str, other: str, who: str) -> None:
    def place(text: str) -> int:
        match = index.rank(Query("b", "", text, lang="en" if who == "english" else "nb")).match(who)
        assert match
        return match.place

    assert place(one) == 1
    assert place(other) <= 2


def _plain_weights(
    fields: dict[str, list[list[str]]], weights: dict[str, float], settings: Settings
) -> list[dict[str, float]]:
    """Weigh every document's terms in plain Python, straight from the formula."""
    size = len(next(iter(fields.values())))
    counts = {
        name: [{t: min(n, 3) for t, n in Counter(terms).items()} for terms in docs]
        for name, docs in fields.items()
    }
    found_in = Counter(
        term for row in range(size) for term in {t for name in counts for t in counts[name][row]}
    )
    idf = {term: math.log(1 + (size - n + 0.5) / (n + 0.5)) for term, n in found_in.items()}
    weighed: list[dict[str, float]] = [{} for _ in range(size)]
    for name, docs in counts.items():
        lengths = [sum(doc.values()) for doc in docs if doc]
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        for row, doc in enumerate(docs):
            norm = 1 - settings.b + settings.b * sum(doc.values()) / mean
            for term, count in doc.items():
                weighed[row][term] = weighed[row].get(term, 0.0) + weights[name] * count / norm
    return [
        {term: idf[term] * tf * (settings.k1 + 1) / (tf + settings.k1) for term, tf in row.items()}
        for row in weighed
    ]


def test_the_index_agrees_with_the_formula_in_plain_python(index: Index, glossary: Glossary) -> None:
    store, chosen = index._store, index.settings
    told = [store.fields(row) for row in range(len(store.documents))]
    fields: dict[str, list[list[str]]] = {
        name: [[token.term for token in doc[name]] for doc in told] for name in told[0]
    }
    fields["parts"] = [
        [part for tokens in doc.values() for token in tokens for part in token.parts] for doc in told
    ]
    weights = {
        "name": chosen.weight_name,
        "services": chosen.weight_services,
        "text": chosen.weight_text,
        "cases": chosen.weight_cases,
        "parts": chosen.weight_parts,
    }
    plain = _plain_weights(fields, weights, chosen)
    tokens = query_tokens(store.reader.analyzer, BRIEF.title, BRIEF.text, BRIEF.lang, chosen)
    terms = store.lexical.query(tokens)
    names = {column: term for term, column in store.lexical.vocabulary.items()}
    expected = [
        sum(weight * row.get(names[column], 0.0) for column, weight in terms.weights.items()) for row in plain
    ]
    exact = store.lexical.contributions(terms, range(len(plain))).sum(axis=1)
    assert exact.tolist() == pytest.approx(expected, rel=1e-6)
    assert store.lexical.scores(terms).tolist() == pytest.approx(expected, rel=1e-5)
    assert sum(expected) > 1
    for row, document in enumerate(store.documents):
        covered = expected[row] / terms.bound
        match = index.rank(BRIEF).match(document.id)
        assert match
        points = chosen.max_words * covered / (covered + chosen.words_half)
        assert match.explanation.part("words").value == pytest.approx(points, abs=1e-6)


def test_leanings_agree_with_cosines_in_plain_python(index: Index, glossary: Glossary) -> None:
    model = index._store.needs
    analyzer = index._store.reader.analyzer
    texts = [BRIEF.text, "Fotograf til bryllup", "zzzz"]
    got = model.cosines([[(analyzer.tokens(text, "nb"), 1.0)] for text in texts])
    assert got.shape == (3, len(glossary.services))
    assert got.min() >= 0
    assert got.max() <= 1 + 1e-9
    assert got[2].max() == 0
    sharp = model.leanings([[(analyzer.tokens(texts[0], "nb"), 1.0)]], 3.0)
    assert sharp[0].tolist() == pytest.approx([cosine**3 for cosine in got[0]], abs=1e-9)


def test_taking_a_named_word_out_of_the_profile_lowers_the_score(
    index: Index, suppliers: list[Document]
) -> None:
    match = index.rank(BRIEF).matches[0]
    document = next(d for d in suppliers if d.id == match.document_id)
    named = [t for t in match.explanation.terms if t.part == "words" and t.document_words][:5]
    assert named
    for term in named:
        text = document.text
        for word in term.document_words:
            text = text.replace(word, "")
        without = dataclasses.replace(document, text=text)
        rest = [without if d.id == document.id else d for d in suppliers]
        after = index.updated(rest).rank(BRIEF).match(document.id)
        assert after
        assert after.score < match.score or text == document.text
