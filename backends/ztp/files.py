"""Which file of which backend a switch boots with, where the servers keep it, and what provisions it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from .._kit.config_files import config_file
from .._kit.placeholders import image, server
from .._kit.safe import folder
from .boxes import Box

Way = Literal["eos", "sonic", "linux"]

WAYS: dict[str, Way] = {"eos": "eos", "sonic": "sonic", "frr": "linux"}
"""How systems provision themselves. EOS runs a script (EOS User Manual, "Zero Touch Provisioning"), SONiC does what a
`ztp.json` says (github.com/sonic-net/SONiC, doc/ztp/ztp.md), Linux runs cloud-init (its documentation, "NoCloud")."""

ENTRIES: dict[Way, str] = {"eos": "{}.sh", "sonic": "{}.json", "linux": "{}/user-data"}
"""What provisions a device, below `ztp/<os>/`. cloud-init fetches several files of fixed names from one place."""


class Files(NamedTuple):
    """Paths in the output, with `/`; empty where there is none. `image` is its system's file name, a placeholder."""

    config: str
    entry: str
    image: str


def files(box: Box) -> Files:
    """The files of a switch."""
    way = WAYS.get(box.os)
    entry = f"ztp/{box.os}/{ENTRIES[way].format(folder(box.host))}" if way is not None else ""
    if not box.os:
        return Files("", "", "")
    return Files(config_file(box.os, box.host), entry, image(box.os, folder(box.platform) if box.platform else ""))


def url(path: str) -> str:
    """Where a switch fetches a path of the output from: the server has the output as its root."""
    return f"http://{server('ztp')}/{path}"
