"""The heat of devices and assemblies, by the rules of `cooling.heat`: what they draw or lose, in coolant and in air."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...dsl.units import Quantity
from ..design import Element
from ..plant import Ints
from ..schema import FEEDERS
from .books import Books
from .model import Figure, readable
from .places import stated
from .power import PEAK, power_column
from .subjects import Instances
from .sums import Column, summed


def conversion_loss(books: Books, subject: Instances, figure: str) -> Figure | None:
    """What feeders lose at peak, alone or in an assembly."""
    return summed(books.plant, subject, _loss_column(books), figure)


def heat(books: Books, subject: Instances, figure: str) -> Figure | None:
    """All heat at peak: what loads draw and feeders lose."""
    return summed(books.plant, subject, heat_column(books), figure)


def liquid_heat(books: Books, subject: Instances, figure: str) -> Figure | None:
    """The heat that goes into coolant."""
    return summed(books.plant, subject, liquid_column(books), figure)


def air_heat(books: Books, subject: Instances, figure: str) -> Figure | None:
    """The heat that goes into the air."""
    return summed(books.plant, subject, air_column(books), figure)


def _loss_column(books: Books) -> Column:
    flow = books.flow
    lost: Ints = flow.input[0] - flow.output[0] - books.loads.peak
    return Column(lost, "mW", lambda element, devices: _losses(books, element, devices))


def _losses(books: Books, element: Element, devices: Ints) -> tuple[Figure, ...]:
    if element.kind not in FEEDERS:
        return ()
    flow = books.flow
    output, lost = flow.output[0, devices], (flow.input[0] - flow.output[0])[devices]
    if len(devices) > 1:
        return (Figure(f"loss of {len(devices)}", _mw(int(lost.sum()))),)
    (device,) = devices.tolist()
    given, taken = readable(_mw(int(output[0]))), readable(_mw(int(output[0] + lost[0])))
    rule = f"{taken} taken (output / efficiency + fixed loss, rounded up to the mW) less {given} of output"
    parts = list(_by_curve(books, element, device)) or list(_given(books, element, "efficiency"))
    return (Figure("loss", _mw(int(lost[0])), how=rule, parts=(*parts, *_given(books, element, "loss"))),)


def _by_curve(books: Books, element: Element, device: int) -> Iterator[Figure]:
    """The efficiency that a curve gives at the load of one feeder."""
    lost = books.losses
    if lost.curve[device] < 0:
        return
    output = books.flow.output[0, device : device + 1]
    millionths = int(lost.curves[int(lost.curve[device])].at(output)[0])
    whole = [*_given(books, element, "installed"), *_given(books, element, "supply")][:1]
    share = Quantity.of(round(Fraction(int(output[0])) / whole[0].amount.to("mW") * 100, 3), "%")
    rule = f"at {share} of {readable(whole[0].amount)}, on straight lines between its points"
    told = stated(books.plant.design, element, "curve")
    yield Figure("efficiency", Quantity.of(Fraction(millionths, 10**4), "%"), how=rule, stated=told, parts=tuple(whole))


def _given(books: Books, element: Element, attribute: str) -> Iterator[Figure]:
    """A figure that a part states."""
    told, amount = stated(books.plant.design, element, attribute), getattr(element.attributes, attribute, None)
    if told is not None and isinstance(amount, Quantity):
        yield Figure(attribute, amount, stated=told)


def heat_column(books: Books) -> Column:
    """Own heat of each device."""
    draw = power_column(books, PEAK)

    def parts(element: Element, devices: Ints) -> tuple[Figure, ...]:
        return _losses(books, element, devices) if element.kind in FEEDERS else draw.parts(element, devices)

    return Column(books.cooling.heat_mw, "mW", parts)


def liquid_column(books: Books) -> Column:
    """The part of its heat that goes into coolant."""
    own = heat_column(books)
    values = books.cooling.liquid_mw

    def parts(element: Element, devices: Ints) -> tuple[Figure, ...]:
        total = int(values[devices].sum())
        if not total:
            return ()
        whole = Figure("heat", _mw(int(own.values[devices].sum())), parts=own.parts(element, devices))
        share, amount = stated(books.plant.design, element, "liquid"), _share(element)
        if share is None or amount is None:
            inside = _members(books, element)
            return (Figure("liquid_heat", _mw(total), how="what its members state of theirs", parts=inside),)
        rule = f"{share.value} of {readable(whole.amount)}, rounded down to the mW"
        return (Figure("liquid_heat", _mw(total), how=rule, parts=(Figure("liquid", amount, stated=share), whole)),)

    return Column(values, "mW", parts)


def _share(element: Element) -> Quantity | None:
    told = getattr(element.attributes, "liquid", None)
    return told if isinstance(told, Quantity) else None


def _members(books: Books, element: Element) -> tuple[Figure, ...]:
    """Every share that a part inside states."""
    design = books.plant.design
    found = []
    for member in design.elements:
        inside = member.role == "part" and any(e.index == element.index for e in design.chain(member.index)[:-1])
        share, amount = stated(design, member, "liquid"), _share(member)
        if inside and share is not None and amount is not None:
            found.append(Figure(f"{member.name}.liquid", amount, stated=share))
    return tuple(found)


def air_column(books: Books) -> Column:
    """The part of its heat that goes into the air."""
    own, liquid = heat_column(books), liquid_column(books)
    values = books.cooling.air_mw

    def parts(element: Element, devices: Ints) -> tuple[Figure, ...]:
        total, wet = int(values[devices].sum()), int(liquid.values[devices].sum())
        if not total:
            return ()
        if not wet:
            return own.parts(element, devices)
        return (
            Figure(
                "air_heat",
                _mw(total),
                how=f"{readable(_mw(total + wet))} of heat less {readable(_mw(wet))} in coolant",
                parts=liquid.parts(element, devices),
            ),
        )

    return Column(values, "mW", parts)


def _mw(value: int) -> Quantity:
    return Quantity.of(value, "mW")
