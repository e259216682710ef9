"""Chains of cords, panels and trunks: they lead somewhere, and what is put together in them fits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..cages import link_media
from ..design import Element
from ..plant import Bools, Ints, Plant
from ..schema import PASSIVE, OpticAttributes, PatchAttributes, PortAttributes, TrunkAttributes
from ..trunks import passage_part
from .facts import Facts
from .wording import in_all, instance, terminal

_PORTS = ("port", "port")


def chains(facts: Facts) -> Iterator[Diagnostic]:
    """RW3014, RW4006 to RW4009, RW3019 and RW4015, once for each statement."""
    if facts.plant.circuits is None:
        return
    yield from _to_itself(facts)
    yield from _circular(facts)
    yield from _dark(facts)
    yield from _fixed_cables(facts)
    yield from _connectors(facts)
    yield from _networks(facts)
    yield from _fibres(facts)


def _by_statement(plant: Plant, wrong: Bools) -> Iterator[tuple[int, Ints]]:
    """Each statement with segments that are wrong, and those."""
    rows = np.flatnonzero(wrong)
    for rule in np.unique(plant.segments.rule[rows]).tolist():
        yield rule, rows[plant.segments.rule[rows] == rule]


def _circular(facts: Facts) -> Iterator[Diagnostic]:
    """RW4007: once, for the first statement; all others in the circle are of the same mistake."""
    plant = facts.plant
    assert plant.circuits is not None
    for rule, rows in _by_statement(plant, plant.circuits.circular):
        yield diagnose(
            "RW4007",
            plant.design.rules[rule].origin,
            "a part of the circle",
            detail=instance(plant, plant.segments, _PORTS, int(rows[0]), in_all(len(rows), "cords")),
            help="light that enters here never comes out; lead one of the ports to a device",
        )
        return


def _dark(facts: Facts) -> Iterator[Diagnostic]:
    """RW4006: chains that begin at a device and end in a passive part, with all that is reserved in place.

    A leg or panel port with nothing at either end is a spare and no mistake.
    """
    plant = facts.plant.at_capacity
    segments, ways = plant.segments, plant.circuits
    assert ways is not None
    active = ~plant.passive[segments.a_device] | ~plant.passive[segments.z_device]
    if not ((ways.circuit < 0) & active).any() or _used_twice(plant):
        return  # where a port is used twice, that is told, and ways that end there follow from it
    for rule, rows in _by_statement(plant, (ways.circuit < 0) & active & ~ways.circular):
        yield diagnose(
            "RW4006",
            plant.design.rules[rule].origin,
            "leads to no other device",
            detail=instance(plant, segments, _PORTS, int(rows[0]), in_all(len(rows), "cords"))
            + f"; the way ends at {_last(plant, int(rows[0]))}",
            help="go on from there with a link, or with a link inside the part that leads to another of its ports",
        )


def _used_twice(plant: Plant) -> bool:
    ways = plant.circuits
    assert ways is not None
    for rows in (plant.segments, ways.passages):
        ports = np.concatenate([rows.a_device * 2**20 + rows.a_terminal, rows.z_device * 2**20 + rows.z_terminal])
        if len(np.unique(ports)) < len(ports):
            return True
    return False


def _to_itself(facts: Facts) -> Iterator[Diagnostic]:
    """RW3014: a cord with both its ends in one port of a passive part; of devices it is told elsewhere."""
    plant = facts.plant
    segments = plant.segments
    wrong = (segments.a_device == segments.z_device) & (segments.a_terminal == segments.z_terminal)
    for rule, rows in _by_statement(plant, wrong & plant.passive[segments.a_device]):
        yield diagnose(
            "RW3014",
            plant.design.rules[rule].origin,
            detail=instance(plant, segments, _PORTS, int(rows[0]), in_all(len(rows), "cords")),
            help="leave these out with `where`, such as `where i < j`, or shift an index",
        )


def _last(plant: Plant, segment: int) -> str:
    """The passive port at which the chain of a segment ends."""
    segments, ways = plant.segments, plant.circuits
    assert ways is not None
    inside = ways.passages
    device, port = int(segments.z_device[segment]), int(segments.z_terminal[segment])
    if not plant.passive[device]:
        device, port = int(segments.a_device[segment]), int(segments.a_terminal[segment])
    while True:
        on = _other(inside.a_device, inside.a_terminal, inside.z_device, inside.z_terminal, device, port)
        if len(on) != 1:
            return terminal(plant, "port", device, port)
        device, port = on[0][0], on[0][1]
        out = _other(segments.a_device, segments.a_terminal, segments.z_device, segments.z_terminal, device, port)
        if len(out) != 1:
            return terminal(plant, "port", device, port)
        device, port = out[0][0], out[0][1]


def _other(a: Ints, a_port: Ints, z: Ints, z_port: Ints, device: int, port: int) -> list[tuple[int, int]]:
    """What is joined to one port, by columns of two ends."""
    ahead = np.flatnonzero((a == device) & (a_port == port))
    back = np.flatnonzero((z == device) & (z_port == port))
    return [(int(z[i]), int(z_port[i])) for i in ahead] + [(int(a[i]), int(a_port[i])) for i in back]


def _fixed_cables(facts: Facts) -> Iterator[Diagnostic]:
    """RW3019: a cable with plugs at its ends cannot go into a panel."""
    plant = facts.plant
    segments = plant.segments
    touched = plant.passive[segments.a_device] | plant.passive[segments.z_device]
    for rule, rows in _by_statement(plant, touched & (segments.option >= 0)):
        statement = plant.design.rules[rule]
        media = [plant.design.media[n] for pair in statement.options for n in pair]
        wrong = next((m for m in media if m.kind == "cable"), None) if len(statement.options) == 1 else None
        if wrong is not None:
            yield diagnose(
                "RW3019",
                statement.origin,
                f"{wrong.name} has its plugs fixed on",
                detail=instance(plant, segments, _PORTS, int(rows[0]), in_all(len(rows), "links")),
                help="name the optic that is plugged into the device; the cord to the panel follows from it",
                also=[(wrong.origin, "declared here")],
            )


def _connectors(facts: Facts) -> Iterator[Diagnostic]:
    """RW4008: the two ends of a cord, or two that plug straight into each other, are of one kind and polish.

    Each side of a statement is one port of the spec, so statements are compared and not cords.
    """
    plant, design = facts.plant, facts.design
    segments = plant.segments
    touched = plant.passive[segments.a_device] | plant.passive[segments.z_device]
    for number, rows in _by_statement(plant, touched):
        rule = design.rules[number]
        assert rule.z is not None
        for option in np.unique(segments.option[rows]).tolist():
            sides = []
            for side, end in enumerate((rule.a, rule.z)):
                port = design.elements[end.element]
                optic = design.media[rule.options[option][side]] if option >= 0 else None
                if optic is not None and isinstance(optic.attributes, OpticAttributes) and not _is_passive(facts, port):
                    sides.append((optic.attributes.connector.removesuffix("_x2"), optic.origin, optic.name))
                else:
                    assert isinstance(port.attributes, PortAttributes)
                    sides.append((port.attributes.connector or "", port.origin, f"`{port.name}`"))
            (one, here, near), (other, there, far) = sides
            if one and other and one != other:
                mine = rows[segments.option[rows] == option]
                yield diagnose(
                    "RW4008",
                    rule.origin,
                    f"{one} and {other}",
                    detail=instance(plant, segments, _PORTS, int(mine[0]), in_all(len(mine), "pairs")),
                    help="take a panel, trunk or optic with the same connector; polish APC never meets UPC",
                    also=[(here, f"{near}, {one}"), (there, f"{far}, {other}")],
                )
                break


def _is_passive(facts: Facts, port: Element) -> bool:
    device = facts.design.device_of(port.index)
    return device is not None and facts.design.elements[device].kind in PASSIVE


def _networks(facts: Facts) -> Iterator[Diagnostic]:
    """RW4015: the cords at the two ends of one way belong to two networks."""
    plant = facts.plant
    segments, ways = plant.segments, plant.circuits
    assert ways is not None
    a, z = segments.network[ways.head], segments.network[ways.tail]
    wrong = np.zeros(len(segments), dtype=np.bool_)
    wrong[ways.tail[(a >= 0) & (z >= 0) & (a != z)]] = True
    for rule, rows in _by_statement(plant, wrong):
        row = int(rows[0])
        head = int(ways.head[ways.circuit[row]])
        names = [facts.design.networks[int(segments.network[i])].name for i in (row, head)]
        yield diagnose(
            "RW4015",
            facts.design.rules[rule].origin,
            f"on {names[0]}",
            detail=instance(plant, plant.links, _PORTS, int(ways.circuit[row]), in_all(len(rows), "links")),
            help="say the same `on` at both ends",
            also=[(facts.design.rules[int(segments.rule[head])].origin, f"on {names[1]}")],
        )


def _port_fibers(plant: Plant) -> dict[int, Ints]:
    """For each class of passive parts the fibres of each port number; without end where it does not say."""
    found = {}
    for cls in plant.classes_of_kind(*PASSIVE):
        has = np.full(cls.terminal_count("port"), 2**40, dtype=np.int64)
        for array in cls.terminals["port"]:
            port = plant.design.elements[array.element].attributes
            if isinstance(port, PortAttributes) and port.fibers is not None:
                has[array.first : array.first + array.count] = port.fibers
        found[cls.index] = has
    return found


def _fibres(facts: Facts) -> Iterator[Diagnostic]:
    """RW4009: what an optic needs against what the panels and trunks on its way have, once for each such part."""
    plant, design = facts.plant, facts.design
    ways = plant.circuits
    assert ways is not None
    inside = ways.passages
    lit = np.flatnonzero(inside.circuit >= 0)
    if not len(lit):
        return
    names, media = link_media(plant)
    sent = media[inside.circuit[lit], 0]
    optics = [design.media[name].attributes for name in names]
    needs = np.array([o.fibers if isinstance(o, OpticAttributes) else 0 for o in optics] + [0], dtype=np.int64)
    fibers = _port_fibers(plant)
    for number in np.unique(inside.rule[lit]).tolist():
        part = passage_part(design, design.rules[number])
        assert isinstance(part.attributes, PatchAttributes | TrunkAttributes)
        mine = inside.rule[lit] == number
        rows = lit[mine]
        cls = plant.class_of(int(inside.a_device[rows[0]]))
        has = fibers[cls.index]
        fewest = np.minimum(has[inside.a_terminal[rows]], has[inside.z_terminal[rows]])
        other = [isinstance(o, OpticAttributes) and part.attributes.fiber not in (None, o.fiber) for o in optics]
        wrong_kind = np.array([*other, False], dtype=np.bool_)[sent[mine]]
        for wrong, what in ((wrong_kind, "kind"), (fewest < needs[sent[mine]], "count")):
            if not wrong.any():
                continue
            at = int(np.flatnonzero(wrong)[0])
            row, optic = int(rows[at]), names[int(sent[mine][at])]
            attributes = design.media[optic].attributes
            assert isinstance(attributes, OpticAttributes)
            told = (
                (f"{part.attributes.fiber}", f"{attributes.fiber}")
                if what == "kind"
                else (f"{int(fewest[at])} fibres", f"{attributes.fibers} fibres a port")
            )
            link = instance(plant, plant.links, _PORTS, int(inside.circuit[row]), in_all(int(wrong.sum()), "links"))
            port_at = terminal(plant, "port", int(inside.a_device[row]), int(inside.a_terminal[row]))
            yield diagnose(
                "RW4009",
                part.origin,
                told[0],
                detail=f"{link} through {port_at}",
                help="take a part with the fibre that the optics need, or other optics",
                also=[(design.media[optic].origin, told[1])],
            )
            break
