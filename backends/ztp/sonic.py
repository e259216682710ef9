"""SONiC: `ztp.json` of a switch. Source: github.com/sonic-net/SONiC, doc/ztp/ztp.md.

Sections run in the order of their names, each by the plugin of its name or by one that it fetches. The first makes sure
that the box is the one that was bound to this host; if it is not, nothing else happens.
"""

from __future__ import annotations

from typing import Any

import orjson

from .._kit.placeholders import serial
from .._kit.safe import folder
from .boxes import Box, Net
from .files import files, url

CHECK, ROUTING = "ztp/sonic/check-serial.sh", "ztp/sonic/install-frr.sh"
"""The plugins that are ours, one file for all switches."""


def document(box: Box, net: Net | None) -> bytes:
    """All sections of one switch."""
    mine = files(box)
    sections: dict[str, Any] = {
        "01-serial": _plugin(CHECK) | {"serial": serial(box.host), "halt-on-failure": True},
        "02-firmware": {
            "install": {"url": url(f"images/{mine.image}"), "set-default": True},
            "halt-on-failure": True,
            "reboot-on-success": True,
        },
    }
    if not box.own_tables:
        source = url(f"configs/sonic/{folder(box.host)}/frr.conf")
        sections["03-routing"] = _plugin(ROUTING) | {"source": source, "halt-on-failure": True}
    sections["04-configdb-json"] = {
        "url": {"source": url(mine.config), "destination": "/etc/sonic/config_db.json"},
        "halt-on-failure": True,
    }
    if net is not None and net.gateway:
        sections["05-connectivity-check"] = {"ping-hosts": [net.gateway]}
    return orjson.dumps({"ztp": sections}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _plugin(path: str) -> dict[str, Any]:
    name = path.rpartition("/")[2].removesuffix(".sh")
    return {"plugin": {"url": {"source": url(path), "destination": f"/var/run/ztp/plugins/{name}"}}}
