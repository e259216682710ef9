"""Every cable is long enough: its way over the floor plan against its reach and the lengths that are sold."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Diagnostic, diagnose
from ..expand.geometry import micrometres
from ..schema import CableAttributes
from .facts import Facts
from .wording import in_all, instance, metres

_PORTS = ("port", "port")


def reach(facts: Facts) -> Iterator[Diagnostic]:
    """RW4001 and RW4003, for the longest link of each statement. Links of unknown length are not checked."""
    links = facts.plant.links
    for rule, rows in facts.rules("link"):
        if rule.using is None:
            continue
        lengths = links.length_um[rows]
        media = min((facts.design.media[name] for name in rule.using), key=lambda m: micrometres(m.attributes.reach))
        limit = micrometres(media.attributes.reach)
        code, what, cure = "RW4001", "reaches", "use an optic or cable that reaches farther, or place the racks nearer"
        sold = media.attributes.lengths if isinstance(media.attributes, CableAttributes) else []
        if sold and not (lengths > limit).any():
            limit = max(micrometres(length) for length in sold)
            code, what, cure = "RW4003", "is sold up to", "use another cable, or place the racks nearer"
        wrong = lengths > limit
        if wrong.any():
            row = rows.start + int(lengths.argmax())
            shown = instance(facts.plant, links, _PORTS, row, in_all(int(wrong.sum()), "links"))
            yield diagnose(
                code,
                rule.origin,
                f"up to {metres(lengths.max())} long",
                detail=f"{shown}; {media.name} {what} {metres(limit)}",
                help=cure,
                also=[(media.origin, "declared here")],
            )
