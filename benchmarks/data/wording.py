"""Generated names and texts, combined from demo sentences and taxonomy labels."""

import random
import re
from functools import cache
from typing import Any

from marketplace.core import taxonomy
from marketplace.core.identifiers import make_slug
from marketplace.demo import content_files as content

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@cache
def _sentences(group: str) -> tuple[str, ...]:
    """Return the Bokmål sentences of suppliers in a service group."""
    texts = [
        text
        for supplier in content.suppliers()
        if supplier["lang"] == "nb" and group in supplier["vetting"]
        for text in (supplier["text"], *(case["text"] for case in supplier["cases"]))
    ]
    return tuple(
        sorted({sentence for text in texts for sentence in _SENTENCE_END.split(text) if len(sentence) > 30})
    )


@cache
def _brief_sentences(code: str) -> tuple[str, ...]:
    """Return the Bokmål sentences of companies' answers to a long question."""
    texts = [
        b["answers"][code]
        for b in content.briefs()
        if b["answers"].get("languages") == ["nb"] and code in b["answers"]
    ]
    return tuple(
        sorted({sentence for text in texts for sentence in _SENTENCE_END.split(text) if len(sentence) > 30})
    )


def _label(code: str) -> str:
    label = taxonomy.service(code).labels["nb"]
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class Wording:
    """Text generator. The same seed gives the same texts, and no organisation name is repeated."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._words: dict[str, Any] = content.words()
        self._taken = {make_slug(entry["name"]) for entry in (*content.suppliers(), *content.companies())}

    def supplier_name(self, group: str) -> str:
        """Return a name for a supplier in a service group."""
        return self._new_name(self._words["trades"][group])

    def company_name(self) -> str:
        """Return a name for a company."""
        return self._new_name(list(self._words["company_trades"]))

    def _new_name(self, trades: list[str]) -> str:
        while True:
            stem = content.join_parts(
                self.rng.choice(self._words["first_parts"]), self.rng.choice(self._words["second_parts"])
            )
            name = f"{stem} {self.rng.choice(trades)}"
            if (slug := make_slug(name)) not in self._taken:
                self._taken.add(slug)
                return name

    def person_name(self) -> str:
        """Return a person's name, which may be repeated."""
        return f"{self.rng.choice(self._words['first_names'])} {self.rng.choice(self._words['last_names'])}"

    def profile(self, services: list[str], place: str, employees: int) -> str:
        """Return a profile text of realistic length."""
        groups = sorted({taxonomy.group_of(code) for code in services})
        opening = self.rng.choice(self._words["openings"]).format(
            place=place, services=self._listed(services), people=employees, years=self.rng.randint(2, 25)
        )
        pool = [sentence for group in groups for sentence in _sentences(group)]
        middle = self.rng.sample(pool, min(len(pool), self.rng.randint(2, 5)))
        about = [
            taxonomy.service(code).abouts["nb"] for code in self.rng.sample(services, min(2, len(services)))
        ]
        closing = self.rng.choice(self._words["closings"])
        return " ".join([opening[:1].upper() + opening[1:], *about, *middle, closing])

    def _listed(self, services: list[str]) -> str:
        labels = [_label(code) for code in services[:3]]
        return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} og {labels[-1]}"

    def case_text(self, group: str) -> str:
        """Return a description of a completed job."""
        return " ".join(self.rng.sample(_sentences(group), 2))

    def brief_title(self, services: list[str], company: str, place: str) -> str:
        """Return a title of at most 80 characters."""
        title: str = self.rng.choice(self._words["brief_titles"]).format(
            service=_label(services[0]), company=company, place=place, people=self.rng.randint(2, 30)
        )
        return (title[:1].upper() + title[1:])[:80]

    def answer_text(self, code: str, services: list[str], min_words: int = 25) -> str:
        """Return a long answer to a guide question that contains lay terms for the services."""
        lay = [phrase for service in services for phrase in taxonomy.service(service).lay["nb"]]
        said = self.rng.choice(lay) if lay else _label(services[0])
        sentences = [f"{said[:1].upper()}{said[1:]}."]
        pool = list(_brief_sentences(code))
        self.rng.shuffle(pool)
        while len(" ".join(sentences).split()) < min_words and pool:
            sentences.append(pool.pop())
        return " ".join(sentences)
