"""The need model maps everyday language to services."""

import pytest

from marketplace.matching import Document, Glossary, Index, suggest_needs


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Vi vil selge ost på nett og la kundene betale med Vipps og hente på gården", "ecm.shop"),
        ("Gjestene bør kunne bestille time på egen hånd", "ecm.booking"),
        ("Vi treng nokon som kan ta bilete av garden", "med.photo"),
        ("We cannot find any welders and want to show what it is like to work here", "ads.recruitment"),
        ("Nokon bør leggje ut innlegg på Facebook for oss", "con.social"),
        ("netbutikk", "ecm.shop"),
        ("Vi ønsker skilt", "brd.print"),
        ("We want a film", "med.film"),
    ],
)
def test_plain_words_suggest_service(glossary: Glossary, text: str, service: str) -> None:
    assert service in [suggestion.service for suggestion in suggest_needs(text, glossary)[:3]]


def test_suggestion_names_its_words(glossary: Glossary) -> None:
    first = suggest_needs("Vi trenger en drone som kan filme fjorden", glossary)[0]
    assert first.service == "med.drone"
    assert "drone" in first.words
    assert 0.5 < first.probability < 1.0


@pytest.mark.parametrize("text", ["", "   ", "🧀🧀🧀", "\x00\x01", "zzzz qqqq", "og i på"])
def test_meaningless_text_suggests_nothing(glossary: Glossary, text: str) -> None:
    assert suggest_needs(text, glossary) == []


def test_ticked_services_train_new_words(glossary: Glossary) -> None:
    profiles = [
        Document(
            id=f"s{i}", name="Taktverk", text="Vi er eksperter på snurrekverning.", services=("med.audio",)
        )
        for i in range(3)
    ]
    index = Index.build((), glossary, training=profiles)
    assert index.suggest_needs("snurrekverning", min_need_probability=0.0)[0].service == "med.audio"
