"""The view of a workload that every simulator backend maps to its own format.

Dimensions are innermost first, as in ASTRA-sim: scale-up, one for each ring of a torus, then the tiers of the fabric.
Ranks number the nodes of a simulator, `npu`, so that d0 + n0*(d1 + n1*d2 …) are its coordinates.

Neighbouring tiers with the same bandwidth of a rank are one dimension, with the latency of the upper one: a rank has
one set of ports for all tiers, and where nothing tapers a switch tree is as good as one large switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Workload
from ..plant import Ints, Plant
from .domains import Domains, Shape, find_domains
from .latency import Latencies, find_latencies
from .ranks import Ranks, find_ranks
from .tiers import Tier, Tree, find_tree


@dataclass(frozen=True)
class Dimension:
    """`size` members; `bandwidth` in byte/s, one direction, of all links of one rank in it together; `latency`
    in ns, one way, from rank to rank. `what` says what of the design it stands for."""

    what: str
    shape: Shape
    size: int
    bandwidth: Fraction
    latency: Fraction


@dataclass(frozen=True)
class Simulation:
    """`order[npu]` is the rank at a place of the dimensions; mostly it counts 0, 1, 2, …"""

    ranks: Ranks
    domains: Domains
    tree: Tree
    latencies: Latencies
    dimensions: tuple[Dimension, ...]
    order: Ints

    @property
    def workload(self) -> Workload:
        return self.ranks.workload

    @property
    def in_order(self) -> bool:
        """True if every rank is its own place."""
        return bool((self.order == np.arange(len(self.order))).all())


def simulate(plant: Plant, workload: Workload) -> tuple[Simulation | None, list[Diagnostic]]:
    """The view of one workload; None if there were errors."""
    ranks = find_ranks(plant, workload)
    if isinstance(ranks, Diagnostic):
        return None, [ranks]
    domains = find_domains(plant, ranks)
    if isinstance(domains, Diagnostic):
        return None, [domains]
    if domains.problem is not None:
        return None, [domains.problem]
    tree = find_tree(plant, ranks, domains)
    if isinstance(tree, Diagnostic):
        return None, [tree]
    latencies = find_latencies(plant, ranks, domains, tree)
    ends = _boundaries(tree.meeting)
    groups = [tier.group[ranks.server] for tier in reversed(ends)]
    order = np.lexsort((domains.place, domains.domain, *reversed(groups)))
    dimensions = _scale_up(domains, latencies.scale_up) + _scale_out(ends, domains, ranks, latencies)
    found = Simulation(ranks, domains, tree, latencies, dimensions, order)
    return found, _losses(ranks, tree, latencies, ends)


def _scale_up(domains: Domains, latency: Fraction) -> tuple[Dimension, ...]:
    several = len(domains.sizes) > 1
    return tuple(
        Dimension(f"scale-up {number}" if several else "scale-up", domains.shape, size, bandwidth, latency)
        for number, (size, bandwidth) in enumerate(zip(domains.sizes, domains.bandwidth, strict=True))
        if size > 1
    )


def _boundaries(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """The tiers that end a dimension: the last one, and each below a taper, if its groups are equal and several."""
    found = []
    for tier, above in zip(tiers, [*tiers, None][1:], strict=True):
        tapers = above is not None and above.bandwidth < tier.bandwidth
        if above is None or (tapers and _equal(tier) and tier.group.any()):
            found.append(tier)
    return tuple(found)


def _equal(tier: Tier) -> bool:
    return len(np.unique(tier.sizes)) == 1


def _scale_out(ends: tuple[Tier, ...], domains: Domains, ranks: Ranks, latencies: Latencies) -> tuple[Dimension, ...]:
    found, low = [], 1
    below = len(ranks) // domains.count
    for tier in ends:
        members = int(tier.sizes[0]) * ranks.per_server
        if members > below:
            what = f"tier {low}" if tier.number == low else f"tiers {low} to {tier.number}"
            size = members // below
            found.append(Dimension(what, "switch", size, tier.bandwidth / 8, latencies.one_way(tier.number)))
        below, low = members, tier.number + 1
    return tuple(found)


def _losses(ranks: Ranks, tree: Tree, latencies: Latencies, ends: tuple[Tier, ...]) -> list[Diagnostic]:
    """What the view says less exactly than the design."""
    at = ranks.workload.origin
    found = []
    if latencies.zeros:
        found.append(
            diagnose(
                "RW8103",
                at,
                "this workload",
                detail=_listed(latencies.zeros),
                help="state them in the parts and place the racks on a floor plan, or read simulated times as bounds",
            )
        )
    if latencies.uneven:
        found.append(diagnose("RW8104", at, "this workload", detail=_listed(latencies.uneven)))
    numbers = {tier.number for tier in ends}
    for tier, above in zip(tree.meeting, tree.meeting[1:], strict=False):
        if above.bandwidth < tier.bandwidth and tier.group.any() and tier.number not in numbers:
            sizes = tier.sizes * ranks.per_server
            found.append(
                diagnose(
                    "RW8106",
                    at,
                    "these ranks",
                    detail=f"groups of {sizes.min():,} to {sizes.max():,} ranks meet at tier {tier.number}, so the "
                    f"lower bandwidth of tier {above.number} stands for both",
                    help="a grid of ranks needs groups of one size",
                )
            )
    uneven = next((tier for tier in tree.meeting if not tier.even), None)
    if uneven is not None:
        rate = float(uneven.bandwidth) / 1e9
        detail = f"through tier {uneven.number} the worst rank has {rate:g} Gbps"
        found.append(diagnose("RW8107", at, "these ranks", detail=detail))
    return found


def _listed(words: tuple[str, ...], most: int = 6) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
