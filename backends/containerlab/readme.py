"""What the folder's README says."""

from __future__ import annotations

from .._kit.safe import folder
from .kinds import SWITCHES
from .lab import Lab


def readme(lab: Lab) -> bytes:
    """Ten lines or so."""
    counts: dict[str, int] = {}
    for cls, devices in lab.classes():
        os = lab.os.get(cls.index, "server")
        counts[os] = counts.get(os, 0) + len(devices)
    nodes = ", ".join(f"{counts[os]:,} {os}" for os in sorted(counts))
    lab_name = folder(lab.design.name)
    lines = [
        f"# A lab of {lab_name}",
        "",
        f"- Nodes: {nodes}. Links: {int(lab.links.sum()):,}; {int(lab.cut.sum()):,} lead out and are left out.",
        "- Configurations are those for the real machines, in `../../configs`, mounted read-only.",
        "- Start: `containerlab deploy -t topology.clab.yml`.",
        "- Stop: `containerlab destroy -t topology.clab.yml --cleanup`.",
        *(_TOLD[os].format(lab=lab_name) for os in SWITCHES if os in counts),
        "- Other images: change `image` of a group at the top of the topology.",
        "",
    ]
    return "\n".join(lines).encode()


_TOLD = {
    "frr": "- It is up when `docker exec clab-{lab}-<switch> vtysh -c 'show bgp summary failed'` lists nobody.",
    "sonic": "- sonic: `docker-sonic-vs` of sonic-buildimage, with a start.sh that reads /var/sonic/config_db.json.",
    "eos": "- eos: Arista's cEOS-lab 4.28 or later, imported as `ceos:4.32.0F`. Fill in secrets (`%secret:…%`) before.",
}
"""What there is to say of a system."""
