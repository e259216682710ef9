"""Arista's own renderer (pyavd, of PyPI) writes the same switch: every line, in the same order.

No parser of EOS can be had, so this is the nearest thing to one: AVD's schema knows the values that each command takes,
and its templates the words, the order and the nesting. The facts come from the vendor-neutral model and the routing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from real.avd_structured import structured
from unit.eos_cases import CASES, made
from unit.fabrics import SPECS, built, rendered, routed

from rackwright.backends._kit.fleet import fleet, models
from rackwright.backends._kit.ports import names_for
from rackwright.backends.eos import Eos
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.network.addresses import dotted
from rackwright.compiler.plant import Plant

pyavd = pytest.importorskip("pyavd", reason="needs pyavd of PyPI")
pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]


def lines(text: str) -> list[str]:
    """Lines without the header comment and the closing `end`, which AVD leaves to the switch.

    AVD sorts neighbours by address, we keep the order of ports: their lines are compared in one order.
    """
    found = [line.rstrip() for line in text.splitlines()]
    found = found[1:] if found[0].startswith("! ") else found
    found = found[:-2] if found[-2:] == ["!", "end"] else found
    mine = [
        n for n, line in enumerate(found) if line.startswith("   neighbor ") and line.split()[1][0] in "0123456789f"
    ]
    for n, line in zip(mine, sorted(found[n] for n in mine), strict=True):
        found[n] = line
    return found


def written(data: dict[str, Any]) -> str:
    """What AVD makes of it, if its schema has no complaint."""
    result = pyavd.validate_structured_config(data).validation_result
    assert [str(v) for v in result.violations] == [] and list(result.ignored_eos_config_keys) == []
    text: str = pyavd.get_device_config(data)
    return text


def compare(design: Design, plant: Plant, request: Request, management: str, queues: str, step: int) -> None:
    routing = routed(design, plant)
    files = rendered(Eos(), design, plant, request)
    switches = list(models(fleet(design, plant, request, "eos"), names_for("eos")))
    assert len(files) == len(switches)
    names = [plant.devices.names[d] for d in routing.devices]
    for switch in switches[::step]:
        row = names.index(switch.name)
        assert (switch.asn, switch.loopback) == (int(routing.asn[row]), dotted(int(routing.loopback[row])))
        text = files[f"configs/eos/{switch.name}/startup-config"]
        assert lines(text) == lines(written(structured(switch, management, queues))), switch.name


@pytest.mark.parametrize(
    ("case", "queues"),
    [("plain", "uc_tx_queues"), ("everything", "uc_tx_queues"), ("numbered", ""), ("default", "tx_queues")],
)
def test_avd_writes_the_same(tmp_path: Path, case: str, queues: str) -> None:
    compare(*made(tmp_path, CASES[case]), Request(named=True), "Management1", queues, 1)


def test_avd_writes_the_same_chassis() -> None:
    design, plant = built(SPECS / "llama3_24k.rack")
    compare(design, plant, Request(), "Management0", "tx_queues", 29)


def test_avd_knows_the_values(tmp_path: Path) -> None:
    """AVD's schema can complain: it is asked about words that EOS does not have."""
    design, plant = made(tmp_path, CASES["plain"])
    (switch, *_) = models(fleet(design, plant, Request(named=True), "eos"), names_for("eos"))
    data = structured(switch, "Management1", "uc_tx_queues")
    data["ethernet_interfaces"][0]["speed"] = "800g"
    data["priority_flow_control"]["watchdog"]["action"] = "forward"
    result = pyavd.validate_structured_config(data).validation_result
    assert len(result.violations) == 2
