"""How long an exchange inside scale-up domains takes, by latency and bandwidth alone.

For a buffer of S bytes among m members, with W byte/s of all links of a rank and a latency of one hop:

- a switch, or a mesh: everybody sends S/m to everybody else at once: latency + S (m - 1)/m / W. Of a mesh only the
  links to the members count.
- a ring: m - 1 steps to the neighbour: (m - 1) (latency + S/m / W), both directions in use. An all-to-all moves
  every byte m/4 hops on average: latency * m/2 + S m/4 / W. A torus takes one ring after the other, on what is left.

(Chan, Heimlich, Purkayastha, van de Geijn: "Collective communication: theory, practice, and experience", Concurrency
and Computation 2007, sections 4 and 6, for rings and grids.)
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

from ...compiler.simulation import Domains
from .rounds import Inside

NS = 10**9


def inside_ns(inside: Inside, domains: Domains, latency: Fraction) -> Fraction:
    """Nanoseconds; `latency` is that of one hop, in ns."""
    members, size = inside.members, Fraction(inside.size)
    if domains.shape != "ring":
        rate = domains.bandwidth[0]
        if domains.shape == "mesh":
            rate = rate * (members - 1) / (domains.sizes[0] - 1)
        return latency + size * (members - 1) / members / rate * NS
    whole = prod(domains.sizes) == members
    sizes = domains.sizes if whole else (members,)
    rates = domains.bandwidth if whole else (min(domains.bandwidth),)
    total = Fraction(0)
    for many, rate in zip(sizes, rates, strict=True):
        if inside.kind == "all_to_all":
            total += latency * (many // 2) + size * many / 4 / rate * NS
        else:
            total += (many - 1) * (latency + size / many / rate * NS)
            size /= many
    return total
