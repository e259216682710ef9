"""The parameters of the LogGOPS model that a plant has, and the time that a schedule takes by them.

L is the latency from rank to rank where the ranks meet that are farthest apart, G the time of a byte through the
narrowest tier between them. What the plant does not tell is zero: o and O, what a message and a byte cost the
processor; g, the gap between messages. (Hoefler, Schneider, Lumsdaine: "LogGOPSim - simulating large-scale
applications in the LogGOPS model", HPDC 2010, section 2.)

LogGOPSim reads L and G as whole numbers, so times are counted in ticks of 10^-k ns.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...compiler.simulation import Simulation
from ...compiler.workloads import Program
from .._kit.inside import inside_ns
from .._kit.rounds import Round
from .rows import messages_of

NS = 10**9
_INT = 2**31


@dataclass(frozen=True)
class Parameters:
    """`latency` in ns and `gap` in ns a byte, exact; `digits` is the k of ticks. `where` says which part of the design
    they are of."""

    latency: Fraction
    gap: Fraction
    digits: int
    where: str

    @property
    def ticks(self) -> int:
        """Of a ns."""
        return int(10**self.digits)

    @property
    def L(self) -> int:
        return round(self.latency * self.ticks)

    @property
    def G(self) -> int:
        return round(self.gap * self.ticks)

    @property
    def error(self) -> Fraction:
        """By which share G is too large or too small, for being a whole number."""
        return abs(self.G / (self.gap * self.ticks) - 1)


def find_parameters(simulation: Simulation, count: int) -> Parameters:
    """Those of the first `count` ranks."""
    tree, ranks, domains = simulation.tree, simulation.ranks, simulation.domains
    servers = ranks.server[:count]
    if tree.tiers and (domains.domain[:count] != domains.domain[0]).any():
        tier = next(t for t in tree.tiers if (t.group[servers] == t.group[servers[0]]).all())
        latency, rate = simulation.latencies.one_way(tier.number), tier.bandwidth / 8
        where = f"tier {tier.number} of the fabric"
    else:
        latency, rate, where = simulation.latencies.scale_up, min(domains.bandwidth), "scale-up"
        if domains.shape == "ring" and max(domains.sizes) > 2:
            rate = rate / 2  # a message goes one way round
    gap = Fraction(0) if not rate else NS / rate
    digits = 3
    while gap and abs(round(gap * 10**digits) / (gap * 10**digits) - 1) > Fraction(1, 1000):
        if latency * 10 ** (digits + 1) >= _INT:
            break
        digits += 1
    return Parameters(latency, gap, digits, where)


@dataclass(frozen=True)
class Expected:
    """Ticks until the last rank is done: just so, or at least."""

    ticks: int
    exact: bool


def expected(program: Program, simulation: Simulation, parameters: Parameters) -> Expected | None:
    """What LogGOPSim should print for one collective or message alone; None for a step of many operations.

    A round of one message of m bytes from each rank takes L + (m - 1) G, and f messages at once L + f (m - 1) G. Of
    rounds in which nobody waits for others only the last adds its L. The last two are bounds: LogGOPSim lets no rank
    send while it receives, which shows where ranks are not in step.
    """
    if len(program.operations) != 1 or program.operations[0].kind == "compute":
        return None
    (operation,) = program.operations
    total, turns, exact = 0, False, True
    message = operation.kind == "send"
    for part in messages_of(operation, simulation.domains):
        if isinstance(part, Round):
            # The pieces of a message do not wait for each other, nor do messages by turns.
            alone = part.own or message
            wire = part.fan * (part.size - 1) * parameters.G
            total += part.times * (wire + (0 if alone else parameters.L))
            turns |= alone
            exact &= part.fan == 1 and not part.own
        else:
            latency = simulation.latencies.scale_up
            total += round(inside_ns(part, simulation.domains, latency)) * parameters.ticks
    return Expected((total + (parameters.L if turns else 0)) * operation.times, exact)
