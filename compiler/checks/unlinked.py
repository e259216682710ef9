"""Boxes with ports that no link reaches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from .facts import Facts


def unlinked(facts: Facts) -> Iterator[Diagnostic]:
    """RW4002: servers and switches without any link, in a spec that has links; once a class."""
    plant = facts.plant
    if not len(plant.links):
        return
    linked = np.diff(plant.ends.start) > 0
    for cls in plant.classes_of_kind("server", "switch"):
        bare = np.flatnonzero(~linked[cls.first : cls.first + cls.count])
        if cls.terminal_count("port") and len(bare):
            name = plant.devices.names[cls.first + int(bare[0])]
            yield diagnose(
                "RW4002",
                plant.element_of(cls).origin,
                "has ports and no link",
                detail=f"{len(bare)} of {cls.count}, such as {name}",
                help="link it, or leave it out",
            )
