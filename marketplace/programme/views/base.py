"""Blueprint of the programme's pages."""

from flask import Blueprint

blueprint = Blueprint("programme", __name__)
LEADER_WRITES = "the project leader may be any member of the owner garden; the use case checks the role"
