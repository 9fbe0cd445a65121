"""Names and texts in any number, put together from the demo world's own sentences and the taxonomy's words."""

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
    """Return what suppliers of a kind of service have written in bokmål, sentence by sentence."""
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
    """Return what companies have written in a long answer, in bokmål."""
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
    """Writes texts with one source of chance, so that the same seed gives the same texts. No name comes twice."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._words: dict[str, Any] = content.words()
        self._taken = {make_slug(entry["name"]) for entry in (*content.suppliers(), *content.companies())}

    def supplier_name(self, group: str) -> str:
        """Return a name for a supplier of a kind of service."""
        return self._new_name(self._words["trades"][group])

    def company_name(self) -> str:
        """Return a name for a company."""
        return self._new_name(self._words["company_trades"])

    def _new_name(self, trades: list[str]) -> str:
        while True:
            stem = self.chance.choice(self._words["first_parts"]) + self.chance.choice(
                self._words["second_parts"]
            )
            name = f"{stem} {self.chance.choice(trades)}"
            if (slug := make_slug(name)) not in self._taken:
                self._taken.add(slug)
                return name

    def person_name(self) -> str:
        """Return a person's name; it may come again, as names do."""
        return f"{self.chance.choice(self._words['first_names'])} {self.chance.choice(self._words['last_names'])}"

    def profile(self, services: list[str], place: str, employees: int) -> str:
        """Return a supplier's text of about the length that people write."""
        groups = sorted({taxonomy.group_of(code) for code in services})
        opening = self.chance.choice(self._words["openings"]).format(
            place=place, services=self._listed(services), people=employees, years=self.chance.randint(2, 25)
        )
        pool = [sentence for group in groups for sentence in _sentences(group)]
        middle = self.chance.sample(pool, min(len(pool), self.chance.randint(2, 5)))
        about = [
            taxonomy.service(code).abouts["nb"]
            for code in self.chance.sample(services, min(2, len(services)))
        ]
        closing = self.chance.choice(self._words["closings"])
        return " ".join([opening[:1].upper() + opening[1:], *about, *middle, closing])

    def _listed(self, services: list[str]) -> str:
        labels = [_label(code) for code in services[:3]]
        return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} og {labels[-1]}"

    def case_text(self, group: str) -> str:
        """Return what a supplier tells of a job."""
        return " ".join(self.chance.sample(_sentences(group), 2))

    def brief_title(self, services: list[str], company: str, place: str) -> str:
        """Return a title of at most 80 characters."""
        title: str = self.chance.choice(self._words["brief_titles"]).format(
            service=_label(services[0]), company=company, place=place, people=self.chance.randint(2, 30)
        )
        return (title[:1].upper() + title[1:])[:80]

    def told(self, code: str, services: list[str], least_words: int = 25) -> str:
        """Return a long answer to a question of the guide, with how people say the need in it."""
        lay = [phrase for service in services for phrase in taxonomy.service(service).lay["nb"]]
        said = self.chance.choice(lay) if lay else _label(services[0])
        sentences = [f"{said[:1].upper()}{said[1:]}."]
        pool = list(_brief_sentences(code))
        self.chance.shuffle(pool)
        while len(" ".join(sentences).split()) < least_words and pool:
            sentences.append(pool.pop())
        return " ".join(sentences)
