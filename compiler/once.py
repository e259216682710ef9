"""What follows from a plant, computed once for it.

Checks and backends ask for the same columns: loads, flows, budgets. Each is a function of the plant alone, or of the
plant and a few values; the first who asks has it computed, and it is kept with the plant, as its cached properties are.
So no module needs to hand results to another, and the plant need not know what is made from it. Workers are forked with
what was known by then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from .plant import Plant

P = ParamSpec("P")
T = TypeVar("T")


def once(compute: Callable[Concatenate[Plant, P], T]) -> Callable[Concatenate[Plant, P], T]:
    """The same function, which computes its value for a plant (and hashable values) only the first time.

    The value must not be changed.
    """

    @wraps(compute)
    def known(plant: Plant, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (compute, *args, *kwargs.items())
        if key not in plant.known:
            plant.known[key] = compute(plant, *args, **kwargs)
        found: T = plant.known[key]
        return found

    return known
