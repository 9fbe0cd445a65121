"""Blueprint of the pages about a project's hours and money."""

from flask import Blueprint

blueprint = Blueprint("finance", __name__)
RECORDS = (
    "everybody in the project records hours, and the leader may be any member; the use case checks the role"
)
