"""Values and calls in templates give the same text as in Jinja's own environment."""

import pytest
from flask import Flask
from jinja2 import UndefinedError, pass_context
from jinja2.runtime import Context
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


def test_template_function_gets_the_context_that_it_asks_for(app: Flask) -> None:
    @pass_context
    def name_of(context: Context) -> str:
        return str(context["name"])

    source = "{% macro box(text) %}{{ caller() }}{{ text }}{% endmacro %}{% for one in 'ab' %}{% call box(name_of()) %}{{ plain(one) }}{% endcall %}{% endfor %}"
    html = app.jinja_env.from_string(source).render(
        name="<n>", name_of=name_of, plain=lambda text: f"<{text}>"
    )
    assert html == "&lt;a&gt;&lt;n&gt;&lt;b&gt;&lt;n&gt;"
