"""Ids in addresses: whole numbers that every database can hold; a larger one is a page that does not exist."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class BoundedInteger(IntegerConverter):
    """A whole number from 0 to the largest id."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_ID} | kwargs)
