"""The steps of the matcher follow scikit-learn's conventions, alone and in a pipeline."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from marketplace.matching import Document, Glossary
from marketplace.matching.analysis.analyzer import Analyzer, Token, terms_of
from marketplace.matching.analysis.decompounding import CompoundSplitter
from marketplace.matching.analysis.fuzzy_terms import FuzzyTerms
from marketplace.matching.analysis.stop_words import StopWords
from marketplace.matching.index.bm25 import FieldedBM25Transformer
from marketplace.matching.needs.classifier import classifier_of
from marketplace.matching.needs.need_model import NeedModel
from marketplace.matching.needs.need_text import NeedText, Reading
from marketplace.matching.needs.suggestions import suggest

TEXTS = [
    "Vi lager nettbutikk og nettsider for gårdsutsalg, med bilder av gården.",
    "Fotograf for mat, dyr og mennesker. Bilder av utsalg og butikk på nett.",
    "Websites for guides and lodges, with the pictures that guests look for.",
]
WORDS = ["gård", "utsalg", "nett", "butikk", "sider"]
STOP_WORDS = StopWords(
    {"nb": ["vi", "og", "for", "med", "av", "på"], "nn": ["og"], "en": ["for", "and", "the", "with", "that"]}
)


def _tokens(text: str) -> list[Token]:
    return Analyzer(STOP_WORDS, lang="nb").tokens(text, "nb")


TICKED = [("shop",), ("photo",), ("site",)]
# Each step with its training data and a prediction.
STEPS: list[tuple[BaseEstimator, tuple[Any, ...], Callable[[Any], Any]]] = [
    (
        Analyzer(STOP_WORDS, {"heimeside": "nettside"}, CompoundSplitter(frozenset({"nett"}))),
        (TEXTS,),
        lambda step: step.transform(["Gårdsutsalget på heimeside"]),
    ),
    (
        CompoundSplitter(frozenset({"nett"}), frozenset({"kort"})),
        (WORDS,),
        lambda step: step.transform(["gårdsutsalg", "nettkort", "film"]),
    ),
    (FuzzyTerms(2, 0.3), (WORDS,), lambda step: step.transform(["utsallg", "buttikk", "ku"])),
    (
        FieldedBM25Transformer(k1=1.5),
        (CountVectorizer().fit_transform(TEXTS),),
        lambda step: step.transform(CountVectorizer().fit_transform(TEXTS)).toarray().tolist(),
    ),
    (
        NeedModel(("shop", "photo", "site"), {"shop": ("site",)}, parts_weight=0.4),
        ([_tokens(text) for text in TEXTS], TICKED),
        lambda step: step.predict_proba([_tokens("bilder av dyr")]).tolist(),
    ),
]


@pytest.mark.parametrize(
    ("step", "training_data", "predict"), STEPS, ids=[type(step).__name__ for step, *_ in STEPS]
)
def test_step_follows_estimator_conventions(
    step: Any, training_data: tuple[Any, ...], predict: Callable[[Any], Any]
):
    params = step.get_params(deep=False)
    assert all(getattr(step, name) is value for name, value in params.items())
    estimator = clone(step)
    with pytest.raises(NotFittedError):
        check_is_fitted(estimator)
    assert estimator.fit(*training_data) is estimator
    check_is_fitted(estimator)
    assert any(name.endswith("_") and not name.startswith("_") for name in vars(estimator))
    assert estimator.get_params(deep=False).keys() == params.keys()
    prediction = predict(estimator)
    assert prediction
    assert predict(pickle.loads(pickle.dumps(estimator))) == prediction
    assert predict(clone(estimator).fit(*training_data)) == prediction
    assert predict(estimator.fit(*training_data)) == prediction


def test_changed_parameters_invalidate_analyzer_cache() -> None:
    analyzer = Analyzer(STOP_WORDS, lang="nb", splitter=CompoundSplitter()).fit([" ".join(WORDS)])
    assert analyzer.transform(["gårdsutsalg"])[0][0].parts == ("gård", "utsalg")
    analyzer.set_params(variants={"gårdsutsalg": "gardssal"})
    assert analyzer.transform(["gårdsutsalg"])[0][0].term == "gardssal"
    analyzer.set_params(splitter__first_parts=frozenset({"båt"})).fit(["utsalg"])
    assert analyzer.transform(["gårdsutsalg", "båtutsalg"])[0][0].parts == ()
    assert analyzer.transform(["båtutsalg"])[0][0].parts == ("båt", "utsalg")
    assert Analyzer(STOP_WORDS).fit(TEXTS).transform(["nettbutikk"])[0][0].parts == ()


def test_each_text_is_analyzed_in_its_language() -> None:
    analyzer = Analyzer(STOP_WORDS, splitter=CompoundSplitter()).fit(TEXTS)
    norwegian, english = analyzer.transform(["Bilder og the film", "Pictures and the film og"])
    assert [token.surface for token in norwegian] == ["Bilder", "the", "film"]
    assert [token.surface for token in english] == ["Pictures", "film", "og"]
    assert "lodges" not in analyzer.splitter_.words_


def test_steps_form_pipeline_from_texts_to_weights() -> None:
    pipeline = Pipeline(
        [
            ("analysis", Analyzer(STOP_WORDS, splitter=CompoundSplitter(frozenset({"nett"})))),
            ("counts", CountVectorizer(analyzer=terms_of)),
            ("weights", FieldedBM25Transformer()),
        ]
    )
    weights = clone(pipeline).set_params(weights__b=0.0).fit_transform(TEXTS)
    pipeline.fit(TEXTS)
    terms = list(pipeline["counts"].get_feature_names_out())
    row = pipeline.transform(["Gårdsutsalg"]).toarray()[0]
    assert {term for term, weight in zip(terms, row, strict=True) if weight > 0} == {
        "gårdsutsalg",
        "gård",
        "utsalg",
    }
    assert weights.shape == (3, len(terms))
    weight_of = dict(zip(terms, weights.toarray()[1], strict=True))
    assert weight_of["fotograf"] > weight_of["bild"] > 0 == weight_of["lodg"]
    assert FuzzyTerms(1).fit(terms).similar("fotogaf")[0][0] == terms.index("fotograf")


def test_word_with_few_known_ngrams_is_similar_to_none() -> None:
    fuzzy = FuzzyTerms(4, 0.35).fit(["hjemmeside", "nett", "nettbutikk", "søk"])
    assert fuzzy.similar("kjøtt") == ()
    assert fuzzy.similar("netbutikk")[0][0] == 2


def test_need_model_is_last_step_of_pipeline(glossary: Glossary) -> None:
    profiles = [("Vi bygger snurrekvern", ("shop",)), ("Lyd og lys", ("photo",)), ("Alt mulig", ("site",))]
    pipeline = Pipeline(
        [("analysis", Analyzer(STOP_WORDS, lang="nb")), ("needs", NeedModel(("shop", "photo", "site")))]
    ).fit([text for text, _ in profiles], [services for _, services in profiles])
    probable = pipeline.predict_proba(["snurrekvern", "zzzz"])
    assert probable.shape == (2, 3)
    assert probable[0].argmax() == 0
    assert probable[1].tolist() == [0, 0, 0]


def test_model_without_training_data_predicts_nothing() -> None:
    model = NeedModel(("shop",)).fit([], [])
    assert model.predict_proba([_tokens("nettbutikk")]).tolist() == [[0.0]]
    text = NeedText(Reading([(_tokens("nettbutikk"), 1.0)], "nettbutikk"))
    assert suggest(text, model, model.classifier_, 5) == []


def test_index_uses_same_model_as_pipeline(glossary: Glossary, suppliers: list[Document]) -> None:
    analyzer = glossary.analyzer
    profiles = [(analyzer.tokens(d.text, d.lang), d.services) for d in suppliers]
    trained = NeedModel.train(glossary, analyzer, 0.55, profiles, classifier_of(glossary))
    phrases = [(analyzer.tokens(p.text, p.lang), p.services) for p in glossary.phrases]
    retrained = clone(trained).fit(
        [tokens for tokens, _ in profiles],
        [ticks for _, ticks in profiles],
        phrases,
        classifier=trained.classifier_,
    )
    query = [analyzer.tokens("Vi trenger bilder av maten", "nb")]
    assert retrained.predict_proba(query).tolist() == trained.predict_proba(query).tolist()
    assert trained.predict_proba(query).max() > 0.5


def test_related_code_that_is_no_service_is_ignored() -> None:
    model = NeedModel(("shop", "site"), {"shop": ("site", "gone"), "gone": ("shop",)}).fit([], [])
    assert model.relatedness_.tolist() == [[1.0, 0.1], [0.1, 1.0]]
