"""Linux with FRR: cloud-init's user data of a switch. Source: cloud-init's documentation, "NoCloud" and "Cloud config".

A cloud-config is YAML, of which JSON is a part.
"""

from __future__ import annotations

import orjson

from .._kit.placeholders import serial
from .._kit.safe import folder
from .boxes import Box
from .files import url

SCRIPT = "/run/check-serial.sh"

PLACES = {
    "daemons": "/etc/frr/daemons",
    "frr.conf": "/etc/frr/frr.conf",
    "interfaces": "/etc/network/interfaces",
    "sysctl.conf": "/etc/sysctl.d/90-fabric.conf",
}
"""Where the files of a switch go; Debian's places."""

CHECK = "ztp/frr/check-serial.sh"
"""The script that makes sure of the box, one file for all switches."""


def user_data(box: Box) -> bytes:
    """What cloud-init does at the first boot: the first command ends it if the box is another one."""
    place = f"configs/frr/{folder(box.host)}"
    fetch = ["curl", "-fsS", "--retry", "5", "-o"]
    document = {
        "hostname": box.host,
        "packages": ["curl", "frr", "ifupdown2"],
        "runcmd": [
            # Commands of cloud-init go on after one that failed, so the first ends their script itself.
            ["sh", "-c", f"{' '.join(fetch)} {SCRIPT} {url(CHECK)} && sh {SCRIPT} {serial(box.host)} || kill $PPID"],
            *([*fetch, where, url(f"{place}/{name}")] for name, where in PLACES.items()),
            ["chown", "frr:frr", PLACES["daemons"], PLACES["frr.conf"]],
            ["sysctl", "--system"],
            ["ifreload", "-a"],
            ["systemctl", "enable", "frr"],
            ["systemctl", "restart", "frr"],
        ],
    }
    return b"#cloud-config\n" + orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def meta_data(box: Box) -> bytes:
    """What cloud-init has to know before: a new instance runs the first boot again."""
    document = {"instance-id": box.host, "local-hostname": box.host}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
