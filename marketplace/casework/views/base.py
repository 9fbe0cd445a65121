"""Blueprint of the casework pages."""

from flask import Blueprint

blueprint = Blueprint("casework", __name__)
