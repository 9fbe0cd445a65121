"""The blueprint that all views of this package register on."""

from flask import Blueprint

blueprint = Blueprint("sourcing", __name__)
