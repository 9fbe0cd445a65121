"""The product's glossary and a small index, built once per session."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from marketplace.data import data_path, load_tsv
from marketplace.matching import Document, Evaluator, Glossary, Index, Position, Query
from marketplace.matching.evaluation.qrels import EvaluationSet, read_set

DEVSET = Path(__file__).parent.parent / "data" / "devset"
JUDGED = Path(__file__).parent.parent / "data" / "judged"
MARKET = Path(__file__).parent.parent / "data" / "market"


def _yaml(name: str) -> Any:
    return yaml.load(data_path(name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    """The product's own glossary."""
    names = ("taxonomy.yaml", "text_resources.yaml", "lay_texts.yaml", "no_need_texts.yaml")
    return Glossary.from_taxonomy(
        *map(_yaml, names), load_tsv("owner_texts.tsv"), load_tsv("rejection_texts.tsv")
    )


@pytest.fixture(scope="session")
def positions() -> dict[str, Position]:
    """The positions of municipalities by number."""
    with data_path("municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {row["number"]: Position(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}


OPPDAL, RENNEBU, TRONDHEIM, NAMSOS = "5021", "5022", "5001", "5007"


@pytest.fixture(scope="session")
def suppliers(positions: dict[str, Position]) -> list[Document]:
    """Five suppliers that differ in services, place, price and language."""
    return [
        Document(
            id="shop",
            name="Kvistverk Nettbyrå",
            text="Vi lager nettbutikk for gårdsutsalg, med Vipps i kassa, lager som følger med og klikk og hent.",
            services=("ecm.shop", "ecm.payment-shipping"),
            sectors=("food-drink",),
            municipality=OPPDAL,
            position=positions[OPPDAL],
            area=(OPPDAL, RENNEBU),
            price_from_nok=40_000,
            languages=("nb", "nn"),
        ),
        Document(
            id="photo",
            name="Myrlys Foto",
            text="Fotograf for mat, dyr og mennesker. Produktbilder i eget studio.",
            services=("med.photo", "med.product-photo"),
            municipality=RENNEBU,
            position=positions[RENNEBU],
            area=(OPPDAL, RENNEBU),
            remote=False,
            price_from_nok=7_000,
            languages=("nb",),
        ),
        Document(
            id="english",
            name="Cairn Web Studio",
            text="Websites for guides, lodges and outdoor schools. Clear English and quick enquiries.",
            lang="en",
            services=("web.site",),
            sectors=("tourism",),
            municipality=TRONDHEIM,
            position=positions[TRONDHEIM],
            area=(TRONDHEIM,),
            price_from_nok=30_000,
            languages=("en",),
        ),
        Document(
            id="ads",
            name="Klikk og Kroner",
            text="Annonsebyrå. Vi styrer budsjett på tvers av Google og Facebook.",
            services=("ads.search", "ads.social"),
            municipality=NAMSOS,
            position=positions[NAMSOS],
            price_from_nok=25_000,
        ),
        Document(id="silent", name="Uten Ord", text=""),
    ]


@pytest.fixture(scope="session")
def index(suppliers: list[Document], glossary: Glossary) -> Index:
    """An index over the five suppliers."""
    return Index.build(suppliers, glossary)


@pytest.fixture(scope="session")
def devset_rows() -> EvaluationSet:
    """The small judged set as read from disk."""
    return read_set(DEVSET)


@pytest.fixture(scope="session")
def devset(devset_rows: EvaluationSet, glossary: Glossary, positions: dict[str, Position]) -> Index:
    """An index over the forty judged suppliers."""
    return Index.build(Evaluator(glossary, positions).documents(devset_rows.documents), glossary)


@pytest.fixture(scope="session")
def devset_briefs(
    devset_rows: EvaluationSet, glossary: Glossary, positions: dict[str, Position]
) -> list[Query]:
    """The judged briefs with everything their companies stated."""
    evaluator = Evaluator(glossary, positions)
    return [evaluator.query(row, "confirmed", title=True) for row in devset_rows.queries]
