"""The blueprint that all views of this package register on."""

from flask import Blueprint

from marketplace.sourcing.ranking.match_explanation import part_label

blueprint = Blueprint("sourcing", __name__)
blueprint.add_app_template_filter(part_label, "part_label")
