"""Blueprint of the programme's pages."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("programme", __name__)
Answer = str | Response | tuple[str, int]
LEADER_WRITES = "the project leader may be any member of the owner garden; the use case checks the role"
