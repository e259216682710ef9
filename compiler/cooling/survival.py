"""Whether an element keeps its cooling when something fails: the answer to `require survives(x, lose = 1 cdu)`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..instances import instance_column
from ..views.power_tree import cases
from .failover import Failures, Loss, Outcome, Strain, single_failures
from .model import Cooling


@dataclass(frozen=True)
class Failure:
    """What does not survive: an instance of the asked element, what is lost by its names, a load that has no coolant
    or (with `strain`) the first device inside, while something is over its limit."""

    instance: int
    lost: tuple[str, ...]
    device: int
    strain: Strain | None


def survives(found: Cooling, target: int, lose: tuple[int, ...], count: int) -> Failure | None:
    """The first failure of `count` of the `lose` elements that some instance of `target` does not survive.

    Which fail together: see `cases`. After a failure every load inside the target that had coolant must have some,
    and whatever then carries more, stands inside, supplies something inside, or is the air around it, must stay within
    its limits. Raises `TooManyCases`.
    """
    losses = (Loss(devices=np.flatnonzero(failed)) for failed in cases(found.plant, target, lose, count))
    return _first(found, target, ((loss, "") for loss in losses))


def survives_any(found: Cooling, target: int, kind: Literal["pipe", "loop", "module"]) -> Failure | None:
    """The first failure of any one pipe, loop or module that some instance of `target` does not survive."""
    lost = (single for single in single_failures(found) if single.kind == kind)
    return _first(found, target, ((single.loss, single.name) for single in lost))


def _first(found: Cooling, target: int, losses: Iterable[tuple[Loss, str]]) -> Failure | None:
    """The first loss that hurts. One without a name has those of its devices, in the instance that it hurts."""
    inside = instance_column(found.plant, target)
    failures = Failures(found)
    near_by = failures.above(inside >= 0)
    for loss, name in losses:
        outcome = failures.after(loss)
        bare = outcome.uncooled[inside[outcome.uncooled] >= 0]
        strain = _strained(found, target, near_by, outcome)
        if len(bare) or strain is not None:
            device = int(bare[0] if len(bare) else np.flatnonzero(inside >= 0)[0])
            near = loss.devices[inside[loss.devices] == inside[device]]
            names = [found.plant.devices.names[d] for d in (near if len(near) else loss.devices).tolist()]
            lost = (name,) if name else tuple(names)
            return Failure(int(inside[device]), lost, device, None if len(bare) else strain)
    return None


def _strained(
    found: Cooling, target: int, near_by: np.ndarray[tuple[int], np.dtype[np.bool_]], outcome: Outcome
) -> Strain | None:
    """The worst overload that matters to the target."""
    design = found.plant.design
    for strain in outcome.overloads:
        if strain.device >= 0 and near_by[strain.device]:
            return strain
        if strain.device < 0:
            above, own = ({e.index for e in design.chain(i)} for i in (target, strain.element))
            if strain.element in above or target in own:
                return strain
    return None
