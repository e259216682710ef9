"""What figures are looked up in, each computed once and only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..cabling.cables import Cables, cables
from ..cages import Plugged
from ..cooling import Cooling, cooling_of
from ..plant import Plant
from ..power.flow import Flow, flow
from ..power.loads import Loads, loads
from ..power.losses import Losses, losses


@dataclass(frozen=True)
class Books:
    """The columns of one plant that explanations rest on."""

    plant: Plant

    @cached_property
    def cables(self) -> Cables:
        return cables(self.plant)

    @property
    def plugged(self) -> Plugged:
        return self.cables.seen

    @cached_property
    def loads(self) -> Loads:
        return loads(self.plant)

    @cached_property
    def flow(self) -> Flow:
        return flow(self.plant)

    @cached_property
    def losses(self) -> Losses:
        return losses(self.plant)

    @cached_property
    def cooling(self) -> Cooling:
        return cooling_of(self.plant, self.flow)
