"""Links that a part lays inside itself, where a device holds several such parts."""

from __future__ import annotations

from collections.abc import Callable

from unit.counts import plant_of

from rackwright.compiler.names import terminal_names
from rackwright.compiler.pipeline import Compilation

TEXT = """
part chip {
    serdes[2] : port { speed = 100 Gbps }
}

part board {
    peak_power = 100 W

    near : chip
    far  : chip

    link near.serdes[i] -> far.serdes[1 - i]
}

server tray {
    peak_power = 1 kW

    board[2, 3] : board
}

rack r {
    tray[2] : tray
}
"""


def test_every_board_of_every_tray(spec: Callable[..., Compilation]) -> None:
    plant = plant_of(spec(TEXT))
    links = plant.links
    found = set()
    for row in range(len(links)):
        names = []
        for device, number in ((links.a_device, links.a_terminal), (links.z_device, links.z_terminal)):
            cls = plant.class_of(int(device[row]))
            names.append((plant.devices.names[int(device[row])], terminal_names(plant, cls, "port")[int(number[row])]))
        found.add(tuple(names))
    assert found == {
        ((f"tray{t}", f"board{b}_{c}.near.serdes{i}"), (f"tray{t}", f"board{b}_{c}.far.serdes{1 - i}"))
        for t in range(2)
        for b in range(2)
        for c in range(3)
        for i in range(2)
    }
