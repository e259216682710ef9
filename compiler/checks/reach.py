"""Every cable is long enough: its way over the floor plan against its reach and the lengths that are sold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..cages import link_media
from ..design import Media, Rule
from ..expand.geometry import micrometres
from ..plant import Ints
from ..schema import CableAttributes, TrunkAttributes
from ..trunks import trunks
from .facts import Facts
from .wording import in_all, instance, metres

_PORTS = ("port", "port")


def reach(facts: Facts) -> Iterator[Diagnostic]:
    """RW4001 and RW4003, for the longest link of each statement. Links of unknown length are not checked."""
    names, made_with = link_media(facts.plant)
    for rule, rows in facts.rules("link"):
        if not rule.options:
            continue
        pairs = made_with[rows]
        if facts.plant.circuits is None and len(rule.options) == 1:
            kinds = [(pairs[0], np.arange(rows.start, rows.stop))]
        else:
            key = (pairs[:, 0] + 1) * (len(names) + 1) + pairs[:, 1] + 1
            of_kind = [np.flatnonzero(key == kind) for kind in np.flatnonzero(np.bincount(key)).tolist()]
            kinds = [(pairs[mine[0]], mine + rows.start) for mine in of_kind]
        for pair, mine in kinds:
            media = [facts.design.media[names[int(number)]] for number in pair if number >= 0]
            problem = _too_long(facts, rule, media, mine) if media else None
            if problem is not None:
                yield problem
                break


def _too_long(facts: Facts, rule: Rule, ends: list[Media], rows: Ints) -> Diagnostic | None:
    links = facts.plant.links
    lengths = links.length_um[rows]
    media = min(ends, key=lambda m: micrometres(m.attributes.reach))
    limit = micrometres(media.attributes.reach)
    code, what, cure = "RW4001", "reaches", "use an optic or cable that reaches farther, or place the racks nearer"
    sold = media.attributes.lengths if isinstance(media.attributes, CableAttributes) else []
    if sold and not (lengths > limit).any():
        limit = max(micrometres(length) for length in sold)
        code, what, cure = "RW4003", "is sold up to", "use another cable, or place the racks nearer"
    wrong = lengths > limit
    if not wrong.any():
        return None
    row = int(rows[lengths.argmax()])
    shown = instance(facts.plant, links, _PORTS, row, in_all(int(wrong.sum()), "links"))
    return diagnose(
        code,
        rule.origin,
        f"up to {metres(lengths.max())} long",
        detail=f"{shown}; {media.name} {what} {metres(limit)}",
        help=cure,
        also=[(media.origin, "declared here")],
    )


def trunk_lengths(facts: Facts) -> Iterator[Diagnostic]:
    """RW4014: trunk cables for which no length that is sold suffices, once a class."""
    plant = facts.plant
    found = trunks(plant)
    for cls in plant.classes_of_kind("trunk"):
        part = plant.element_of(cls)
        assert isinstance(part.attributes, TrunkAttributes)
        mine = np.flatnonzero((found.device >= cls.first) & (found.device < cls.first + cls.count))
        short = mine[(found.length_um[mine] >= 0) & (found.sold_um[mine] < 0)]
        if len(short):
            worst = int(short[found.length_um[short].argmax()])
            longest = metres(max(micrometres(length) for length in part.attributes.lengths))
            yield diagnose(
                "RW4014",
                part.origin,
                f"sold up to {longest}",
                detail=f"{plant.devices.names[int(found.device[worst])]} runs {metres(int(found.length_um[worst]))}"
                + in_all(len(short), "trunks"),
                help="take a trunk that is sold longer, or place the racks nearer",
            )
