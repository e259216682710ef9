"""Small random floors: what stands in whose way, found by comparing every rack with every other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from rackwright.compiler.pipeline import Compilation, compile_spec

HALLS = 2


@dataclass(frozen=True)
class Kind:
    """Racks of one member: width and depth in millimetres (0: not told), and the places of its racks."""

    width: int
    depth: int
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Ground:
    """A floor in millimetres; `hot` is None where all rows face the same way. A keep-out is (x, y, length, width)."""

    bay: int
    row: int
    hot: int | None
    x: int
    y: int
    length: int
    width: int
    keep_out: tuple[int, int, int, int]


grounds = st.builds(
    Ground,
    bay=st.sampled_from([0, 300, 600, 601, 700]),
    row=st.sampled_from([0, 600, 1200, 1201, 3000]),
    hot=st.none() | st.sampled_from([0, 900, 1200, 2500]),
    x=st.integers(0, 1500),
    y=st.integers(0, 1500),
    length=st.integers(1000, 6000),
    width=st.integers(1000, 12000),
    keep_out=st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 500), st.integers(1, 500)),
)
kinds = st.builds(
    Kind,
    width=st.sampled_from([0, 600, 601, 800, 1500]),
    depth=st.sampled_from([0, 1200, 1201, 2600]),
    places=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=4).map(tuple),
)


def spec_of(ground: Ground, members: list[Kind]) -> str:
    lines = []
    for number, kind in enumerate(members):
        sizes = [f"{name} = {size} mm" for name, size in (("width", kind.width), ("depth", kind.depth)) if size]
        lines.append(f"rack r{number} {{ unit = OU\n{', '.join(sizes)}\n}}")
    hot = "" if ground.hot is None else f"hot_pitch = {ground.hot} mm"
    lines.append(
        f"hall h {{ floor {{ row_pitch = {ground.row} mm, bay_pitch = {ground.bay} mm, tray = 2.8 m\n{hot}\n"
        f"cross_aisle = 1 m, slack = 1 m, x = {ground.x} mm, y = {ground.y} mm, length = {ground.length} mm\n"
        f"width = {ground.width} mm, keep_out = [[{', '.join(f'{n} mm' for n in ground.keep_out)}]] }}"
    )
    for number, kind in enumerate(members):
        lines.append(f"m{number}[{len(kind.places)}] : r{number}")
        lines += [f"place m{number}[{i}] at row {r}, bay {b}" for i, (r, b) in enumerate(kind.places)]
    lines.append(f"}}\nbuilding dc {{ h[{HALLS}] : h }}")
    return "\n".join(lines)


def compiled(text: str) -> Compilation:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "floor.rack"
        path.write_text(text)
        return compile_spec(str(path), {})


def middle(ground: Ground, row: int, bay: int) -> tuple[int, int]:
    """Of a place, in millimetres; row by row."""
    y = ground.y
    for below in range(row):
        y += ground.row if ground.hot is None or below % 2 else ground.hot
    return ground.x + bay * ground.bay, y


def members_of(result: Compilation, code: str, count: int) -> list[frozenset[str]]:
    assert result.plant is not None
    design, racks = result.plant.design, result.plant.racks
    member = {name: design.elements[int(e)].name for name, e in zip(racks.names, racks.element, strict=True)}
    found = []
    for diagnostic in result.diagnostics:
        if diagnostic.code == code:
            words = re.findall(r"h\d+-m\d+", diagnostic.detail)[:count]
            assert len(words) == count, diagnostic.detail
            found.append(frozenset(member[word] for word in words))
    return found


@given(grounds, st.lists(kinds, min_size=1, max_size=3))
def test_nothing_in_the_way_is_missed(ground: Ground, members: list[Kind]) -> None:
    result = compiled(spec_of(ground, members))
    assert result.plant is not None, result.diagnostics
    racks = [(number, kind, place) for number, kind in enumerate(members) for place in kind.places]
    overlap, same, outside, kept = set(), set(), set(), set()
    for (a, one, p), (b, two, q) in combinations(racks, 2):
        (ax, ay), (bx, by) = middle(ground, *p), middle(ground, *q)
        if p == q:
            same.add(frozenset((f"m{a}", f"m{b}")))
        # Of what tells no size a thousandth of a millimetre is there.
        elif 2000 * abs(ax - bx) < max(1, 1000 * (one.width + two.width)) and 2000 * abs(ay - by) < max(
            1, 1000 * (one.depth + two.depth)
        ):
            overlap.add(frozenset((f"m{a}", f"m{b}")))
    left, low, length, width = ground.keep_out
    for number, kind, place in racks:
        x, y = middle(ground, *place)
        x0, x1, y0, y1 = 2 * x - kind.width, 2 * x + kind.width, 2 * y - kind.depth, 2 * y + kind.depth
        if x0 < 0 or y0 < 0 or x1 > 2 * ground.length or y1 > 2 * ground.width:
            outside.add(frozenset((f"m{number}",)))
        if x0 < 2 * (left + length) and x1 > 2 * left and y0 < 2 * (low + width) and y1 > 2 * low:
            kept.add(frozenset((f"m{number}",)))
    for code, wanted, count in (("RW6011", overlap, 2), ("RW6009", outside, 1), ("RW6010", kept, 1)):
        found = members_of(result, code, count)
        assert len(found) == len(set(found))
        assert set(found) == wanted, code
    # Of three in one place two pairs are told, so that each is named.
    found = members_of(result, "RW6004", 2)
    assert set(found) <= same and frozenset().union(*found) == frozenset().union(*same)


@given(grounds, st.lists(kinds, min_size=1, max_size=3))
def test_every_pair_of_rows_that_meet_is_told(ground: Ground, members: list[Kind]) -> None:
    result = compiled(spec_of(ground, members))
    extents: dict[int, list[tuple[int, int]]] = {}
    for own, (row, bay) in [(kind, place) for kind in members for place in kind.places]:
        if own.width and own.depth:
            y = 2 * middle(ground, row, bay)[1]
            extents.setdefault(row, []).append((y - own.depth, y + own.depth))
    closed = sum(
        min(low for low, _ in extents[above]) <= max(high for _, high in extents[below])
        for below, above in product(extents, repeat=2)
        if above == below + 1
    )
    found = [d for d in result.diagnostics if d.code == "RW6017"]
    assert len(found) == (1 if closed else 0)
    if closed:
        assert HALLS * closed == 1 or f"; {HALLS * closed} such aisles in all" in found[0].detail
