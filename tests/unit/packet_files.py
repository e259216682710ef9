"""An independent reader of topology files of the HPCC family, written from notes on the formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_RATES = {"bps": 1, "Gbps": 10**9, "Mbps": 10**6}
_TIMES = {"fs": 1, "ps": 10**3, "ns": 10**6, "us": 10**9, "ms": 10**12}


@dataclass(frozen=True)
class Line:
    """One full-duplex link: bit/s and femtoseconds."""

    a: int
    z: int
    rate: int
    delay: int


@dataclass(frozen=True)
class Network:
    """`header` are the counts of the first line; `listed` the nodes of the second."""

    header: list[int]
    kind: str
    listed: list[int]
    lines: list[Line]


def read(text: str, counts: int, lists: Sequence[int]) -> Network:
    """A file whose header has `counts` numbers, of which those at `lists` say how many switches are listed."""
    tokens = iter(text.split())
    header = [int(next(tokens)) for _ in range(counts)]
    kind = next(tokens) if counts == 5 else ""
    listed = [int(next(tokens)) for _ in range(sum(header[n] for n in lists))]
    lines = []
    for _ in range(header[-1]):
        a, z, rate, delay, errors = (next(tokens) for _ in range(5))
        assert errors == "0"
        lines.append(Line(int(a), int(z), _number(rate, _RATES), _number(delay, _TIMES)))
    assert next(tokens, None) is None
    assert all(0 <= end < header[0] for line in lines for end in (line.a, line.z))
    # Of parallel links the simulators keep one.
    assert len({frozenset((line.a, line.z)) for line in lines}) == len(lines)
    return Network(header, kind, listed, lines)


def read_simai(text: str) -> Network:
    """`node_num gpus_per_server nvswitch_num switch_num link_num gpu_type`: one NVSwitch a server, numbered after the
    GPUs."""
    found = read(text, 5, (2, 3))
    nodes, each, nvswitches, switches, _ = found.header
    gpus = nodes - nvswitches - switches
    assert gpus == each * nvswitches and found.listed == list(range(gpus, nodes))
    for line in found.lines:
        low, high = sorted((line.a, line.z))
        if high < gpus + nvswitches:
            assert low < gpus and high == gpus + low // each
        else:
            assert not gpus <= low < gpus + nvswitches
    return found


def read_astra(text: str) -> Network:
    """`node_num switch_num link_num`: hosts first."""
    found = read(text, 3, (1,))
    nodes, switches, _ = found.header
    assert found.listed == list(range(nodes - switches, nodes))
    assert all(max(line.a, line.z) >= nodes - switches for line in found.lines)
    return found


def _number(text: str, units: dict[str, int]) -> int:
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) * units[text[len(digits) :]]
