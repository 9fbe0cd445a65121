"""Bare Flask application: the baseline cost of any page."""

from flask import Flask, render_template_string

app = Flask(__name__)
PAGE = "<!doctype html><html lang=nb><title>Hei</title><h1>Hei, {{ name }}</h1></html>"


@app.get("/")
def hello() -> str:
    """Return a minimal page."""
    return render_template_string(PAGE, name="verden")
