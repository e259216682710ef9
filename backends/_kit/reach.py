"""How long a cable can be at most, where the design does not say how long it is."""

from __future__ import annotations

import numpy as np

from ...compiler.design import Design
from ...compiler.expand.geometry import micrometres
from ...compiler.plant import Ints


def reaches(design: Design) -> Ints:
    """For each rule the reach of what its links are made with, in micrometres; -1 where it names nothing."""
    found = np.full(max(1, len(design.rules)), -1, dtype=np.int64)
    for rule in design.rules:
        if rule.medium == "link" and rule.using is not None:
            found[rule.index] = min(micrometres(design.media[name].attributes.reach) for name in rule.using)
    return found
