"""URL converter for ids: integers that fit the database column; a larger one is a 404."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from marketplace.core.identifiers import MAX_ID


class BoundedInteger(IntegerConverter):
    """Integer from 0 to the largest id."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": MAX_ID} | kwargs)
