"""Scheduled fabrics: what every node is told of all others, computed once (`dsfNodes` of switch_config.thrift)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import orjson

from ...compiler.network.addresses import dotted
from ...compiler.network.dsf import INTERFACE, LEVEL_2, Scheduled
from ...compiler.plant import Ints, Plant
from .._kit.safe import one_line
from .agent import mac
from .platforms import (
    EDGE_CLUSTERS,
    FIRST_GLOBAL,
    LAST_SYSTEM_PORT,
    LOCAL_OFFSET,
    PLACES,
    SECOND_BLOCK,
    Box,
    Place,
)
from .slots import box
from .thrift import NodeType, Scheduling, Struct


@dataclass(frozen=True)
class Nodes:
    """A scheduled fabric in FBOSS's numbers. Rows are those of `fabric`."""

    plant: Plant
    fabric: Scheduled

    @cached_property
    def first(self) -> Ints:
        """First system port of each interface node, -1 for others: rack nodes, then edge nodes, over the capacity."""
        rows = self.fabric.interface
        blocks = np.array([self.place(row).block for row in rows.tolist()], dtype=np.int64)
        found = np.full(len(self.fabric.devices), -1, dtype=np.int64)
        found[rows] = FIRST_GLOBAL + np.cumsum(blocks) - blocks
        return found

    @property
    def overflow(self) -> int:
        """System ports that are too many; not above 0 if all fit.

        In two stages the second blocks bound it: of the last one, what its ports use.
        """
        row = int(self.fabric.interface[-1])
        last = int(self.first[row]) + self._last_used(row) - 1
        if self.fabric.stages == 2:
            # The second block must also begin after the first ones end.
            crossing = int(self.first[row]) + self.place(row).block - (FIRST_GLOBAL + SECOND_BLOCK)
            return max(last + SECOND_BLOCK - LAST_SYSTEM_PORT[2], crossing)
        return last - LAST_SYSTEM_PORT[1]

    def _last_used(self, row: int) -> int:
        """The highest place in the last block of a node that a port has."""
        place, numbers = self.place(row), [self.place(row).management]
        for array in self.plant.class_of(int(self.fabric.devices[row])).terminals["port"]:
            attributes = self.plant.design.elements[array.element].attributes
            numbers += getattr(attributes, "logical", {}).get(place.port_map, [])
        last = self.fabric.stages - 1
        return max((n % SECOND_BLOCK for n in numbers if n // SECOND_BLOCK == last and n >= 0), default=0)

    def place(self, row: int) -> Place:
        """What an interface node's port map is."""
        return PLACES[self.fabric.stages, bool(self.fabric.edge[row])]

    def box(self, row: int) -> Box:
        found = box(self.plant, self.plant.class_of(int(self.fabric.devices[row])))
        assert found is not None, "`accepts` refuses other platforms"
        return found

    def name(self, row: int) -> str:
        return one_line(self.plant.devices.names[int(self.fabric.devices[row])])

    def loopbacks(self, row: int) -> list[str]:
        """The loopback addresses of a node with their lengths, IPv6 first as FBOSS does."""
        address, pair = int(self.fabric.loopback[row]), self.fabric.pools.loopbacks6
        return ([f"{pair.text(address)}/128"] if pair else []) + [f"{dotted(address)}/32"]

    def ranges(self, row: int) -> Struct:
        """System ports of an interface node, a block or two."""
        first, block = int(self.first[row]), self.place(row).block
        starts = [first + SECOND_BLOCK * n for n in range(self.fabric.stages)]
        return {"systemPortRanges": [{"minimum": start, "maximum": start + block - 1} for start in starts]}

    def offset(self, row: int) -> int:
        """From the logical number of a global port to its system port."""
        return int(self.first[row]) - 1

    @cached_property
    def everyone(self) -> bytes:
        """`dsfNodes`, a line a node. It is long and the same on every switch, so it is written once."""
        lines = [b'      "%d": %s' % (key, orjson.dumps(node)) for key, node in sorted(self._all())]
        return b"{\n" + b",\n".join(lines) + b"\n    }"

    def _all(self) -> Iterator[tuple[int, Struct]]:
        fabric = self.fabric
        for row in range(len(fabric.devices)):
            first = int(fabric.switch_id[row])
            if fabric.level[row] == INTERFACE:
                yield first, self._interface(row, first)
                continue
            found = self.box(row)
            each = int(fabric.cores[row]) // len(found.chips)
            for chip in range(len(found.chips)):
                yield first + chip * each, self._fabric(row, first + chip * each)

    def _interface(self, row: int, switch_id: int) -> Struct:
        found, zone = self.box(row), int(self.fabric.zone[row])
        return {
            "name": self.name(row),
            "switchId": switch_id,
            "type": NodeType.INTERFACE,
            "loopbackIps": self.loopbacks(row),
            "nodeMac": mac(switch_id),
            "asicType": found.asic,
            "platformType": found.platform,
            "clusterId": zone + (EDGE_CLUSTERS if self.fabric.edge[row] and self.fabric.stages == 2 else 0),
            "localSystemPortOffset": LOCAL_OFFSET,
            "globalSystemPortOffset": self.offset(row),
            "systemPortRanges": self.ranges(row),
            "inbandPortId": self.place(row).inner[0].logical,
            "scheduling": Scheduling.INTERNAL,
        }

    def _fabric(self, row: int, switch_id: int) -> Struct:
        found, level = self.box(row), int(self.fabric.level[row])
        node: Struct = {
            "name": self.name(row),
            "switchId": switch_id,
            "type": NodeType.FABRIC,
            "loopbackIps": [],
            "asicType": found.asic,
            "platformType": found.platform,
        }
        if level < LEVEL_2:
            zone = int(self.fabric.zone[row])
            node["clusterId"] = zone + (EDGE_CLUSTERS if zone in self._edge_zones and self.fabric.stages == 2 else 0)
        return node | {"fabricLevel": level, "scheduling": Scheduling.INTERNAL}

    @cached_property
    def _edge_zones(self) -> frozenset[int]:
        """Zones of edge nodes alone."""
        fabric = self.fabric
        racks = set(fabric.zone[(fabric.level == INTERFACE) & ~fabric.edge].tolist())
        return frozenset(set(fabric.zone[fabric.edge].tolist()) - racks)
