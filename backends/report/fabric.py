"""The fabric by tiers: classes of devices, what joins them, and what each has down and up."""

from __future__ import annotations

from fractions import Fraction

from ...compiler.plant import Plant
from ...compiler.views.fabric import Edge, edges, neighbours, oversubscription, tiers

Json = dict[str, object]


def fabric(plant: Plant) -> Json:
    """`nodes` are classes with their tier (-1: no server reaches it) and, of switches below others, bandwidth down
    over up of the worst device; `edges` are link statements with their figures. Bandwidths in bit/s."""
    joined = edges(plant)
    near = neighbours(joined)
    tier = tiers(plant, near)
    nodes = []
    for node, peers in near.items():
        cls = plant.classes[node]
        at = tier.get(node, -1)
        above = tuple(plant.classes[peer] for peer in peers if tier.get(peer, -1) > at >= 0)
        found = oversubscription(plant, (cls,), above) if above and at > 0 else None
        nodes.append({"class": node, "tier": at, "ratio": _words(found)})
    return {"nodes": nodes, "edges": [_edge(edge) for edge in joined]}


def _edge(edge: Edge) -> Json:
    return {
        "a": edge.a,
        "z": edge.z,
        "rule": edge.rule,
        "count": edge.links,
        "speed": edge.speed,
        "perA": list(edge.per_a),
        "perZ": list(edge.per_z),
    }


def _words(found: tuple[Fraction, int] | None) -> Json | None:
    """The ratio as `down / up` in lowest terms, and the device that has it."""
    if found is None:
        return None
    ratio, device = found
    return {"down": ratio.numerator, "up": ratio.denominator, "device": device}
