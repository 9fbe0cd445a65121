"""Filters of word trigrams: they miss no copy of a brief, and reject most other texts."""

import numpy as np
from hypothesis import given, strategies as st

from marketplace.matching import CaseText, Document
from marketplace.matching.ngram_filters import may_copy, ngram_filters
from marketplace.matching.spam import copies_brief

BRIEF = (
    "Vi vil selge ost og honning på nett og la kunden betale og hente på gården. Butikken skal være klar til høsten,"
    " og vi trenger bilder av varene og litt hjelp til å skrive tekstene."
)
WORDS = BRIEF.replace(".", "").replace(",", "").split()


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=40), min_size=1, max_size=4), st.integers(0, 30))
def test_no_copy_is_rejected(texts: list[list[str]], start: int) -> None:
    copied = " ".join(WORDS[start:])
    documents = [Document("0", "Firma", f"{' '.join(words)} {copied}") for words in texts]
    documents += [Document("1", "Firma", " ".join(words), cases=(CaseText(BRIEF),)) for words in texts]
    documents += [Document("2", "Firma", " ".join(words)) for words in texts]
    is_copy = np.array([copies_brief(document, BRIEF) for document in documents])
    assert not (is_copy & ~may_copy(ngram_filters(documents), BRIEF)).any()


def test_texts_with_the_same_words_in_other_order_are_rejected() -> None:
    documents = [Document(str(step), "Firma", " ".join(WORDS[::step] * 2)) for step in (2, 3, 5)]
    assert not may_copy(ngram_filters(documents), BRIEF).any()
    assert may_copy(ngram_filters([Document("copy", "Firma", BRIEF)]), BRIEF).all()
