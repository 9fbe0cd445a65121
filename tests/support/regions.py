"""Other regions in a test: an installation has one region, which is cached throughout the process."""

import contextlib
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

from marketplace.core import i18n
from marketplace.core.cache import BoundedCache
from marketplace.core.region import Region, current_region, default_region, use_region

REGION_FILES = Path(__file__).parents[1] / "data" / "regions"


@contextlib.contextmanager
def region_in_use(region: Region) -> Iterator[Region]:
    """Use a region inside the block, as a process of its own would."""
    restore_default_region()
    use_region(region)
    i18n.use_default_locale(region.languages[0])
    _clear_caches()
    try:
        yield region
    finally:
        restore_default_region()


def restore_default_region() -> None:
    """Use the default region, if an application or a command of this process has used another."""
    i18n.use_default_locale(i18n.DEFAULT_LOCALE)
    if current_region() != default_region():
        use_region(None)
        _clear_caches()


def _clear_caches() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("marketplace."):
            for value in list(vars(module).values()):
                if isinstance(value, BoundedCache):
                    value.clear()
                elif isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
