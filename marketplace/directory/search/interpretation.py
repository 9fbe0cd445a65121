"""Interpretation of a free text outside the directory: the place that it names, and the services that it asks for."""

from dataclasses import dataclass

from marketplace.directory.search.needs import Need, likely_needs, read_needs
from marketplace.directory.search.place_names import read_place
from marketplace.directory.search.query_analysis import MAX_QUERY
from marketplace.directory.search.spelling_correction import correct
from marketplace.directory.search.vocabulary import is_vocabulary_word, spelling


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The number of the place a text names (empty if none), the likely needs, and the corrected text (empty if none)."""

    place: str
    needs: tuple[Need, ...]
    corrected: str


def interpret_text(text: str) -> Interpretation:
    """Read the place, the likely needs and the misspelled words of a text."""
    place = read_place(text, is_vocabulary_word)
    words = place.rest
    corrected = correct(words, spelling()) if len(words) <= MAX_QUERY else words
    is_corrected = corrected != words
    if is_corrected and not place.place:
        place = read_place(corrected, is_vocabulary_word)
        corrected = place.rest
        if place.place:
            words = corrected
    needs = likely_needs(read_needs(words))
    return Interpretation(place.place, needs, corrected if is_corrected else "")
