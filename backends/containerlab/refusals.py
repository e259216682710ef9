"""What a lab cannot be, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.safe import is_host_name
from .kinds import MOST_NODES, RESERVED, SWITCHES
from .lab import Lab, places


def refusals(lab: Lab) -> Iterator[Diagnostic]:
    """RW8265 to RW8270 and RW8003."""
    yield from _without_container(lab)
    count, root = int(lab.nodes.sum()), lab.design.elements[0].origin
    if not any(cls.index in lab.os for cls, _ in lab.classes()):
        yield _nothing(lab)
        return
    if count > MOST_NODES:
        yield diagnose(
            "RW8265",
            root,
            detail=f"{count:,} nodes; a lab has at most {MOST_NODES:,}",
            help=f"name a part of the design, such as --subset {_example(lab)}",
        )
    yield from _bad_names(lab)
    yield from _without_lanes(lab)
    lost = int(lab.cut.sum())
    if lost:
        links, row = lab.plant.links, int(np.argmax(lab.cut))
        ends = [int(links.a_device[row]), int(links.z_device[row])]
        inner, outer = ends if lab.nodes[ends[0]] else ends[::-1]
        names = lab.plant.devices.names
        many = f"{lost:,} link{'' if lost == 1 else 's'}"
        yield diagnose("RW8266", root, detail=f"{many}, such as that from {names[inner]} to {names[outer]}")


def _nothing(lab: Lab) -> Diagnostic:
    """RW8268: FRR stands in for other systems, not for a switch that is not there or that no network configures."""
    part = "" if lab.wanted.all() else " in this part of the design"
    if (lab.routed & lab.wanted).any():
        detail = f"no switch of a routed network has an operating system that runs in a container{part}"
        help = f"these do: {', '.join(SWITCHES)}; `--only containerlab,frr` runs FRR in place of all of them"
    else:
        detail = f"there is no switch of a routed network{part}"
        help = "a lab needs switches of a network with `routing = ebgp`"
        help += f"; name a part with some, such as --subset {_example(lab)}" if part and lab.routed.any() else ""
    return diagnose("RW8268", lab.design.elements[0].origin, detail=detail, help=help)


def _example(lab: Lab) -> str:
    """A path that names some of the design."""
    arrays = [e for e in lab.design.children(0) if e.role == "assembly" and e.dims]
    largest = max(arrays, key=lambda e: (len(list(lab.design.children(e.index))), e.name), default=None)
    return '"pod[0]"' if largest is None else f'"{largest.name}[{", ".join("0" for _ in largest.dims)}]"'


def _without_container(lab: Lab) -> Iterator[Diagnostic]:
    """RW8267 for every class of switches that were asked for and run in no container."""
    plant = lab.plant
    for cls in plant.classes_of_kind("switch"):
        own = slice(cls.first, cls.first + cls.count)
        missing = lab.wanted[own] & ~lab.nodes[own]
        if not missing.any():
            continue
        element = plant.element_of(cls)
        name = plant.devices.names[cls.first + int(np.argmax(missing))]
        why, help = "are in no routed network, so no configuration is written for them", ""
        if (lab.routed[own] & missing).any():
            why = f"have `os = {element.os}`" if element.os else "have no operating system"
            help = "`--only containerlab,frr` runs FRR in place of all systems, if no switch has `os = frr`"
        detail = f"{int(missing.sum()):,} switches {why}, such as {name}"
        yield diagnose("RW8267", element.origin, detail=detail, help=help)


def _without_lanes(lab: Lab) -> Iterator[Diagnostic]:
    """RW8270 for every class of SONiC switches whose port map is not known."""
    for cls, devices in lab.classes():
        if lab.os.get(cls.index) != "sonic" or all(port.lanes for port in places(lab.plant, cls, "sonic")):
            continue
        element, name = lab.plant.element_of(cls), lab.plant.devices.names[int(devices[0])]
        yield diagnose(
            "RW8270",
            element.origin,
            detail=f"{len(devices):,} switches, such as {name}; `{element.definition}` does not say which lanes its "
            "cages have, by which sonic-vs finds its ports",
            help="add `serdes = [...]` to the port, or run FRR in place of all systems: `--only containerlab,frr`",
        )


def _bad_names(lab: Lab) -> Iterator[Diagnostic]:
    """RW8003 for names that no host can have, RW8269 for those that stand for something else."""
    for cls, devices in lab.classes():
        names = [lab.plant.devices.names[device] for device in devices.tolist()]
        origin = lab.plant.element_of(cls).origin
        bad = [name for name in names if not is_host_name(name)]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            help = "use letters, digits, `-`, `_` and `.`, at most 63, and a letter or digit at both ends"
            yield diagnose("RW8003", origin, detail=f"`{bad[0]}`{more}", help=help)
        kept = [name for name in names if name in RESERVED]
        if kept:
            help = f'give it another name, such as `name = "{kept[0]}-0"`'
            yield diagnose("RW8269", origin, detail=f"`{kept[0]}`", help=help)
