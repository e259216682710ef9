"""Whether an element keeps its cooling when coolers fail: the answer to `require survives(x, lose = 1 cdu)`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..instances import instance_column
from ..plant import Ints
from ..views.power_tree import cases
from .failover import Failures, Loss, Strain
from .model import Cooling


@dataclass(frozen=True)
class Failure:
    """What does not survive: an instance of the asked element, the failed devices, a load that has no coolant or
    (with `strain`) the first device inside, while something is over its limit."""

    instance: int
    failed: Ints
    device: int
    strain: Strain | None


def survives(found: Cooling, target: int, lose: tuple[int, ...], count: int) -> Failure | None:
    """The first failure of `count` of the `lose` elements that some instance of `target` does not survive.

    Which fail together: see `cases`. After a failure every load inside the target that had coolant must have some,
    and whatever then carries more, stands inside, supplies something inside, or is the air around it, must stay within
    its limits. Raises `TooManyCases`.
    """
    design = found.plant.design
    inside = instance_column(found.plant, target)
    failures = Failures(found)
    near_by = failures.above(inside >= 0)

    def matters(strain: Strain) -> bool:
        if strain.device >= 0:
            return bool(near_by[strain.device])
        chains = ({e.index for e in design.chain(i)} for i in (strain.element, target))
        return any(other in chain for chain, other in zip(chains, (target, strain.element), strict=True))

    for failed in cases(found.plant, target, lose, count):
        devices = np.flatnonzero(failed)
        outcome = failures.after(Loss(devices=devices))
        bare = outcome.uncooled[inside[outcome.uncooled] >= 0]
        strain = next((s for s in outcome.overloads if matters(s)), None)
        if not len(bare) and strain is None:
            continue
        device = int(bare[0] if len(bare) else np.flatnonzero(inside >= 0)[0])
        near = devices[inside[devices] == inside[device]]
        return Failure(int(inside[device]), near if len(near) else devices, device, None if len(bare) else strain)
    return None
