"""Blueprint of the reporting pages."""

from flask import Blueprint

blueprint = Blueprint("reporting", __name__)
LEADER_ISSUES = "the project leader may be any member of the owner garden; the use case checks the role"
