"""What a spec leaves out is not checked, and one note says so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..schema.power import STANDBY
from .facts import Facts

_BEGINNINGS = ("utility", *STANDBY)
"""Feeders above which there is nothing: the grid, and what stands by."""


def left_out(facts: Facts) -> Iterator[Diagnostic]:
    """RW0006: the media without a statement, in one note."""
    media = {rule.medium for rule in facts.design.rules}
    names = [
        text
        for medium, text in (
            ("link", "the data links"),
            ("feed", "the power feeds"),
            ("pipe", "the coolant"),
            ("place", "the floor plan (so cable lengths are unknown)"),
        )
        if medium not in media
    ]
    away = np.flatnonzero(facts.plant.racks.row < 0)
    if "place" in media and len(away):
        such = f"such as {facts.plant.racks.names[int(away[0])]} (so lengths of cables to them are unknown)"
        names.append(f"the place of {len(away)} racks, {such}")
    if "feed" in media and _open_feeders(facts):
        names.insert(0, "the power feeds above " + ", ".join(_open_feeders(facts)))
    if names:
        yield diagnose("RW0006", None, detail="not in this spec: " + "; ".join(names))


def _open_feeders(facts: Facts) -> list[str]:
    """Names of members that feed others and that nothing feeds, but for those that begin a chain."""
    plant = facts.plant
    fed = np.bincount(plant.feeds.z_device, minlength=len(plant.devices)) > 0
    feeds = np.bincount(plant.feeds.a_device, minlength=len(plant.devices)) > 0
    found = []
    for cls in plant.classes:
        rows = slice(cls.first, cls.first + cls.count)
        element = plant.element_of(cls)
        if element.kind not in _BEGINNINGS and feeds[rows].any() and not fed[rows].any():
            found.append(element.name)
    return list(dict.fromkeys(found))
