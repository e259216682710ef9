"""What may stand in units of a rack that are kept for something."""

from __future__ import annotations

from ..schema import COOLERS, FEEDERS, PASSIVE

PURPOSES: dict[str, tuple[str, ...]] = {
    "power": FEEDERS,
    "network": ("switch", *PASSIVE),
    "cooling": COOLERS,
    "compute": ("server", "accelerator", "cpu", "nic"),
    "free": (),
}
"""Kinds for each zone."""


def may_stand(kind: str, zone: str) -> bool:
    """Whether a device of a kind may stand in a zone. A bare `part` does not say what it is for: it may stand in any
    but a `free` one."""
    return kind in PURPOSES[zone] or (kind == "part" and zone != "free")
