"""Fields as HTML, to the letter what WTForms' own widgets write, in a fourth of the time.

WTForms formats each attribute by itself with `Markup.format`, which took a third of the time of a page with an offer's
form: it has 150 attributes.
"""

from typing import Any

from markupsafe import Markup, escape
from wtforms import widgets


def attributes(**values: Any) -> Markup:
    """Return a tag's attributes, sorted by name; True gives the bare name and False nothing."""
    parts = []
    for key, value in sorted(values.items()):
        name = key.rstrip("_")
        if name.startswith(("data_", "aria_")):
            name = name.replace("_", "-")
        if value is True:
            parts.append(str(escape(name)))
        elif value is not False:
            # escape() leaves what is Markup already as it is, with its quotation marks.
            quoted = str(escape(value)).replace('"', "&quot;")
            parts.append(f'{escape(name)}="{quoted}"')
    return Markup(" ".join(parts))  # noqa: S704 because names and values are escaped above


def _with_flags(widget: Any, field: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return a tag's attributes as given, with those that the field's checks ask for."""
    flags = field.flags
    asked = {name: getattr(flags, name) for name in dir(flags) if name in widget.validation_attrs}
    return {"id": field.id, **asked, **given}


class TextInput(widgets.TextInput):
    """A line of text."""

    html_params = staticmethod(attributes)


class EmailInput(widgets.EmailInput):
    """An e-mail address."""

    html_params = staticmethod(attributes)


class PasswordInput(widgets.PasswordInput):
    """A password."""

    html_params = staticmethod(attributes)


class DateInput(widgets.DateInput):
    """A date."""

    html_params = staticmethod(attributes)


class TextArea(widgets.TextArea):
    """Several lines of text."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Return the field as HTML."""
        inside = attributes(name=field.name, **_with_flags(self, field, kwargs))
        # A browser drops the first line break of a text area.
        return Markup(f"<textarea {inside}>\r\n{escape(field._value())}</textarea>")  # noqa: S704, SLF001 because all is escaped, and WTForms' widgets ask a field for this


class Select(widgets.Select):
    """A list that is `required` only where it can be left empty: HTML allows it nowhere else."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        """Return the list as HTML."""
        choices = list(field.iter_choices())
        if choices and choices[0].value not in {"", None}:
            kwargs.setdefault("required", False)
        if field.has_groups():
            return super().__call__(field, **kwargs)
        inside = attributes(name=field.name, **_with_flags(self, field, kwargs))
        options = "".join(map(self.render_option, choices))
        return Markup(f"<select {inside}>{options}</select>")  # noqa: S704 because all is escaped

    @classmethod
    def render_option(cls, choice: Any, **kwargs: Any) -> Markup:  # type: ignore[override]  # because the type stubs are older than WTForms 3.3
        """Return one choice as HTML."""
        chosen = {"selected": True} if choice.selected else {}
        inside = attributes(**{"value": choice.value, **(choice.render_kw or {}), **kwargs, **chosen})
        return Markup(f"<option {inside}>{escape(choice.label or choice.value)}</option>")  # noqa: S704 because all is escaped
