"""The Clos of `clos.rack` with everything that a network can ask of an EOS switch, in several ways."""

from __future__ import annotations

from pathlib import Path

from unit.fabrics import CLOS, built

from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant

Edits = tuple[tuple[str, str], ...]

_ROUTING = "routing = ebgp { unnumbered = true, bfd = true, base_asn = 4200000000 }"
_POOLS = 'pools   { loopback = "10.0.0.0/24", host = "10.128.0.0/16" }'
_ROCE = "roce    { priority = 3, dscp = 26, ecn = 1 MB .. 2 MB at 5 % }"
_HWSKU = 'hwsku      = "Test-8"'

_SERVICES = """
    management {
        domain = "lab.example.net"
        dns    = ["192.0.2.53", "2001:db8::53"]
        ntp    = ["192.0.2.123", "time.example.net"]
        syslog = ["192.0.2.14"]
        gnmi   = 50051
        users  = ["netops", "backup"]
        sflow  { collector = "192.0.2.6", rate = 4096 }
    }"""

SIX = 'loopback6 = "fd00:0:0:1::/64", host6 = "fd00:0:0:2::/64"'

EVERYTHING: Edits = (
    (
        _ROUTING,
        """routing = ebgp {
        unnumbered = true, base_asn = 4200000000, asn_plan = per_tier, keepalive = 1 s
        bfd = true, bfd_interval = 150 ms
        communities { loopback = "65000:1", host = "65000:100" }
    }""",
    ),
    (_POOLS, _POOLS.replace("}", f', {SIX}, management = "172.16.0.0/24" }}') + _SERVICES),
    (
        _ROCE,
        """roce    {
        priority = 3, dscp = [26, 27], weight = 40, ecn = 1 MB .. 2 MB at 5 %, load_balance = dynamic
        classes {
            storage { dscp = [10, 12], priority = 4, weight = 30, lossless = true, ecn = 500 kB .. 1 MB at 10 % }
            cnp { dscp = 46, priority = 5, strict = true }
        }
        watchdog { detect = 255 ms, restore = 1 s }
    }""",
    ),
    (_HWSKU, f'{_HWSKU}\n    asic       = "Tomahawk 5"\n    load_balance = [dynamic]'),
)
"""Unnumbered sessions of both families, shared AS numbers, three more classes, all services."""

NUMBERED: Edits = (
    (_ROUTING, _ROUTING.replace("true, bfd", "false, bfd").replace("}", ", aggregate = false }")),
    (_POOLS, _POOLS.replace("}", f', {SIX}, fabric = "10.64.0.0/20", fabric6 = "fd00:0:0:3::/64" }}')),
    (_ROCE, ""),
)
"""Addresses of both families on every link, host links told one by one, nothing lossless."""

DEFAULT: Edits = (
    (_ROUTING, _ROUTING.replace("}", ", downward = default }")),
    (_ROCE, _ROCE.replace("}", ", load_balance = qp }")),
    (_HWSKU, f'{_HWSKU}\n    asic       = "Jericho3-AI"\n    load_balance = [qp]'),
)
"""A default route for those below, and queue pairs in the hash."""

CASES: dict[str, Edits] = {"plain": (), "everything": EVERYTHING, "numbered": NUMBERED, "default": DEFAULT}


def made(folder: Path, edits: Edits) -> tuple[Design, Plant]:
    """The Clos with pieces of its text replaced; each must be there."""
    text = CLOS.read_text("utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "clos.rack"
    path.write_text(text, "utf-8")
    return built(path)
