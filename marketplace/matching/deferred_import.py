"""Defer the import of a library's module until it is used."""

import importlib
import sys
from threading import Lock
from types import ModuleType
from typing import Any

_lock = Lock()


def defer_import(name: str) -> None:
    """Import a module on the first access to one of its attributes, though a library imports it in advance.

    `importlib.util.LazyLoader` is no alternative: on Python 3.11 the library's import statement loads the module.
    """
    if name in sys.modules:
        return
    placeholder = ModuleType(name)

    def load(attribute: str) -> Any:
        if attribute == "__file__":  # read from every loaded module by tools such as Hypothesis and inspect
            raise AttributeError(attribute)
        with _lock:
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    vars(placeholder)["__getattr__"] = load
    sys.modules[name] = placeholder
