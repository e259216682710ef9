"""Traffic classes, headroom and load balancing of routed networks: what a switch can hold and do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..names import terminal_names
from ..network.classes import clashes, classes
from ..network.lossless import Lossless, lossless
from ..network.routing import Routing, planned
from ..plant import Plant
from ..schema import SwitchAttributes
from ..schema.routing import Ebgp
from .facts import Facts


def traffic(facts: Facts) -> Iterator[Diagnostic]:
    """RW7011 to RW7016. Switches are configured for all that is reserved, so it is looked at there."""
    wrong = False
    for network in facts.design.networks:
        roce = network.attributes.roce
        mistakes = [] if roce is None else clashes(classes(roce))
        if roce is not None and "roce" in roce.classes:
            mistakes.append("the name `roce` is taken")
        for text in mistakes:
            wrong = True
            help = "give each class a priority, a queue and DSCPs of its own; `roce` is the block's own class"
            yield diagnose("RW7011", network.origin, detail=text, help=help)
        policy = network.attributes.routing
        if isinstance(policy, Ebgp) and policy.hold.value < 2 * policy.keepalive.value:
            detail = f"keepalive every {policy.keepalive}, and a session is given up after {policy.hold}"
            help = "let `hold` be at least twice, usually three times, `keepalive` (RFC 4271 section 10)"
            yield diagnose("RW7014", network.origin, detail=detail, help=help)
    if wrong or all(n.attributes.roce is None for n in facts.design.networks):
        return
    plant = facts.plant.at_capacity
    for routing in planned(plant)[0]:
        found = lossless(plant, routing)
        if found is not None:
            yield from _too_much(plant, routing, found)
            yield from _unknown(plant, routing, found)
            yield from _cannot_balance(plant, routing)


def _too_much(plant: Plant, routing: Routing, found: Lossless) -> Iterator[Diagnostic]:
    """RW7012: the fullest switch of each class against its buffer."""
    cls = plant.devices.cls[routing.devices]
    for c in plant.classes_of_kind("switch"):
        rows = np.flatnonzero(cls == c.index)
        attributes = plant.element_of(c).attributes
        assert isinstance(attributes, SwitchAttributes)
        if not len(rows) or attributes.buffer is None:
            continue
        row = rows[int(found.taken[rows].argmax())]
        taken, has = int(found.taken[row]), int(attributes.buffer.value)
        if taken <= has:
            continue
        device, ends = int(routing.devices[row]), plant.ends
        number = found.room[ends.start[device] : ends.start[device + 1]]
        kinds, count = np.unique(number[number >= 0], return_counts=True)
        each = sorted(
            ((int(n), found.rooms[k]) for k, n in zip(kinds.tolist(), count, strict=True)),
            key=lambda item: (-item[0], item[1].metres),
        )
        terms = [f"{n} x {r.total:,} B (to {r.metres} m)" for n, r in each]
        shown = " + ".join(terms[:3]) + (f" + {len(terms) - 3} more kinds of ports" if len(terms) > 3 else "")
        classes = f", times {found.groups} lossless classes" if found.groups > 1 else ""
        over = int((found.taken[rows] > has).sum())
        more = f"; {over:,} such switches" if over > 1 else ""
        yield diagnose(
            "RW7012",
            plant.element_of(c).origin,
            f"{taken - has:,} B too much",
            detail=f"{plant.devices.names[device]}: {shown}{classes} = {taken:,} B, and its buffer has {has:,} B{more}",
            help="use shorter cables, fewer lossless classes, or a switch with more buffer",
            also=[(plant.design.networks[routing.network].origin, "the lossless network")],
        )


def _unknown(plant: Plant, routing: Routing, found: Lossless) -> Iterator[Diagnostic]:
    """RW7016: one note for each kind of switch and reason."""
    told: set[tuple[str, str]] = set()
    for one in found.unknown:
        element = plant.element_of(one.cls)
        if (element.definition, one.why) in told:
            continue
        told.add((element.definition, one.why))
        port = terminal_names(plant, one.cls, "port")[one.port]
        count = sum(u.count for u in found.unknown if u.cls is one.cls and u.why == one.why)
        yield diagnose(
            "RW7016",
            element.origin,
            detail=f"`{element.definition}` {one.why}; such as {plant.devices.names[one.device]} {port}, "
            f"and {count:,} ports in all",
            help="add `headroom { … }` to the part, from the maker's figures; till then the switch's own defaults hold",
            also=[(plant.design.networks[routing.network].origin, "the lossless network")],
        )


def _cannot_balance(plant: Plant, routing: Routing) -> Iterator[Diagnostic]:
    """RW7013, once for each class of switches."""
    network = plant.design.networks[routing.network]
    assert network.attributes.roce is not None
    wanted = network.attributes.roce.load_balance
    present = set(np.unique(plant.devices.cls[routing.devices]).tolist())
    for cls in plant.classes:
        element = plant.element_of(cls)
        if cls.index not in present or wanted == "ecmp":
            continue
        assert isinstance(element.attributes, SwitchAttributes)
        has = [w for w in element.attributes.load_balance if w != "ecmp"]
        if wanted not in has:
            knows = " and ".join(f"`{w}`" for w in ["ecmp", *has])
            yield diagnose(
                "RW7013",
                element.origin,
                f"`{element.definition}` has {knows}",
                detail=f"{plant.devices.names[cls.first]} is to spread flows by `{wanted}`",
                help="choose what every switch of the network has, or add it to `load_balance` of the part if it does",
                also=[(network.origin, f"`load_balance = {wanted}`")],
            )
