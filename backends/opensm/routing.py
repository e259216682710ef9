"""Which of OpenSM's routing engines suits a subnet.

Source: opensm(8), "Fat-tree Routing Algorithm": with a list of roots the tree need not be pure; all hosts must be as
high in it, or hosts that compute must be named; if it cannot route so, the next engine in the list is tried. "UPDN
Routing Algorithm": free of deadlock in any fabric with roots, but less evenly spread.
"""

from __future__ import annotations

from enum import Enum

from ...compiler.network.subnet import Subnet
from ...compiler.plant import Plant


class Engine(Enum):
    """The value of TREE is that of `routing_engine`; the others leave it at OpenSM's default."""

    TREE = "ftree,updn"
    SINGLE = "single"
    UNKNOWN = "unknown"


def engine(plant: Plant, subnet: Subnet) -> Engine:
    """Fat tree where each link leads up or down; the default for a lone switch, where there is nothing to choose."""
    if not subnet.fabric.any():
        return Engine.SINGLE
    return Engine.TREE if subnet.is_tree(plant) else Engine.UNKNOWN
