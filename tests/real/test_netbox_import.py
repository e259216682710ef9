"""A NetBox of yours imports our files through its own pages, and has what the plant has; then everything is taken back.

`RACKWRIGHT_NETBOX` is the command of its `manage.py`, such as
`/opt/netbox/venv/bin/python /opt/netbox/netbox/manage.py`; its database must have no device of these names.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support import rendered

from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec

SPECS = Path(__file__).parents[2] / "specs"
COMMAND = shlex.split(os.environ.get("RACKWRIGHT_NETBOX", ""))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not COMMAND, reason="set RACKWRIGHT_NETBOX to the command of a NetBox 4.6, see docs/backends/netbox.md"
    ),
]

COUNTS = ["dcim.device", "dcim.rack", "dcim.cable", "dcim.module", "dcim.powerfeed", "ipam.ipaddress", "ipam.asn"]

PAGES = {"rirs": "ipam", "asns": "ipam", "prefixes": "ipam", "ip-addresses": "ipam"}


def pages(files: dict[str, str]) -> list[tuple[str, str, str]]:
    """Where each file goes, in the order of import; types behind makers and platforms."""
    found = []
    for path, text in sorted(files.items()):
        if path.endswith(".csv") and text.count("\n") > 1:
            name = path.removesuffix(".csv")[3:].replace("power-cables", "cables")
            found.append((f"/{PAGES.get(name, 'dcim')}/{name}/import/", "csv", text))
    for kind in ("module-types", "device-types"):
        types = "".join(text for path, text in sorted(files.items()) if path.startswith(kind))
        if types:
            found.insert(
                2 if files["02-platforms.csv"].count("\n") > 1 else 1, (f"/dcim/{kind}/import/", "yaml", types)
            )
    return found


def imported(files: dict[str, str]) -> dict[str, Any]:
    """What NetBox says."""
    script = Path(__file__).with_name("netbox_import.py").read_text("utf-8")
    text = f"FILES = {pages(files)!r}\nCOUNTS = {COUNTS!r}\n" + script.replace(
        "from __future__ import annotations\n", ""
    )
    done = subprocess.run([*COMMAND, "shell", "--no-imports"], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("spec", ["lab_4x2", "lab_trunks"])
def test_netbox_has_what_the_plant_has(spec: str) -> None:
    result = compile_spec(str(SPECS / f"{spec}.rack"), {})
    plant = result.plant
    assert plant is not None
    made = rendered(result, "netbox", Request(named=True))
    files = {a.path.removeprefix("dcim/netbox/"): a.data.decode() for a in made}
    found = imported(files)
    assert found["refused"] == []
    assert found["broken"] == 0
    counts = found["counts"]
    assert counts["dcim.device"] == len(plant.devices) and counts["dcim.rack"] == len(plant.racks)
    assert counts["dcim.cable"] == len(plant.segments) + len(plant.feeds)
    assert counts["ipam.ipaddress"] == files["15-ip-addresses.csv"].count("\n") - 1
    assert counts["dcim.module"] == files["11-modules.csv"].count("\n") - 1


def test_netbox_refuses_a_planted_fault() -> None:
    result = compile_spec(str(SPECS / "lab_4x2.rack"), {})
    made = rendered(result, "netbox", Request(named=True))
    files = {a.path.removeprefix("dcim/netbox/"): a.data.decode() for a in made}
    files["18-cables.csv"] = files["18-cables.csv"].replace("swp9,", "swp99,", 1)
    (refused,) = imported(files)["refused"]
    assert "side termination not found" in refused
