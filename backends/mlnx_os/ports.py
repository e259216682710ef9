"""What the ports of a switch lead to, in the words of MLNX-OS.

Source: NVIDIA MLNX-OS User Manual, page "InfiniBand Interface": on Quantum-2 a port is `ib <ASIC>/<cage>/<port>`, two
ports a cage, `1/1/1` to `1/32/2` on a QM9700; `show interfaces ib` prints them as `IB1/1/1`. The same ports with a
`description` each: github.com/dell/omnia, network/infiniband_ndr_input.yml.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ...compiler.names import cable_namer, terminal_names
from ...compiler.plant import Plant
from .._kit.ports import NameGiver, Port, front

PORT_NAME = re.compile(r"IB(\d+(?:/\d+){1,2})")
"""A port as MLNX-OS prints it; the group is what its commands take."""

LANES = 4
"""Lanes of an InfiniBand port that is not split: 4X, and 400 Gbps at NDR."""

LONGEST = 40
"""Longest description in bytes. Assumed: the manuals of Onyx, which shares this command line, say so for Ethernet."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._/:-]")
"""All that is not safe in one word: a description is not quoted, and `?` would ask for help."""


class PortLine(NamedTuple):
    """A port with a cable: what `interface ib` takes, and its description."""

    place: str
    description: str


class Front:
    """The ports of switches, with what is looked up for all of them made once.

    `give` names the ports of these switches, `far` those at the other ends of their links.
    """

    def __init__(self, plant: Plant, give: NameGiver, far: NameGiver) -> None:
        self._plant = plant
        self._give = give
        labels = [terminal_names(plant, c, "port") for c in plant.classes]
        self._far = [
            [name or label for name, label in zip(far(plant, c) or own, own, strict=True)]
            for c, own in zip(plant.classes, labels, strict=True)
        ]
        # No column: `accepts` asks for this too, and what uses polars there cannot be forked afterwards.
        self._cable = cable_namer(plant)
        self._fronts: dict[int, dict[int, Port]] = {}

    def ports(self, device: int) -> list[PortLine]:
        """The ports of a switch that have a cable, in order. What names itself too long is known by its cable alone."""
        return [
            PortLine(place, text if len(text) <= LONGEST else word(f"cable:{cable}"))
            for place, text, cable in self.described(device)
        ]

    def described(self, device: int) -> list[tuple[str, str, str]]:
        """Place, far end in full, and cable of each port with a cable."""
        plant, ends = self._plant, self._plant.ends
        own = self._front(int(plant.devices.cls[device]))
        span = slice(int(ends.start[device]), int(ends.start[device + 1]))
        rows = zip(
            ends.port[span].tolist(),
            ends.peer_device[span].tolist(),
            ends.peer_port[span].tolist(),
            ends.link[span].tolist(),
            strict=True,
        )
        found = []
        for number, peer, peer_port, link in rows:
            name = own[number].name if number in own else ""
            if match := PORT_NAME.fullmatch(name):
                far = self._far[int(plant.devices.cls[peer])][peer_port]
                cable = self._cable(link)
                found.append((match[1], word(f"{plant.devices.names[peer]}:{far}:{cable}"), cable))
        return found

    def _front(self, cls: int) -> dict[int, Port]:
        if cls not in self._fronts:
            self._fronts[cls] = {port.number: port for port in front(self._plant, self._plant.classes[cls], self._give)}
        return self._fronts[cls]


def word(text: str) -> str:
    """Text as one word that MLNX-OS takes without quotes."""
    return _UNSAFE.sub("_", text)
