"""Blueprint of all views of briefs."""

from flask import Blueprint

blueprint = Blueprint("briefs", __name__)
