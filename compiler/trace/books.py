"""What figures are looked up in; each is computed when first asked for, see `once`."""

from __future__ import annotations

from dataclasses import dataclass

from ..cabling.cables import Cables, cables
from ..cages import Plugged
from ..cooling import Cooling, cooling
from ..plant import Plant
from ..power.flow import Flow, flow
from ..power.loads import Loads, loads
from ..power.losses import Losses, losses


@dataclass(frozen=True)
class Books:
    """The columns of one plant that explanations rest on."""

    plant: Plant

    @property
    def cables(self) -> Cables:
        return cables(self.plant)

    @property
    def plugged(self) -> Plugged:
        return self.cables.seen

    @property
    def loads(self) -> Loads:
        return loads(self.plant)

    @property
    def flow(self) -> Flow:
        return flow(self.plant)

    @property
    def losses(self) -> Losses:
        return losses(self.plant)

    @property
    def cooling(self) -> Cooling:
        return cooling(self.plant)
