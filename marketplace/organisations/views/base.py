"""Blueprint of the pages about organisations."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("organisations", __name__)
Answer = str | Response | tuple[str, int]
