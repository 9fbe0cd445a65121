"""Ready-made indicators of objectives, each with the place where a company finds the number."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from marketplace.core.i18n import LocalizedText, lazy_gettext as _l, localized
from marketplace.data import load_yaml
from marketplace.strategy.units import SHARE

KINDS = {
    "visibility": _l("Visibility"),
    "sales": _l("Sales"),
    "service": _l("Customer service"),
    "efficiency": _l("Efficiency"),
    "recruitment": _l("Recruitment"),
    "skill": _l("Skills"),
}
"""Labels of the kinds of objectives."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something that an objective counts. Only shares have labels for their numerator and denominator."""

    code: str
    kind: str
    unit: str
    direction: str
    names: Mapping[str, str]
    objectives: Mapping[str, str]
    sources: Mapping[str, str]
    instructions: Mapping[str, str]
    numerator_labels: Mapping[str, str]
    denominator_labels: Mapping[str, str]

    name = LocalizedText("names")
    objective = LocalizedText("objectives")
    source = LocalizedText("sources")
    instruction = LocalizedText("instructions")

    @property
    def part(self) -> str:
        """Name of the numerator of a share, in the current language."""
        return localized(self.numerator_labels) if self.numerator_labels else ""

    @property
    def whole(self) -> str:
        """Name of the denominator of a share, in the current language."""
        return localized(self.denominator_labels) if self.denominator_labels else ""

    @property
    def is_share(self) -> bool:
        """True if values are shares in percent."""
        return self.unit == SHARE


@cache
def indicators() -> Mapping[str, Indicator]:
    """Load the indicators by code, in the order of the file."""
    rows = load_yaml("indicators.yaml")["indicators"]
    return {
        row["code"]: Indicator(
            row["code"],
            row["kind"],
            row["unit"],
            row["direction"],
            row["name"],
            row["objective"],
            row["source"],
            row["find"],
            row.get("part", {}),
            row.get("whole", {}),
        )
        for row in rows
    }
