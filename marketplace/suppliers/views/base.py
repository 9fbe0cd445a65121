"""Blueprint of the pages where a supplier edits its profile."""

from flask import Blueprint

blueprint = Blueprint("suppliers", __name__)
