"""Blueprint of the directory pages."""

from flask import Blueprint

blueprint = Blueprint("directory", __name__)
