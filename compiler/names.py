"""Names of devices, terminals, interfaces and cables.

Every instance has one path, `pod[3].gpu[117].tor`; a device's host name is that path with `-`, unless its
pattern says otherwise. Names follow from indices alone, so growth within a capacity changes none.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from .design import Design, Element, Segment
from .indices import evaluate
from .schema import PortAttributes

if TYPE_CHECKING:
    import polars as pl

    from .plant import DeviceClass, Plant, Relations

LANE, WIDTH = "lane", "width"
"""The index of a port within a split cage and its electrical lanes, in interface name patterns."""


def host_names(design: Design, element: int) -> list[str]:
    """Host names of all instances of an element, in row-major order over the built sizes."""
    chain = design.chain(element)
    pattern = chain[-1].host_name
    dims = [(e.name, dim.size) for e in chain for dim in e.dims]
    grid = product(*(range(size) for _, size in dims))
    if pattern:
        # An array of several dimensions binds its name to the first one and name_2, name_3 to the rest.
        keys = index_keys(chain)
        return [_render(pattern, dict(zip(keys, index, strict=True))) for index in grid]
    pieces = []
    for e in chain[1:]:
        pieces.append(e.name + "_".join("{}" for _ in e.dims))
    template = "-".join(pieces) or chain[0].name
    return [template.format(*index) for index in grid]


def index_keys(chain: tuple[Element, ...]) -> list[str]:
    """Names of the indices of a chain of elements. An array's later dimensions are name_2, name_3."""
    keys = []
    for e in chain:
        for position in range(len(e.dims)):
            keys.append(e.name if position == 0 else f"{e.name}_{position + 1}")
    return keys


def _render(pattern: tuple[Segment, ...], values: dict[str, int]) -> str:
    pieces = []
    for segment in pattern:
        if segment.value is None:
            pieces.append(segment.text)
        else:
            pieces.append(str(evaluate(segment.value, values)).zfill(segment.width))
    return "".join(pieces)


def terminal_names(plant: Plant, cls: DeviceClass, kind: str) -> list[str]:
    """Our own names of a device's terminals of one kind, by number: `eth5`, `nic3`, `osfp4/1`.

    A member with exactly one terminal of the kind stands for it, so `nic[3].p` is `nic3`.
    """
    design = plant.design
    found: list[str] = []
    for array in cls.terminals[kind]:
        chain = design.chain(array.element)
        inner = [e for e in chain if e.index > cls.element and cls.element in {c.index for c in design.chain(e.index)}]
        if len(inner) > 1 and not inner[-1].dims and _only_terminal(design, inner[-2], kind):
            inner = inner[:-1]
        template = ".".join(e.name + "_".join("{}" for _ in e.dims) for e in inner)
        lanes = bool(design.elements[array.element].splits)
        if lanes:
            template += "/{}"
        for index in product(*(range(size) for size in array.shape)):
            found.append(template.format(*index))
        if lanes:
            _drop_lane_of_whole_cages(found, array.first, array.shape, design.elements[array.element])
    return found


def _only_terminal(design: Design, owner: Element, kind: str) -> bool:
    return sum(1 for e in design.children(owner.index) if e.kind == kind) == 1


def _drop_lane_of_whole_cages(names: list[str], first: int, shape: tuple[int, ...], element: Element) -> None:
    """A cage that is not split is `osfp4`, not `osfp4/0`."""
    split = {cage for s in element.splits for cage in range(s.first, s.last + 1)}
    for cage in range(prod(shape[:-1])):
        if cage not in split:
            at = first + cage * shape[-1]
            names[at] = names[at].rpartition("/")[0]


def interface_names(plant: Plant, cls: DeviceClass, os: str) -> list[str] | None:
    """Names of a switch's ports in an operating system, by port number; None if the parts give none for it.

    The names are facts of the platform, so they come from the catalog (`names { sonic = "…" }`). A management port
    without one is `""`: it is no part of the fabric, so nobody needs its name.
    """
    found: list[str] = []
    for array in cls.terminals["port"]:
        element = plant.design.elements[array.element]
        whole, lane = element.interface_names.get(os), element.lane_names.get(os)
        assert isinstance(element.attributes, PortAttributes)
        if whole is None or (element.splits and lane is None):
            if not element.attributes.management:
                return None
            found += [""] * array.count
            continue
        split = {cage: s.count for s in element.splits for cage in range(s.first, s.last + 1)}
        electrical = element.attributes.lanes or 0
        inner = [e for e in plant.design.chain(array.element) if e.index > cls.element]
        keys = [k for e in inner for k in index_keys((e,))]
        sizes = array.shape[: len(array.shape) - 1] if element.splits else array.shape
        lanes = array.shape[-1] if element.splits else 1
        own = [d.size for d in element.dims]
        for index in product(*(range(size) for size in sizes)):
            values = dict(zip(keys, index, strict=True))
            cage = 0
            for value, size in zip(index[len(index) - len(own) :], own, strict=True):
                cage = cage * size + value
            parts = split.get(cage, 1)
            for number in range(lanes):
                pattern = lane if cage in split and lane is not None else whole
                found.append(_render(pattern, {**values, LANE: number, WIDTH: electrical // parts}))
    return found


def cable_id(plant: Plant, link: int) -> str:
    """Identifier of one cable: the tag of its rule and its number over the capacity."""
    links = plant.links
    return f"{plant.design.rules[links.rule[link]].tag}-{int(links.rank[link]):0{cable_digits(plant)}}"


def cable_namer(plant: Plant) -> Callable[[int], str]:
    """Identifiers of cables one by one, for who asks for many of them and cannot use columns of text.

    That is whatever is rendered in a worker: Polars waits for ever in a forked process whose parent has used it.
    """
    digits, tags = cable_digits(plant), [rule.tag for rule in plant.design.rules]
    rule, rank = plant.links.rule.tolist(), plant.links.rank.tolist()
    return lambda link: f"{tags[rule[link]]}-{rank[link]:0{digits}}"


def cable_digits(plant: Plant) -> int:
    """Digits of cable numbers: enough for the capacity of the largest link rule, at least four."""
    most = 1
    for rule in plant.design.rules:
        if rule.medium == "link":
            scope = prod(d.capacity for d in plant.design.dims(rule.scope))
            most = max(most, scope * prod(v.capacity for v in rule.variables))
    return max(4, len(str(most - 1)))


def cable_ids(plant: Plant) -> pl.Series:
    """Identifiers of all links, in their order, as one text column. One through panels is called as its first cord."""
    return _ids(plant, plant.links)


def segment_ids(plant: Plant) -> pl.Series:
    """Identifiers of all segments, in their order: of every cord and plug by itself."""
    return _ids(plant, plant.segments)


def _ids(plant: Plant, rows: Relations) -> pl.Series:
    import polars as pl

    tags = pl.Series("tag", [r.tag for r in plant.design.rules] or [""], dtype=pl.String)
    frame = pl.DataFrame({"tag": tags.gather(rows.rule), "rank": rows.rank})
    number = pl.col("rank").cast(pl.String).str.zfill(cable_digits(plant))
    return frame.select(pl.concat_str([pl.col("tag"), number], separator="-").alias("cable_id")).to_series()
