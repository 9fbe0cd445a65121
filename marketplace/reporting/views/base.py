"""Blueprint of the reporting pages."""

from flask import Blueprint

blueprint = Blueprint("reporting", __name__)
