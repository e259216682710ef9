"""Optical loss from one optic to the other: fibre, mated pairs of connectors, and what passive parts take.

    loss = attenuation * length + mated_loss * mated pairs + loss of each passive part

The length is that of the cords and trunks as they are bought, rounded up. A passive part counts the mated pairs at its
own ports (`mated`: 2 for a cassette, 1 for an adapter); two trunks that meet without a panel are one pair; a plug in an
optic is none, because an optic's budget is told from behind its own connector (IEEE 802.3, TP2 to TP3). All sums are
whole microdecibels, rounded up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity, format_number
from ..cabling.rules import cabling_rules
from ..cages import link_media
from ..expand.circuits import passes
from ..expand.geometry import METRE
from ..plant import Bools, Ints, Plant
from ..schema import AssemblyAttributes, OpticAttributes, PatchAttributes, TrunkAttributes
from ..trunks import passage_part, trunks
from .facts import Facts
from .wording import in_all, instance

_PORTS = ("port", "port")
_UNKNOWN = -1
_PER_KM = 10**9
"""Micrometres in a kilometre."""


def loss(facts: Facts) -> Iterator[Diagnostic]:
    """RW4010: links that lose more than their optics bear; RW4012: links for which a figure is missing.

    What is known counts, even where it is not all. Nothing is asked of a spec that has neither passive parts nor a
    `cabling` block; and that a floor plan is missing is told elsewhere.
    """
    plant, design = facts.plant, facts.design
    told = any(isinstance(e.attributes, AssemblyAttributes) and e.attributes.cabling for e in design.elements)
    if (plant.circuits is None and not told) or not len(plant.links):
        return
    budget = _budgets(plant)
    checked = np.flatnonzero(budget >= 0)
    if not len(checked):
        return
    found = link_losses(plant)
    least = found.least
    silent = checked[~found.told[checked]]
    for rule in design.rules:
        low, high = np.searchsorted(plant.links.rule, [rule.index, rule.index + 1])
        rows = checked[(checked >= low) & (checked < high)]
        wrong = rows[least[rows] > budget[rows]]
        if len(wrong):
            row = int(wrong[(least[wrong] - budget[wrong]).argmax()])
            parts = f"fibre {_decibels(found.fibre[row]) if found.fibre[row] >= 0 else 'of unknown length'}"
            if found.pairs[row]:
                parts += f", {int(found.pairs[row])} mated pairs {_decibels(found.mated[row])}"
            if found.parts[row]:
                parts += f", passive parts {_decibels(found.parts[row])}"
            yield diagnose(
                "RW4010",
                rule.origin,
                f"loses {_decibels(least[row])}",
                detail=instance(plant, plant.links, _PORTS, row, in_all(len(wrong), "links"))
                + f"; {parts}; the optics bear {_decibels(budget[row])}",
                help="use optics that bear more, fewer panels on the way, or connectors of lower loss",
            )
    if len(silent):
        row = int(silent[0])
        yield diagnose(
            "RW4012",
            design.rules[int(plant.links.rule[row])].origin,
            f"{len(silent)} links" if len(silent) > 1 else "1 link",
            detail=instance(plant, plant.links, _PORTS, row, "") + f"; not told: {_missing(found, row)}",
            help="the `cabling` block of an assembly says `smf_loss`, `mmf_loss` and `mated_loss`; a panel its `loss`",
        )


@dataclass(frozen=True)
class Losses:
    """One row a link, in microdecibels; -1 for what is not known. `pairs` counts mated pairs, `rate` is the loss of a
    kilometre of its fibre."""

    fibre: Ints
    mated: Ints
    parts: Ints
    pairs: Ints
    rate: Ints

    @property
    def told(self) -> Bools:
        """Whether the spec has every figure but, perhaps, a floor plan."""
        return (self.rate >= 0) & (self.mated >= 0) & (self.parts >= 0)

    @property
    def least(self) -> Ints:
        """The sum of what is known."""
        return np.maximum(self.fibre, 0) + np.maximum(self.mated, 0) + np.maximum(self.parts, 0)


def link_losses(plant: Plant) -> Losses:
    """What each link loses between its two optics. Links that are no fibre are as if they were single-mode."""
    length, pairs, parts = _ways(plant)
    names, made_with = link_media(plant)
    multi = [getattr(plant.design.media[name].attributes, "fiber", "smf") == "mmf" for name in names]
    multimode = np.array([*multi, False], dtype=np.bool_)[made_with[:, 0]]
    rules = [cabling_rules(plant.design, cls.element) for cls in plant.classes]
    figure = {
        name: np.array([_micro(None if r is None else getattr(r, name), unit) for r in rules] or [0], dtype=np.int64)
        for name, unit in (("smf_loss", "dB/km"), ("mmf_loss", "dB/km"), ("mated_loss", "dB"))
    }
    ends = [plant.devices.cls[device] for device in (plant.links.a_device, plant.links.z_device)]
    # Where the two ends lie under different rules, the worse one counts.
    smf, mmf, mate = (np.maximum(figure[name][ends[0]], figure[name][ends[1]]) for name in figure)
    rate = np.where(multimode, mmf, smf)
    known = (rate >= 0) & (length >= 0)
    fibre = np.where(known, -(-rate * length // _PER_KM), _UNKNOWN)
    mated = np.where(pairs == 0, 0, np.where(mate >= 0, mate * pairs, _UNKNOWN))
    return Losses(fibre, mated, parts, pairs, rate)


def _ways(plant: Plant) -> tuple[Ints, Ints, Ints]:
    """Length of fibre as bought, mated pairs, and loss of passive parts, of each link."""
    count, ways, segments = len(plant.links), plant.circuits, plant.segments
    cords = np.where(segments.length_um >= 0, -(-segments.length_um // METRE) * METRE, _UNKNOWN)
    if ways is None:
        return cords, np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    inside = ways.passages
    lit = np.flatnonzero(inside.circuit >= 0)
    of = inside.circuit[lit]
    bought, pairs_of, loss_of = _figures(plant)
    length, parts = _sums(count, plant.circuit, cords), _sums(count, of, loss_of[inside.rule[lit]])
    trunk = _sums(count, of, bought[inside.a_device[lit]])
    length = np.where((length >= 0) & (trunk >= 0), length + trunk, _UNKNOWN)
    pairs = np.zeros(count, dtype=np.int64)
    np.add.at(pairs, of, pairs_of[inside.rule[lit]])
    of_class = np.array([plant.element_of(cls).kind == "trunk" for cls in plant.classes] or [False])
    both = of_class[plant.devices.cls[segments.a_device]] & of_class[plant.devices.cls[segments.z_device]]
    met = plant.circuit[both & (plant.circuit >= 0)]
    np.add.at(pairs, met, 1)
    return length, pairs, parts


def _figures(plant: Plant) -> tuple[Ints, Ints, Ints]:
    """For each device the trunk fibre inside, as bought; for each rule mated pairs and loss of its passages."""
    bought = np.zeros(len(plant.devices), dtype=np.int64)
    found = trunks(plant)
    bought[found.device] = found.sold_um
    pairs, parts = (np.zeros(max(1, len(plant.design.rules)), dtype=np.int64) for _ in range(2))
    for rule in plant.design.rules:
        if rule.medium != "link" or not passes(plant.design, rule.scope):
            continue
        attributes = passage_part(plant.design, rule).attributes
        if isinstance(attributes, PatchAttributes):
            pairs[rule.index], parts[rule.index] = attributes.mated, _micro(attributes.loss, "dB")
        elif isinstance(attributes, TrunkAttributes) and attributes.loss is not None:
            parts[rule.index] = _micro(attributes.loss, "dB")  # else nothing but its fibre
    return bought, pairs, parts


def _sums(count: int, link: Ints, value: Ints) -> Ints:
    """Sum of the values of each link; unknown if one of them is."""
    of = np.flatnonzero(link >= 0)
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, link[of], value[of])
    total[link[of[value[of] < 0]]] = _UNKNOWN
    return total


def _budgets(plant: Plant) -> Ints:
    """What the optics of each link bear: the lower of the two; -1 where neither tells."""
    names, made_with = link_media(plant)
    bears = []
    for name in names:
        attributes = plant.design.media[name].attributes
        stated = attributes.loss_budget if isinstance(attributes, OpticAttributes) else None
        bears.append(2**62 if stated is None else int(stated.to("dB") * 10**6))
    table = np.array([*bears, 2**62], dtype=np.int64)
    found: Ints = np.minimum(table[made_with[:, 0]], table[made_with[:, 1]])
    return np.where(found < 2**62, found, _UNKNOWN)


def _micro(quantity: Quantity | None, unit: str) -> int:
    return _UNKNOWN if quantity is None else max(0, ceil(quantity.to(unit) * 10**6))


def _decibels(micro: int) -> str:
    return f"{format_number(Fraction(int(micro), 10**6))} dB"


def _missing(found: Losses, row: int) -> str:
    missing = [
        name
        for name, column in (
            ("the loss of its fibre", found.rate),
            ("the loss of a mated pair", found.mated),
            ("the loss of a panel", found.parts),
        )
        if column[row] < 0
    ]
    return ", ".join(missing)
