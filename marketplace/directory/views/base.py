"""Blueprint of the directory pages."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("directory", __name__)
Answer = str | Response | tuple[str, int]
