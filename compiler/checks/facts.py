"""What the checks look at: the plant and what is computed from it, each thing once and only when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..cages import Plugged, plugged
from ..cooling import Cooling, cooling
from ..design import Design, Rule
from ..plant import Ints, Plant, Relations
from ..power.currents import Currents, currents
from ..power.flow import Flow, Pools, flow, pools
from ..power.loads import Loads, loads
from ..power.supply import effective_supply
from ..space import Elevations, FloorPlan, Weights, elevations, floor_plan, weights
from ..space.elevation import heights


@dataclass(frozen=True)
class Facts:
    """A plant and the columns that follow from it."""

    design: Design
    plant: Plant

    @cached_property
    def loads(self) -> Loads:
        """Load of every device."""
        return loads(self.plant)

    @cached_property
    def flow(self) -> Flow:
        """Flow through every feed."""
        return flow(self.plant)

    @cached_property
    def currents(self) -> Currents:
        """Apparent power through every feed."""
        return currents(self.plant, self.flow)

    @cached_property
    def pools(self) -> Pools:
        """Feeders in parallel."""
        return pools(self.plant)

    @cached_property
    def supply(self) -> Ints:
        """Effective supply of every device."""
        return effective_supply(self.plant, self.pools)

    @cached_property
    def cooling(self) -> Cooling:
        """Heat of every device and where it goes."""
        return cooling(self.plant)

    @cached_property
    def plugged(self) -> Plugged:
        """What is plugged in at every end of every link."""
        return plugged(self.plant)

    @cached_property
    def heights(self) -> Ints:
        """Height of every device."""
        return heights(self.plant)

    @cached_property
    def elevations(self) -> Elevations:
        """What stands in every rack."""
        return elevations(self.plant)

    @cached_property
    def floor_plan(self) -> FloorPlan:
        """Where every rack stands."""
        return floor_plan(self.plant)

    @cached_property
    def weights(self) -> Weights:
        """What every rack weighs."""
        return weights(self.plant, self.floor_plan)

    def relations(self, medium: str) -> Relations:
        """Columns of a medium by its word."""
        return {"link": self.plant.links, "feed": self.plant.feeds, "pipe": self.plant.pipes}[medium]

    def rules(self, medium: str) -> tuple[tuple[Rule, slice], ...]:
        """Rules of a medium that join something, with their rows (which stand together)."""
        column = self.relations(medium).rule
        found = []
        for rule in self.design.rules:
            if rule.medium == medium:
                low, high = np.searchsorted(column, [rule.index, rule.index + 1])
                if high > low:
                    found.append((rule, slice(int(low), int(high))))
        return tuple(found)
