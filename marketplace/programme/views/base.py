"""Blueprint of the programme's pages."""

from flask import Blueprint

blueprint = Blueprint("programme", __name__)
