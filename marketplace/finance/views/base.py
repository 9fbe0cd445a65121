"""Blueprint of the finance pages."""

from flask import Blueprint

blueprint = Blueprint("finance", __name__)
