"""Public help pages of the procurement guide."""

from dataclasses import dataclass

from flask import render_template

from marketplace.briefs.guide.help_pages import PRICED_TOPIC, help_topic, help_topics
from marketplace.briefs.hooks import help_panels
from marketplace.briefs.views.base import blueprint
from marketplace.core import taxonomy
from marketplace.core.errors import or_404
from marketplace.core.hooks import build_panels
from marketplace.core.taxonomy import Group, PriceBand, Service
from marketplace.web import access
from marketplace.web.response import ViewResponse


@dataclass(frozen=True, slots=True)
class PricedGroup:
    """A group of services with the rough prices of those that have any."""

    group: Group
    rows: list[tuple[Service, PriceBand]]


@blueprint.get("/guide")
@access.public
def help_index() -> ViewResponse:
    """List the help pages of the guide."""
    return render_template("briefs/help_index.html", topics=help_topics())


@blueprint.get("/guide/<topic_code>")
@access.public
def help_page(topic_code: str) -> ViewResponse:
    """Show the help about one topic of the guide."""
    shown = or_404(help_topic(topic_code))
    topics = help_topics()
    index = topics.index(shown)
    return render_template(
        "briefs/help.html",
        shown=shown,
        number=index + 1,
        total=len(topics),
        following=topics[index + 1] if index + 1 < len(topics) else None,
        examples=[question for question in shown.topic.questions if question.weak] if shown.topic else [],
        panels=build_panels(help_panels, shown.code),
        prices=_prices() if shown.code == PRICED_TOPIC else [],
    )


def _prices() -> list[PricedGroup]:
    groups = [
        PricedGroup(
            group,
            [(one, band) for one in group.services if (band := taxonomy.price_band(one.code)) is not None],
        )
        for group in taxonomy.groups()
    ]
    return [one for one in groups if one.rows]
