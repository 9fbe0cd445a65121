"""The blueprint that all views of this feature hang on."""

from flask import Blueprint

blueprint = Blueprint("sourcing", __name__)
