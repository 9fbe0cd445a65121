"""Blueprint of the strategy's pages."""

from flask import Blueprint

blueprint = Blueprint("strategy", __name__)
