"""Pages about offers: writing one, comparing them, choosing, and what comes after."""

from flask import Blueprint

blueprint = Blueprint("proposals", __name__)

from marketplace.proposals.views import (  # noqa: E402, F401 because the pages add themselves to the blueprint above
    breaking_glass,
    comparing,
    deciding,
    delivering,
    earlier,
    letters,
    writing,
)
