"""The second reader of needs: a linear classifier on words and character n-grams."""

import copy
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marketplace.matching import Document, Glossary, Index, Query, suggest_needs
from marketplace.matching.analysis.glossary import Phrase
from marketplace.matching.needs.classifier import NeedClassifier, features, training_texts
from marketplace.matching.needs.probabilities import wanted_shares

NEEDS = Path(__file__).parent.parent / "data" / "needs"
SHOP, PHOTO = ("Selge ost på nett", ("shop",)), ("Ta bilder av maten", ("photo",))


def test_features_are_words_and_ngrams() -> None:
    assert features("Å selje") == ["å  ", " å ", "selje  ", " sel", "selj", "elje", "lje "]
    assert features("...") == []


def test_classifier_recognises_misspelled_and_compound_words() -> None:
    classifier = NeedClassifier(("shop", "photo", "site")).fit([SHOP, PHOTO], ["Taket lekker"])
    shop, photo, nothing = classifier.decision_function(["selger oster", "ta matbillder", "taklekkasje"])
    assert shop.argmax() == 0
    assert photo.argmax() == 1
    assert nothing.argmax() == 3
    assert (classifier.decision_function(["noe annet"])[:, 2] == -1.0).all()


def test_classifier_of_one_service_separates_it_from_no_service() -> None:
    classifier = NeedClassifier(("shop",)).fit([SHOP], ["Taket lekker"])
    inside, outside = classifier.decision_function(["ost på nett", "taket"])
    assert inside[0] > 0 > inside[1]
    assert outside[1] > 0 > outside[0]


def test_classifier_without_texts_sees_nothing() -> None:
    assert NeedClassifier(("shop",)).fit([]).decision_function(["ost"]).tolist() == [[-1.0, -1.0]]


def test_training_is_deterministic_and_survives_saving(tmp_path: Path) -> None:
    first, second = (NeedClassifier(("shop", "photo")).fit([SHOP, PHOTO], ["Taket lekker"]) for _ in range(2))
    first.save(tmp_path)
    opened = NeedClassifier.open(tmp_path, ("shop", "photo"))
    margins = [model.decision_function(["bilder av ost"]) for model in (first, second, opened)]
    assert all(np.array_equal(one, other) for one, other in pairwise(margins))


@pytest.mark.parametrize(
    "text",
    [
        "Jeg har en brukt traktor til salgs, ring etter middag.",
        "Kven kan grave ein brønn og mure ei pipe?",
        "We need a plumber for the kitchen sink.",
    ],
)
def test_text_without_digital_need_suggests_nothing(glossary: Glossary, text: str) -> None:
    assert suggest_needs(text, glossary) == []


def test_half_of_the_descriptions_are_trained_after_an_aside_too(glossary: Glossary) -> None:
    texts = [text for text, _ in training_texts(glossary.phrases, glossary.texts_without_need)]
    added = len(texts) - len(glossary.phrases)
    long = sum(len(phrase.text.split()) >= 5 for phrase in glossary.phrases)
    assert added == pytest.approx(long / 2, rel=0.1)
    assert texts == [text for text, _ in training_texts(glossary.phrases, glossary.texts_without_need)]


def test_service_named_in_unwanted_part_is_wanted_only_if_asked_for_clearly() -> None:
    wanted, unwanted = [0.95, 0.6, 0.02, 0.02, 0.3], [0.6, 0.6, 0.3, 0.2, 0.0]
    shares = wanted_shares(np.array([wanted, unwanted]))
    assert shares == pytest.approx([1 - 0.6 * 0.05, 0.0, 1 - 0.3 * 0.98, 1 - 0.2 * 0.98, 1.0])
    assert wanted_shares(np.array([[0.02, 0.5], [0.3, 0.2]])) == pytest.approx([0.0, 1 - 0.2 * 0.5])
    assert wanted_shares(np.array([wanted])).tolist() == [1.0] * 5


def test_only_suggestions_learn_from_owner_texts(glossary: Glossary, suppliers: list[Document]) -> None:
    taught, brief = copy.copy(glossary), Query("1", "", "Noen må snurre kverna vår")
    taught.owner_texts = [Phrase(brief.text, "nb", ("med.audio",))] * 3
    (before, ranked), (after, ranked_after) = (
        (suggest_needs(brief.text, known), Index.build(suppliers, known).rank(brief))
        for known in (glossary, taught)
    )
    assert "med.audio" not in [suggestion.service for suggestion in before[:1]]
    assert after[0].service == "med.audio"
    assert ranked_after == ranked


def test_both_written_forms_of_norwegian_get_nearly_the_same_suggestions(glossary: Glossary) -> None:
    shared = []
    for line in (NEEDS / "pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        forms = [
            suggest_needs(text, glossary, lang)
            for text, lang in zip(line.split("\t"), ("nb", "nn"), strict=True)
        ]
        assert forms[0][0].service == forms[1][0].service, line
        nb, nn = ({s.service for s in form if s.probability >= 0.3} for form in forms)
        shared.append(len(nb & nn) / max(len(nb | nn), 1))
    assert len(shared) == 20
    assert np.mean(shared) >= 0.85


def _quality(index: Index, briefs: list[dict[str, Any]]) -> list[float]:
    """Return recall, abstention without and with a need, and the share of the excluded services suggested."""
    found: list[float] = []
    abstained: dict[bool, list[bool]] = {True: [], False: []}
    suggested_excluded: list[float] = []
    for brief in briefs:
        suggested = index.suggest_needs(brief["text"], brief["lang"], title=brief.get("title", ""))
        codes = [suggestion.service for suggestion in suggested]
        needs, excluded = brief["confirmed_services"], brief["excluded_services"]
        abstained[bool(needs)].append(not codes)
        found += [len({*needs} & {*codes[:5]}) / len(needs)] if needs else []
        suggested_excluded += [len({*excluded} & {*codes}) / len(excluded)] if excluded else []
    measured: tuple[list[Any], ...] = (found, abstained[False], abstained[True], suggested_excluded)
    return [float(np.mean(values)) if values else 0.0 for values in measured]


@pytest.mark.parametrize(
    ("file", "half", "min_recall", "min_abstention", "max_wrong_abstention", "max_excluded"),
    [
        ("briefs", "dev", 0.9, 0.75, 0.05, 0.15),
        ("briefs", "test", 0.92, 0.45, 0.05, 0.25),
        ("rejections", "", 0.97, 0.85, 0.03, 0.05),
        ("rejections", "dev", 0.95, 0.75, 0.03, 0.22),
        ("rejections", "test", 0.95, 0.3, 0.05, 0.4),
        ("voices", "tuning", 0.9, 0.8, 0.03, 0.25),
        ("voices", "test", 0.84, 0.7, 0.06, 0.25),
        ("lay_texts", "", 0.84, 0, 0.06, 0),
    ],
)
def test_quality_of_suggestions_stays_above_minimum(
    glossary: Glossary,
    file: str,
    half: str,
    min_recall: float,
    min_abstention: float,
    max_wrong_abstention: float,
    max_excluded: float,
) -> None:
    index = Index.build((), glossary)
    lines = (NEEDS / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
    briefs = [brief for line in lines if (brief := json.loads(line)).get("half", "") == half]
    recall, abstention, wrong_abstention, excluded = _quality(index, briefs)
    assert recall >= min_recall
    assert abstention >= min_abstention
    assert wrong_abstention <= max_wrong_abstention
    assert excluded <= max_excluded
