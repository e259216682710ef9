"""What links through passive parts are, found by walking every chain with plain loops."""

from __future__ import annotations

from typing import NamedTuple

from rackwright.compiler.names import cable_ids, segment_ids
from rackwright.compiler.plant import Plant

Port = tuple[int, int]


class Walked(NamedTuple):
    """A chain from one active port to another: its ends, its segments and its passages, in the order of the way."""

    ends: tuple[Port, Port]
    segments: tuple[int, ...]
    passages: tuple[int, ...]


class Ports(NamedTuple):
    """What is joined to each port: outside, by segments, and inside a passive part, by passages."""

    outside: dict[Port, list[tuple[int, Port]]]
    inside: dict[Port, tuple[int, Port]]
    passive: list[bool]


def ports(plant: Plant) -> Ports:
    segments, ways = plant.segments, plant.circuits
    assert ways is not None
    passive = [plant.element_of(plant.class_of(d)).kind in ("patch", "trunk", "ocs") for d in range(len(plant.devices))]
    outside: dict[Port, list[tuple[int, Port]]] = {}
    for row in range(len(segments)):
        a = int(segments.a_device[row]), int(segments.a_terminal[row])
        z = int(segments.z_device[row]), int(segments.z_terminal[row])
        outside.setdefault(a, []).append((row, z))
        outside.setdefault(z, []).append((row, a))
    inside: dict[Port, tuple[int, Port]] = {}
    for row in range(len(ways.passages)):
        a = int(ways.passages.a_device[row]), int(ways.passages.a_terminal[row])
        z = int(ways.passages.z_device[row]), int(ways.passages.z_terminal[row])
        inside[a], inside[z] = (row, z), (row, a)
    return Ports(outside, inside, passive)


def walk(plant: Plant) -> list[Walked]:
    """Every chain between two active ports, once, from the end that the walk meets first."""
    outside, inside, passive = ports(plant)
    found: list[Walked] = []
    seen: set[int] = set()
    for start, joined in sorted(outside.items()):
        if passive[start[0]]:
            continue
        assert len(joined) == 1
        row, port = joined[0]
        if row in seen:
            continue
        cords, passages = [row], []
        while passive[port[0]]:
            through = inside.get(port)
            if through is None:
                break
            passages.append(through[0])
            on = outside.get(through[1])
            if on is None:
                break
            cords.append(on[0][0])
            port = on[0][1]
        seen.update(cords)
        if not passive[port[0]]:
            found.append(Walked((start, port), tuple(cords), tuple(passages)))
    return found


def circles(plant: Plant) -> set[int]:
    """The segments from which a walk comes back to where it began."""
    outside, inside, passive = ports(plant)
    found = set()
    for start in range(len(plant.segments)):
        port = int(plant.segments.z_device[start]), int(plant.segments.z_terminal[start])
        while passive[port[0]] and port in inside and inside[port][1] in outside:
            row, port = outside[inside[port][1]][0]
            if row == start:
                found.add(start)
                break
    return found


def check(plant: Plant) -> None:
    """Links, circuits, lengths and identifiers against chains that plain loops have walked."""
    ways, segments, links = plant.circuits, plant.segments, plant.links
    assert ways is not None
    walked = walk(plant)
    circuit, of_passage = [-1] * len(segments), [-1] * len(ways.passages)
    assert len(walked) == len(links)
    assert links.rule.tolist() == sorted(links.rule.tolist())
    ends = {}
    for row in range(len(links)):
        a = int(links.a_device[row]), int(links.a_terminal[row])
        z = int(links.z_device[row]), int(links.z_terminal[row])
        ends[a, z] = row
    ids, own = cable_ids(plant).to_list(), segment_ids(plant).to_list()
    assert len(set(ids)) == len(ids) and len(set(own)) == len(own)
    for chain in walked:
        there, back = chain.ends in ends, chain.ends[::-1] in ends
        assert there != back
        link = ends[chain.ends if there else chain.ends[::-1]]
        way = chain if there else chain._replace(segments=chain.segments[::-1], passages=chain.passages[::-1])
        for segment in way.segments:
            circuit[segment] = link
        for passage in way.passages:
            of_passage[passage] = link
        assert ids[link] == own[way.segments[0]]
        assert (int(ways.head[link]), int(ways.tail[link])) == (way.segments[0], way.segments[-1])
        pieces = [int(segments.length_um[s]) for s in way.segments]
        pieces += [int(ways.passages.length_um[p]) for p in way.passages]
        assert int(links.length_um[link]) == (-1 if -1 in pieces else sum(pieces))
    assert ways.circuit.tolist() == circuit
    assert ways.passages.circuit.tolist() == of_passage
