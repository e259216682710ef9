"""The cycles that ASTRA-sim's congestion-unaware network reports, in closed form.

Read off its collective algorithms and confirmed to the cycle by running them (`docs/explanation/simulators.md`).
One phase of s messages of m bytes takes s * hop + (s + 1) * endpoint delay + r * 3 * floor(m / memory bandwidth),
where hop = floor(hops * latency + m / bandwidth) and r messages are reduced. A cycle is 1 ns.

An all_reduce over several dimensions is a reduce_scatter in each but the last, an all_reduce in the last and an
all_gather on the way back. The other collectives visit each dimension once; an all_gather begins with the last.
"""

from __future__ import annotations

from collections.abc import Iterator

from .network import ENDPOINT_DELAY_NS, GIB, Level


def cycles(kind: str, size: int, found: tuple[Level, ...], memory: float) -> int:
    """Cycles of one collective; `size` as in the trace, `memory` in 10^9 byte/s as in system.json."""
    return sum(_phase(phase, data, level, memory) for phase, data, level in _phases(kind, size, found))


def _phases(kind: str, size: int, found: tuple[Level, ...]) -> Iterator[tuple[str, int, Level]]:
    """Each phase with the bytes that it works on."""
    if kind == "all_reduce":
        for level in found[:-1]:
            yield "reduce_scatter", size, level
            size //= level.size
        yield "all_reduce", size, found[-1]
        yield from _phases("all_gather", size, found[:-1])
        return
    for level in reversed(found) if kind == "all_gather" else found:
        yield kind, size, level
        if kind == "all_gather":
            size *= level.size
        elif kind == "reduce_scatter":
            size //= level.size


def _phase(kind: str, size: int, level: Level, memory: float) -> int:
    if level.algorithm == "halvingDoubling" and kind != "all_to_all":
        return _halving(kind, size, level, memory)
    messages, reduced = _messages(kind, level)
    each = size if kind == "all_gather" else size // level.size
    hop = transfer(each, level)
    return messages * hop + (messages + 1) * ENDPOINT_DELAY_NS + reduced * 3 * int(each / memory)


def transfer(size: int, level: Level) -> int:
    """Cycles of one message of a level."""
    return int(level.hops * level.latency + size / (level.bandwidth * GIB / 1e9))


def _halving(kind: str, size: int, level: Level, memory: float) -> int:
    """Messages of a half, a quarter, … of the buffer, and back: log2 n each way. ASTRA-sim counts the reduction of what
    came before a message with that message, so it leaves out one."""
    steps = level.size.bit_length() - 1
    gather = kind == "all_gather"
    each = [size << step if gather else size >> step + 1 for step in range(steps)]
    messages = each + each[::-1] if kind == "all_reduce" else each
    reduced = [] if gather else each[1:]
    time = sum(transfer(one, level) for one in messages) + sum(3 * int(one / memory) for one in reduced)
    return time + (len(messages) + 1) * ENDPOINT_DELAY_NS


def _messages(kind: str, level: Level) -> tuple[int, int]:
    """Messages one after the other, and how many of them are reduced."""
    n = level.size
    if kind == "all_to_all":
        return {"direct": 1, "direct1": n - 1, "ring": n * (n - 1) // 2}[level.all_to_all], 0
    alone = 1 if level.algorithm == "direct" else n - 1
    both_ways = 2 if kind == "all_reduce" else 1
    return both_ways * alone, 0 if kind == "all_gather" else alone
