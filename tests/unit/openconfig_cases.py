"""The Clos of `clos.rack` as OpenConfig switches with everything that a network can ask, in several ways."""

from __future__ import annotations

from pathlib import Path

from unit import eos_cases
from unit.fabrics import CLOS, built

from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant

Edits = tuple[tuple[str, str], ...]

OWN: Edits = (
    ("    os = eos\n", "    os = openconfig\n"),
    (
        'eos = "Ethernet{eth + 1}/1" }',
        'openconfig = "Ethernet{eth + 1}/1", component = "Ethernet{eth + 1}-Port" }',
    ),
    (
        'eos = "Ethernet{eth + 1}/{4*lane + 1}"',
        'openconfig = "Ethernet{eth + 1}/{4*lane + 1}", component = "Ethernet{eth + 1}-Port"',
    ),
    (
        "    split eth[6..7]",
        "    mgmt : port {\n        speed = 1 Gbps, management = true\n"
        '        names { openconfig = "Management1" }\n    }\n    split eth[6..7]',
    ),
)
"""Names of its own, one for the management port, and those of the cages' components."""

FULL: Edits = (
    *OWN,
    *eos_cases.EVERYTHING[1:],
    (
        "routing = ebgp { unnumbered = true, bfd = true, base_asn = 4200000000 }",
        "routing = ebgp { unnumbered = false, bfd = true, bfd_interval = 150 ms, base_asn = 4200000000, "
        "asn_plan = per_tier }",
    ),
    (eos_cases.SIX, f'{eos_cases.SIX}, fabric = "10.64.0.0/20", fabric6 = "fd00:0:0:3::/64"'),
)
"""Addresses of both families, shared AS numbers, four classes, all services."""

CASES: dict[str, Edits] = {"own": OWN, "full": FULL} | {f"eos {name}": edits for name, edits in eos_cases.CASES.items()}


def made(folder: Path, name: str) -> tuple[Design, Plant]:
    """One of the cases."""
    text = CLOS.read_text("utf-8")
    for old, new in CASES[name]:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "clos.rack"
    path.write_text(text, "utf-8")
    return built(path)
