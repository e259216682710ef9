"""Devices, their terminals and racks, unrolled from the arrays of the design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import prod

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Design, Element
from ..names import host_names
from ..plant import TERMINALS, DeviceClass, Devices, Ints, Racks, TerminalArray

MAX_DEVICES = 5_000_000
MAX_RACKS = 1_000_000
MAX_TERMINALS = 1_000_000
"""Most terminals of one kind on one device, lanes of split cages included; `Plant.ends` counts on fewer than 2^20."""


def shape_of(design: Design, element: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    dims = design.dims(element)
    return tuple(d.size for d in dims), tuple(d.capacity for d in dims)


def device_classes(design: Design) -> tuple[tuple[DeviceClass, ...], list[Diagnostic]]:
    found: list[DeviceClass] = []
    first = 0
    for element in design.elements:
        if design.device_of(element.index) != element.index:
            continue
        shape, capacity = shape_of(design, element.index)
        count = prod(shape)
        crowded = _crowded(design, element)
        if crowded is not None:
            detail = f"more than {MAX_TERMINALS} on one {element.kind}"
            return (), [diagnose("RW2014", crowded.origin, "with these", detail=detail)]
        found.append(DeviceClass(len(found), element.index, first, count, shape, capacity, _terminals(design, element)))
        first += count
        if first > MAX_DEVICES:
            detail = f"{first} devices and more, of {MAX_DEVICES} at most"
            return (), [diagnose("RW2014", element.origin, "with this member", detail=detail)]
    return tuple(found), []


def _connectors(design: Design, device: Element) -> Iterator[Element]:
    """The connectors of a device in the order of the design; what an element holds stands right behind it."""
    for element in design.elements[device.index + 1 :]:
        if element.parent is None or element.parent < device.index:
            return
        if element.role == "connector":
            yield element


def _crowded(design: Design, device: Element) -> Element | None:
    """The connector with which a device has too many of a kind, if one does."""
    depth = len(design.dims(device.index))
    total: Counter[str] = Counter()
    for element in _connectors(design, device):
        lanes = max((s.count for s in element.splits), default=1)
        total[element.kind] += prod(shape_of(design, element.index)[1][depth:]) * lanes
        if total[element.kind] > MAX_TERMINALS:
            return element
    return None


def _terminals(design: Design, device: Element) -> dict[str, tuple[TerminalArray, ...]]:
    found: dict[str, list[TerminalArray]] = {kind: [] for kind in TERMINALS}
    first = dict.fromkeys(TERMINALS, 0)
    depth = len(design.dims(device.index))
    for element in _connectors(design, device):
        shape = shape_of(design, element.index)[0][depth:]
        missing: frozenset[int] = frozenset()
        if element.splits:
            lanes = max(s.count for s in element.splits)
            missing = _missing(element, shape, lanes, first[element.kind])
            shape = (*shape, lanes)
        array = TerminalArray(element.index, first[element.kind], shape, missing)
        found[element.kind].append(array)
        first[element.kind] += array.count
    return {kind: tuple(arrays) for kind, arrays in found.items()}


def _missing(element: Element, shape: tuple[int, ...], lanes: int, first: int) -> frozenset[int]:
    """Lane numbers that no split makes: all but lane 0 of whole cages, and those beyond a smaller split."""
    made = np.ones(shape[-1], dtype=np.int64)
    for split in element.splits:
        made[split.first : split.last + 1] = split.count
    lane = np.arange(lanes)[None, :] >= np.tile(made, prod(shape[:-1]))[:, None]
    return frozenset((np.flatnonzero(lane.ravel()) + first).tolist())


def numbers(shape: tuple[int, ...], capacity: tuple[int, ...]) -> Ints:
    """Numbers over the capacity of all elements of a built box, in row-major order of the box."""
    total = np.zeros((1,), dtype=np.int64)
    for size, reserved in zip(shape, capacity, strict=True):
        total = (total[:, None] * reserved + np.arange(size, dtype=np.int64)[None, :]).ravel()
    return total


def devices_of(
    design: Design, classes: tuple[DeviceClass, ...], rack_first: dict[int, int]
) -> tuple[Devices, list[Diagnostic]]:
    names: list[str] = []
    cls, rank, rack, bottom = [], [], [], []
    for c in classes:
        element = design.elements[c.element]
        names.extend(host_names(design, c.element))
        cls.append(np.full(c.count, c.index, dtype=np.int64))
        rank.append(numbers(c.shape, c.capacity))
        home = design.rack_of(c.element)
        number = np.arange(c.count, dtype=np.int64)
        if home is None:
            rack.append(np.full(c.count, -1, dtype=np.int64))
        else:
            inside = prod(c.shape[len(design.dims(home)) :])
            rack.append(rack_first[home] + number // max(1, inside))
        if element.at and home is not None:
            own = np.array(element.at, dtype=np.int64)
            bottom.append(own[rank[-1] % len(own)])
        else:
            bottom.append(np.full(c.count, -1, dtype=np.int64))
    devices = Devices(names, join(cls), join(rank), join(rack), join(bottom))
    groups = [(design.elements[c.element], names[c.first : c.first + c.count]) for c in classes]
    return devices, _check_names(groups)


def _check_names(groups: list[tuple[Element, list[str]]]) -> list[Diagnostic]:
    """Names become file names, labels and lines of configs: only safe ones, and no name twice.

    `groups` are elements with the names of all their instances.
    """
    problems = []
    seen: dict[str, Element] = {}
    for element, own in groups:
        bad = next((n for n in own if not _safe(n)), None)
        if bad is not None:
            problems.append(
                diagnose(
                    "RW2017",
                    element.origin,
                    f"makes the name `{_shown(bad)}`",
                    help="letters, digits, `-`, `_` and `.`, beginning with a letter or digit, 63 at most",
                )
            )
        folded = {n.lower() for n in own}
        if len(folded) < len(own) or not folded.isdisjoint(seen):
            double = _first_double(own, seen)
            also = [(seen[double].origin, "and by this")] if double in seen else []
            problems.append(
                diagnose(
                    "RW2018",
                    element.origin,
                    f"`{_shown(double)}` is made here",
                    also=also,
                    help="use every enclosing array's index in the pattern",
                )
            )
        seen.update(dict.fromkeys(folded, element))
    return problems


def _first_double(names: list[str], seen: Iterable[str]) -> str:
    known = set(seen)
    for name in names:
        if name.lower() in known:
            return name.lower()
        known.add(name.lower())
    raise AssertionError("called without a double")


def _safe(name: str) -> bool:
    body = name.replace("-", "a").replace("_", "a").replace(".", "a")
    return 0 < len(name) <= 63 and name.isascii() and body.isalnum() and name[0].isalnum() and ".." not in name


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:80])


def racks_of(design: Design) -> tuple[Racks | None, dict[int, int], list[Diagnostic]]:
    names: list[str] = []
    element: list[Ints] = []
    first: dict[int, int] = {}
    for rack in design.elements:
        if rack.kind != "rack":
            continue
        first[rack.index] = len(names)
        count = prod(shape_of(design, rack.index)[0])
        if len(names) + count > MAX_RACKS:
            detail = f"{len(names) + count} racks and more, of {MAX_RACKS} at most"
            return None, {}, [diagnose("RW2014", rack.origin, "with this member", detail=detail)]
        names.extend(host_names(design, rack.index))
        element.append(np.full(count, rack.index, dtype=np.int64))
    nowhere = np.full(len(names), -1, dtype=np.int64)
    groups = [
        (design.elements[index], names[start : start + prod(shape_of(design, index)[0])])
        for index, start in first.items()
    ]
    return Racks(names, join(element), nowhere, nowhere, nowhere, nowhere), first, _check_names(groups)


def join(columns: list[Ints]) -> Ints:
    return np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
