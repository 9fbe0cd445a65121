"""Examples for the fields of a strategy, suggested objectives and typical services, by trade and size of the company."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from marketplace.core.i18n import LocalizedText, localized
from marketplace.data import load_yaml

SMALL = 5
"""Highest number of employees with which a company gets the tip for small companies."""
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TradeExamples:
    """Examples of a trade in all languages. `fields` has lines by field code; objectives have an indicator code."""

    code: str
    names: Texts
    fields: Mapping[str, Sequence[Texts]]
    channels: tuple[str, ...]
    objectives: Sequence[Mapping[str, object]]
    services: tuple[str, ...]
    small: Texts
    large: Texts

    name = LocalizedText("names")

    def lines(self, field: str) -> list[str]:
        """Return the examples for a field in the current language."""
        return [localized(line) for line in self.fields.get(field, ())]

    def objective_texts(self) -> list[str]:
        """Return the suggested objectives in the current language."""
        return [localized(objective["text"]) for objective in self.objectives]  # type: ignore[arg-type]  # because the data file has texts by language there

    def suggested_objectives(self) -> list[tuple[str, str]]:
        """Return the codes of the indicators and the texts of the suggested objectives in the current language."""
        codes = [str(objective["indicator"]) for objective in self.objectives]
        return list(zip(codes, self.objective_texts(), strict=True))

    def tip(self, employees: int | None) -> str:
        """Return the advice for a company of this size, in the current language."""
        return localized(self.small if employees is None or employees <= SMALL else self.large)


def trade_examples(sector_code: str) -> TradeExamples:
    """Return the examples for a sector; sectors without their own get the general ones."""
    trades, by_sector = _load()
    return trades[by_sector.get(sector_code, "general")]


def sectors_of_trade(sector_code: str) -> list[str]:
    """Return the sectors that share the examples of a sector; only the sector itself if it has the general ones."""
    _trades, by_sector = _load()
    trade = by_sector.get(sector_code)
    return [sector for sector, code in by_sector.items() if code == trade] if trade else [sector_code]


@cache
def _load() -> tuple[dict[str, TradeExamples], dict[str, str]]:
    data = load_yaml("strategy_examples.yaml")
    trades = {
        row["code"]: TradeExamples(
            row["code"],
            row["name"],
            row["fields"],
            tuple(row["channels"]),
            row["objectives"],
            tuple(row["services"]),
            row["small"],
            row["large"],
        )
        for row in data["trades"]
    }
    return trades, {sector: row["code"] for row in data["trades"] for sector in row["sectors"]}
