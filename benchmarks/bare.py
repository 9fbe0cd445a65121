"""A bare Flask page: what any page costs before it does anything."""

from flask import Flask, render_template_string

app = Flask(__name__)
PAGE = "<!doctype html><html lang=nb><title>Hei</title><h1>Hei, {{ name }}</h1></html>"


@app.get("/")
def hello() -> str:
    """Say hello."""
    return render_template_string(PAGE, name="verden")
