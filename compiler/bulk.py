"""The one place where the cyclic garbage collector is turned off."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bulk() -> Iterator[None]:
    """Around work that makes very many objects and no cycles.

    The collector walks all live objects each time enough new ones were made; with a design and a plant in memory that
    is a third of the time of a large run and frees nothing. In a worker it would also touch, and so copy, the
    pages shared with the parent.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
