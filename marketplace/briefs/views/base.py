"""The blueprint that all pages about briefs belong to."""

from flask import Blueprint

blueprint = Blueprint("briefs", __name__)
