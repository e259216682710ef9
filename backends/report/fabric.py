"""The fabric by tiers: classes of devices, what joins them, and what each has down and up."""

from __future__ import annotations

from fractions import Fraction

from ...compiler.plant import Plant
from ...compiler.views.fabric import Edge, oversubscription, tier_graph, tiers

Json = dict[str, object]


def fabric(plant: Plant) -> Json:
    """`nodes` are classes with their tier (-1: no server reaches it) and, of switches below others, bandwidth down
    over up of the worst device; `edges` are link statements with their figures. Bandwidths in bit/s."""
    graph = tier_graph(plant)
    tier = tiers(plant, graph)
    nodes = []
    for node in sorted(graph):
        cls = plant.classes[node]
        at = tier.get(node, -1)
        above = tuple(plant.classes[peer] for peer in sorted(graph[node]) if tier.get(peer, -1) > at >= 0)
        found = oversubscription(plant, (cls,), above) if above and at > 0 else None
        nodes.append({"class": node, "tier": at, "ratio": _words(found)})
    edges = [
        {"a": a, "z": z, "rule": rule, **_edge(data["edge"])}
        for a, z, rule, data in sorted(graph.edges(data=True, keys=True), key=lambda edge: edge[2])
    ]
    return {"nodes": nodes, "edges": edges}


def _edge(edge: Edge) -> Json:
    return {"count": edge.links, "speed": edge.speed, "perA": list(edge.per_a), "perZ": list(edge.per_z)}


def _words(found: tuple[Fraction, int] | None) -> Json | None:
    """The ratio as `down / up` in lowest terms, and the device that has it."""
    if found is None:
        return None
    ratio, device = found
    return {"down": ratio.numerator, "up": ratio.denominator, "device": device}
