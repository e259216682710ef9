"""What follows from a plant, computed once for it.

Checks and backends ask for the same columns: loads, flows, budgets. Each is a function of the plant alone; the first
who asks has it computed, and it is kept with the plant, as its cached properties are. So no module needs to hand
results to another, and the plant need not know what is made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from .plant import Plant

T = TypeVar("T")


def once(compute: Callable[[Plant], T]) -> Callable[[Plant], T]:
    """The same function, which computes its value for a plant only the first time. The value must not be changed."""

    @wraps(compute)
    def known(plant: Plant) -> T:
        if compute not in plant.known:
            plant.known[compute] = compute(plant)
        found: T = plant.known[compute]
        return found

    return known
