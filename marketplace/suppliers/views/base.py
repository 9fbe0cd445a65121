"""Blueprint of the pages where a supplier edits its profile."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("suppliers", __name__)
Answer = str | Response | tuple[str, int]
