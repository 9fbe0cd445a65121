"""Escaping in templates: the same text as Jinja's own, for every kind of value."""

import pytest
from flask import Flask
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from marketplace.core.i18n import lazy_gettext as _l


@pytest.mark.parametrize("value", ['<b a="1">&\'</b>', Markup("<b>&amp;</b>"), 12, None, _l("<Save>")])
def test_template_escapes_value_as_markupsafe_does(app: Flask, value: object) -> None:
    source = "{{ value }}{% macro box(text) %}<p>{{ text }}</p>{% endmacro %}{{ box(value) }}{% set s %}{{ value }}{% endset %}{{ s }}"
    text = escape(value)
    assert app.jinja_env.from_string(source).render(value=value) == f"{text}<p>{text}</p>{text}"


def test_template_refuses_undefined_value(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        app.jinja_env.from_string("{{ nothing }}").render()
