"""Blueprint of mandates and confirmations."""

from flask import Blueprint

blueprint = Blueprint("mandates", __name__)
