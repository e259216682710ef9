"""What the columns join, compared with plain loops over every index.

The evaluator here knows nothing of the compiler: it draws small fabrics, and says port by port what the reference
promises. Arrays are built in part, groups are nested, views flatten and deal out anew, cages are split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackwright.compiler.names import cable_ids, terminal_names
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant

PORTS = 8
Dims = list[tuple[int, int]]  # built, reserved
Path_ = list[tuple[str, Dims]]  # member names with their dimensions, from the group down to the switch
Values = dict[str, int]


class Outside(Exception):
    """An index has no element: the compiler must say so."""


@dataclass
class Tree:
    """Switches as `a[i].s[j]` or the like, perhaps behind a view; `locate` finds one by what is written."""

    name: str
    text: str
    before: str
    view: str
    dims: Dims  # what is written in brackets, one group a step
    steps: list[str]
    locate: Callable[[tuple[int, ...]], str]


@dataclass
class Written:
    """One side of a link: how each index is written, and what it is worth."""

    text: list[str]
    value: list[Callable[[Values], int]]
    bound: list[tuple[str, int, int, int]] = field(default_factory=list)  # name, low, size, capacity
    used: set[str] = field(default_factory=set)


def dim() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(1, 3), st.integers(0, 2)).map(lambda d: (d[0], d[0] + d[1]))


def sizes(dims: Dims) -> str:
    """Dimensions as a member or view declares them."""
    return f"[{', '.join(f'{s} of {c}' for s, c in dims)}]" if dims else ""


def stars(count: int) -> str:
    """As many free indices in brackets."""
    return f"[{', '.join('*' * count)}]" if count else ""


def always(values: Values) -> bool:
    return True


def fixed(number: int) -> Callable[[Values], int]:
    return lambda values: number


def shifted(name: str, number: int) -> Callable[[Values], int]:
    return lambda values: values[name] + number


def wrapped(name: str, number: int, size: int) -> Callable[[Values], int]:
    return lambda values: (values[name] * 2 + number + 1) % size


@st.composite
def trees(draw: st.DrawFn, name: str) -> Tree:
    outer = draw(st.lists(dim(), min_size=0, max_size=2))
    nested = draw(st.booleans())
    inner = draw(st.lists(dim(), min_size=0, max_size=2)) if nested else []
    shape = draw(st.sampled_from(["plain", "flat", "deal", "part"]))
    if shape in ("flat", "deal"):  # only the first dimension of these may be built in part
        first = True
        for dims in (outer, inner):
            for i, (size, _) in enumerate(dims):
                dims[i] = dims[i] if first else (size, size)
                first = False
    if nested:
        before, member = f"group G{name} {{ s{sizes(inner)} : sw }}", f"m{name}{sizes(outer)} : G{name}"
    else:
        before, member = "", f"m{name}{sizes(outer)} : sw"

    def host(index: tuple[int, ...]) -> str:
        for i, (size, _) in zip(index, outer + inner, strict=True):
            if not 0 <= i < size:
                raise Outside
        one, two = index[: len(outer)], index[len(outer) :]
        found = f"m{name}" + "_".join(map(str, one))
        return found + ("-s" + "_".join(map(str, two)) if nested else "")

    steps = [f"m{name}"] + (["s"] if nested else [])
    plain = Tree(name, member, before, "", outer + inner, steps, host)
    plain.steps = [f"m{name}:{len(outer)}"] + ([f"s:{len(inner)}"] if nested else [])
    full = outer + inner
    if shape == "plain" or not full:
        return plain
    path = f"m{name}{stars(len(outer))}" + (f".s{stars(len(inner))}" if nested else "")
    if shape == "part":  # a range of the first dimension, the others whole
        size = full[0][0]
        low = draw(st.integers(0, size - 1))
        high = draw(st.integers(low, size - 1))
        path = path.replace("*", f"{low}..{high}", 1)
        dims = [(high - low + 1, high - low + 1), *full[1:]]

        def locate(index: tuple[int, ...]) -> str:
            return host((low + index[0], *index[1:]))
    else:
        built, reserved = prod(s for s, _ in full), prod(c for _, c in full)
        dims = [(built, reserved)]
        if shape == "deal":
            parts = [n for n in range(1, built + 1) if built % n == 0 and reserved % n == 0]
            n = draw(st.sampled_from(parts))
            dims = [(built // n, reserved // n), (n, n)]

        def locate(index: tuple[int, ...]) -> str:
            flat = 0
            for i, (_, capacity) in zip(index, dims, strict=True):
                flat = flat * capacity + i
            found = []
            for _, capacity in reversed(full):
                flat, i = divmod(flat, capacity)
                found.append(i)
            return host(tuple(reversed(found)))

    def within(index: tuple[int, ...]) -> str:
        if any(not 0 <= i < size for i, (size, _) in zip(index, dims, strict=True)):
            raise Outside
        return locate(index)

    view = f"view v{name}{sizes(dims)} = {path}"
    return Tree(name, member, before, view, dims, [f"v{name}:{len(dims)}"], within)


@st.composite
def indices(draw: st.DrawFn, dims: Dims, known: dict[str, tuple[int, int, int]], fresh: Iterator[str]) -> Written:
    """An index for each dimension: new names, names of before, stars, ranges, constants and sums."""
    found = Written([], [])
    for size, capacity in dims:
        fits = [n for n, (low, s, c) in known.items() if (low, s, c) == (0, size, capacity)]
        sort = draw(st.sampled_from(["new", "old", "old", "star", "range", "constant", "sum", "fold"]))
        if (sort == "old" and not fits) or (sort in ("sum", "fold") and not known):
            sort = "new"
        if sort in ("new", "star"):
            name = next(fresh)
            text = name if sort == "new" else "*"
            found.bound.append((name, 0, size, capacity))
            if sort == "new":
                known[name] = (0, size, capacity)
        elif sort == "old":
            name = text = draw(st.sampled_from(fits))
        elif sort == "range":
            low = draw(st.integers(0, size - 1))
            high = draw(st.integers(low, size - 1))
            name, text = next(fresh), f"{low}..{high}"
            found.bound.append((name, low, high - low + 1, high - low + 1))
        elif sort == "constant":
            n = draw(st.integers(0, size - 1))
            found.text.append(str(n))
            found.value.append(fixed(n))
            continue
        else:
            name = draw(st.sampled_from(sorted(known)))
            n = draw(st.integers(-1, 2))
            found.used.add(name)
            if sort == "sum":
                found.text.append(f"{name} + {n}" if n >= 0 else f"{name} - {-n}")
                found.value.append(shifted(name, n))
            else:
                found.text.append(f"({name} * 2 + {n + 1}) mod {size}")
                found.value.append(wrapped(name, n, size))
            continue
        found.text.append(text)
        found.used.add(name)
        found.value.append(shifted(name, 0))
    return found


@dataclass
class Case:
    spec: str
    expected: list[tuple[str, int]] | None  # `a0 eth1 - b0 eth2` and the number of the cable; None: an index is outside


def number(values: Values, chosen: list[tuple[str, int, int, int]]) -> int:
    total = 0
    for name, low, _, capacity in chosen:
        total = total * capacity + values[name] - low
    return total


@st.composite
def cases(draw: st.DrawFn) -> Case:
    fresh = (f"i{n}" for n in range(100))
    a, z = draw(trees("a")), draw(trees("z"))
    counted = []
    known: dict[str, tuple[int, int, int]] = {}
    if draw(st.integers(0, 3)) == 0:
        low, size = draw(st.integers(-2, 2)), draw(st.integers(1, 3))
        counted = [("t", low, size, size)]
        known["t"] = (low, size, size)
    sides = [draw(indices(tree.dims, known, fresh)) for tree in (a, z)]
    bound = [b for side in sides for b in side.bound] + counted  # those of `for` count last
    times = draw(st.sampled_from([1, 1, 1, 2]))
    ports: list[tuple[str, Callable[[Values], int] | None]] = []
    for side in sides:
        if times > 1 or draw(st.booleans()):
            ports.append(("", None))
        else:
            text, value = draw(port(known))
            ports.append((f"[{text}]", value))
            side.used |= {n for n in known if n in text.replace("*", " ").split()}
    condition = ""
    holds: Callable[[Values], bool] = always
    names = sorted(known)
    if names and draw(st.integers(0, 2)) == 0:
        x, y = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        n = draw(st.integers(0, 2))
        condition, holds = draw(
            st.sampled_from(
                [
                    (f" where {x} <= {y}", lambda values: values[x] <= values[y]),
                    (f" where not ({x} == {n})", lambda values: values[x] != n),
                    (f" where {x} != {y} or {x} mod 2 == {n}", lambda v: v[x] != v[y] or v[x] % 2 == n),
                    (f" where {x} < {n} and {y} >= 0", lambda v: v[x] < n and v[y] >= 0),
                ]
            )
        )
    count = [("times", 0, times, times)] if times > 1 else []
    every = bound + count
    ends = []
    for tree, side, (text, _) in zip((a, z), sides, ports, strict=True):
        at, pieces = 0, []
        for step in tree.steps:
            name, width = step.split(":")
            pieces.append(name + (f"[{', '.join(side.text[at : at + int(width)])}]" if int(width) else ""))
            at += int(width)
        ends.append(".".join(pieces) + f".eth{text}")
    spec = "\n".join(
        [
            "switch sw {",
            "    peak_power = 1 W",
            f"    eth[{PORTS}] : port {{ speed = 100 Gbps }}",
            "}",
            a.before,
            z.before,
            "group g {",
            *(line for tree in (a, z) for line in (tree.text, tree.view)),
            f"link {ends[0]} -> {ends[1]}"
            + (f" times {times}" if times > 1 else "")
            + "".join(f" for {n} in {low}..{low + size - 1}" for n, low, size, _ in counted)
            + condition,
            "}",
        ]
    )

    def rows(grown: bool) -> Iterator[tuple[str, int]]:
        ranges = [range(low, low + (capacity if grown else size)) for _, low, size, capacity in every]
        for chosen in product(*ranges):
            values = dict(zip([b[0] for b in every], chosen, strict=True))
            if not holds(values):
                continue
            texts = []
            for me, other in ((0, 1), (1, 0)):
                tree, side = (a, z)[me], sides[me]
                value = ports[me][1]
                if value is None:
                    free = [b for b in bound if b[0] in sides[other].used and b[0] not in side.used] + count
                    n = number(values, free)
                else:
                    n = value(values)
                if not 0 <= n < PORTS:
                    raise Outside
                texts.append(f"{tree.locate(tuple(v(values) for v in side.value))} eth{n}")
            yield " - ".join(texts), number(values, every)

    try:
        return Case(spec, list(rows(grown=False)))
    except Outside:
        return Case(spec, None)


@st.composite
def port(draw: st.DrawFn, known: dict[str, tuple[int, int, int]]) -> tuple[str, Callable[[Values], int]]:
    n = draw(st.integers(0, PORTS - 1))
    if not known or draw(st.booleans()):
        return str(n), lambda values: n
    name = draw(st.sampled_from(sorted(known)))
    return f"{PORTS - 1} - ( {name} + {n} ) mod {PORTS}", lambda values: PORTS - 1 - (values[name] + n) % PORTS


def joined(plant: Plant) -> list[tuple[str, int]]:
    names = {cls.index: terminal_names(plant, cls, "port") for cls in plant.classes}
    links = plant.links

    def end(device: int, terminal: int) -> str:
        return f"{plant.devices.names[device]} {names[int(plant.devices.cls[device])][terminal]}"

    numbers = [int(identifier.partition("-")[2]) for identifier in cable_ids(plant)]
    return [
        (f"{end(a, p)} - {end(z, q)}", n)
        for a, p, z, q, n in zip(
            links.a_device.tolist(),
            links.a_terminal.tolist(),
            links.z_device.tolist(),
            links.z_terminal.tolist(),
            numbers,
            strict=True,
        )
    ]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Compilation]:
    file: Path = tmp_path_factory.mktemp("brute") / "any.rack"

    def run(text: str) -> Compilation:
        file.write_text(text, "utf-8")
        return compile_spec(str(file), {})

    return run


OUTSIDE = {"RW3001", "RW3015"}
RESERVED = {"RW3017"}
"""The brute force looks at what is built; that the reserved rest fits too is tests/unit/test_growth.py."""
AFTER = {"RW3005", "RW3014"}
"""Ports that two links share: found by the checks, after the plant stands."""


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_links_are_those_of_plain_loops(compiled: Callable[[str], Compilation], case: Case) -> None:
    result = compiled(case.spec)
    errors = {d.code for d in result.diagnostics if d.severity == "error"}
    if case.expected is None:
        assert errors & OUTSIDE and errors <= OUTSIDE, case.spec
    elif errors != RESERVED:
        assert errors <= AFTER, (case.spec, errors)
        assert result.plant is not None
        assert joined(result.plant) == case.expected, case.spec
