"""Which file a switch boots with, as its operating system's backend writes it."""

from __future__ import annotations

from .safe import folder

CONFIGS = {
    "eos": "startup-config",
    "sonic": "config_db.json",
    "frr": "frr.conf",
    "fboss": "agent.conf",
    "mlnx_os": "startup-config",
    "openconfig": "config.json",
}
"""The file of a folder `configs/<os>/<host>` by operating system."""


def config_file(os: str, host: str) -> str:
    """Where a switch's configuration is in the output; only its folder for a system that no backend of ours knows."""
    place = f"configs/{os}/{folder(host)}"
    return f"{place}/{CONFIGS[os]}" if os in CONFIGS else place
