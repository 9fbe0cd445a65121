"""Base of the forms of sections. A list has a fixed number of rows, so that the forms work without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field

from marketplace.core.i18n import gettext as _
from marketplace.strategy import limits
from marketplace.web.forms import BaseForm, WrappedTextField, length


class SectionForm(BaseForm):
    """A section of the strategy. `rows` maps the prefix of a row's fields to the name of the row."""

    rows: Mapping[str, str]

    @classmethod
    def flatten(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the values of the section to the data of its fields."""
        raise NotImplementedError  # because the metaclass of WTForms does not combine with that of abc

    def values(self) -> dict[str, Any]:
        """Convert the data of the fields to the values of the section."""
        raise NotImplementedError  # because the metaclass of WTForms does not combine with that of abc

    def check_rows(self) -> bool:
        """Add errors about whole rows. Returns True if there are none."""
        return True

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check the fields and the rows."""
        is_valid = bool(super().validate(*args, **kwargs))
        return self.check_rows() and is_valid

    def full_label(self, field: Field) -> str:
        """Return the label of a field, prefixed with the label of its row."""
        row = next((name for prefix, name in self.rows.items() if str(field.name).startswith(prefix)), "")
        label = super().full_label(field)
        return f"{row}, {label[:1].lower()}{label[1:]}" if row else label

    def is_blank(self, prefix: str) -> bool:
        """Return True if all fields of a row are empty or have their default value, and none has an error."""
        return all(
            not field.errors and (not field.data or field.data == field.default)
            for field in self
            if str(field.name).startswith(prefix)
        )

    def require_names(self, prefixes: Sequence[str]) -> bool:
        """Add an error to the name of each row that has other values but no name. Returns True if there is no such row."""
        nameless = [
            prefix for prefix in prefixes if not self[f"{prefix}name"].data and not self.is_blank(prefix)
        ]
        for prefix in nameless:
            field = self[f"{prefix}name"]
            field.errors = [*field.errors, _("Write a name, or empty the whole row.")]
        return not nameless

    def text(self, name: str) -> str:
        """Return the text of a field, empty if it has none."""
        return self[name].data or ""

    def texts(self, prefix: str, count: int) -> tuple[str, ...]:
        """Return the texts of the fields with a prefix, without empty ones."""
        texts = (self.text(f"{prefix}{number}") for number in range(1, count + 1))
        return tuple(text for text in texts if text)


def lines_data(values: Sequence[str], prefix: str) -> dict[str, str]:
    """Return the texts by field name: prefix1, prefix2 and so on."""
    return {f"{prefix}{number}": text for number, text in enumerate(values, start=1)}


def row_prefixes(name: str, count: int) -> list[str]:
    """Return the prefixes of the fields of numbered rows."""
    return [f"{name}_{number}_" for number in range(1, count + 1)]


def line_fields(name: str, label: str) -> dict[str, Any]:
    """Return numbered text fields for the entries of a list, by their names."""
    return {
        f"{name}_{number}": WrappedTextField(label % {"num": number}, [length(high=limits.MAX_LINE)])
        for number in range(1, limits.MAX_LINES + 1)
    }
