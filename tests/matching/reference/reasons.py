"""Words that may be shown as reasons: for which services each stem is one, and which words never are."""

from collections.abc import Iterable

from marketplace.matching import Glossary
from tests.matching.reference.tokenizer import Tokenizer, Word


class Reasons:
    """Stems of the services' terms and lay texts, of the sectors' terms, and of general words."""

    def __init__(self, glossary: Glossary, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        resources = glossary.resources
        lists = [
            resources["stopwords"].get("filler", {}),
            resources.get("weak_words", {}),
            resources.get("trade_words", {}),
        ]
        listed = [(str(w).lower(), lang) for words in lists for lang in words for w in words[lang]]
        self.general = {word for word, _ in listed} | {
            t for word, lang in listed for t in self._stems(word, lang)
        }
        phrases = [(tokenizer.words(p.text, p.lang), set(p.services), p.is_term) for p in glossary.phrases]
        self.own: dict[str, set[str]] = {}
        self.neighbours: dict[str, set[str]] = {}
        for words, codes, is_term in phrases:
            for word in words if is_term else ():
                self.own.setdefault(word.term, set()).update(codes)
                self.neighbours.setdefault(word.term, set()).update(self._neighbours(codes, glossary))
                for part in (part for part in word.parts if len(part) >= 5):
                    self.neighbours.setdefault(part, set()).update(codes)
        self._add_lay_words(
            [({word.term for word in words}, codes, is_term) for words, codes, is_term in phrases]
        )

    def _add_lay_words(self, texts: list[tuple[set[str], set[str], bool]]) -> None:
        for term in {term for terms, _, _ in texts for term in terms}:
            labels = [(codes, is_term) for terms, codes, is_term in texts if term in terms]
            for code in {code for codes, _ in labels for code in codes}:
                count = sum(code in codes and not is_term for codes, is_term in labels)
                if count >= 3 and count >= 0.34 * len(labels):
                    self.own.setdefault(term, set()).add(code)

    def _stems(self, text: str, lang: str) -> set[str]:
        return {word.term for word in self.tokenizer.words(text, lang)}

    @staticmethod
    def _neighbours(codes: Iterable[str], glossary: Glossary) -> set[str]:
        return {
            other
            for code in codes
            for other in glossary.services
            if other in glossary.related.get(code, ())
            or code in glossary.related.get(other, ())
            or glossary.groups[other] == glossary.groups[code]
        }

    def _is_general(self, surface: str) -> bool:
        return surface.isdecimal() or surface.lower() in self.general

    def min_strength(self, word: Word, terms: Iterable[str], service: str) -> float | None:
        """Return the relative strength from which a word is a reason for a service, or None if it never is."""
        if self._is_general(word.surface) or word.term in self.general:
            return None
        stems = [stem for stem in terms if stem not in self.general]
        if any(service in self.own.get(stem, ()) for stem in stems):
            return 0.55
        return 0.7 if any(service in self.neighbours.get(stem, ()) for stem in stems) else None

    def shown(self, words: Iterable[str], term: str, *, is_known: bool) -> tuple[str, ...]:
        """Return the words of a text that may be shown as matching by a term."""
        if term in self.general or (not is_known and len(term) < 7):
            return ()
        return tuple(word for word in words if not self._is_general(word))
