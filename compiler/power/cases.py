"""What may fail, and what follows from it: the answers of `failover`, small and explicit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..plant import Ints

Lost = Literal["feed", "breaker", "feeder", "module"]
"""What is lost: one feed (a whip, a clip on a busbar), all feeds of one outlet behind a breaker, a whole feeder,
or one module of a feeder."""

Verdict = Literal["holds", "battery", "overload", "dark"]
"""The worst that follows, in rising order: others carry the load within their limits; something lives on stored
energy alone; something carries more than its limit; a load has no power."""


@dataclass(frozen=True)
class Overload:
    """Something that carries more than it may: `load` and `limit` in mW, or in mVA where `unit` is `VA`.

    `where` is the host name of a feeder, or of a device and its terminal; `rule` says what the limit follows from.
    """

    where: str
    load: int
    limit: int
    unit: Literal["W", "VA"]
    rule: str


@dataclass(frozen=True)
class Case:
    """All single failures of one kind that the design cannot tell apart, and what follows from one of them.

    `element` is the path of what is lost (of a feed `path -> path`), `instance` one of `alike` instances by its host
    names. `members` are the instances: devices, or rows of `Plant.feeds` (of a breaker the first feed behind it).
    What follows is of `instance`: `dark` and `stored` are devices without power and on stored energy, and their peak
    in mW. `ride_through_ms` is how long the first storage lasts at that load (0: the catalog does not say; -1: none
    is used). `generators` is the power in mW that generators give. `worst` is what comes nearest to its limit, or
    exceeds it most, of all that carries more than before; `overloads` are all that exceed it, worst first.
    """

    kind: Lost
    element: str
    instance: str
    members: Ints
    verdict: Verdict
    dark: Ints
    dark_power: int
    stored: Ints
    stored_power: int
    ride_through_ms: int
    generators: int
    worst: Overload | None
    overloads: tuple[Overload, ...]

    @property
    def alike(self) -> int:
        """How many instances it stands for."""
        return len(self.members)
