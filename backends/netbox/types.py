"""Device types: what a maker sells, with the ports that its kind of use gives it.

A device type is what devices of a class have in common. Classes that would be alike are one type. NetBox has nothing
for a cage that is split or that another system calls otherwise, so parts of one model that differ in this are types of
their own, with the definition (or the place in the design) behind the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from ...compiler.design import Element
from ...compiler.plant import DeviceClass, Plant
from ...compiler.power.loads import loads
from ...compiler.power.phases import outlet_phases
from ...compiler.schema import FEEDERS, InletAttributes, OutletAttributes, PartAttributes
from ...compiler.space.elevation import grams
from .._kit.yaml_text import Value
from .choices import OTHER, slug
from .places import Places, half
from .ports import Ports
from .power import Power
from .text import DESCRIPTION, MODEL, PART, apart, field

UNKNOWN_MAKER = "unknown"


@dataclass(frozen=True)
class DeviceType:
    """A device type; `content` is what its YAML says beside its names."""

    manufacturer: str
    model: str
    slug: str
    content: dict[str, Value]

    @property
    def document(self) -> dict[str, Value]:
        """The file, keys in the order that the device type library has them."""
        return {"manufacturer": self.manufacturer, "model": self.model, "slug": self.slug, **self.content}


def _peaks(plant: Plant, elements: Sequence[Element]) -> list[int]:
    """What each class draws at peak in mW: the most that any part of its model draws, with what is plugged into it, so
    that optics alone make no types."""
    peak = loads(plant).peak
    most: dict[tuple[object, str], int] = {}
    keys = [
        (getattr(e.attributes, "vendor", None), getattr(e.attributes, "model", None) or e.definition) for e in elements
    ]
    for cls, key in zip(plant.classes, keys, strict=True):
        own = peak[cls.first : cls.first + cls.count]
        most[key] = max(most.get(key, 0), int(own.max(initial=0)))
    return [most[key] for key in keys]


def maker(vendor: str | None) -> str:
    """The name of a manufacturer."""
    return field(vendor or "", MODEL) or UNKNOWN_MAKER


def device_types(plant: Plant, ports: Sequence[Ports], power: Power, places: Places) -> list[DeviceType]:
    """The device type of every class; equal ones are the same."""
    elements = [plant.element_of(cls) for cls in plant.classes]
    makers = [maker(getattr(e.attributes, "vendor", None)) for e in elements]
    peaks = _peaks(plant, elements)
    contents = [_content(plant, cls, ports[cls.index], power, places, peaks[cls.index]) for cls in plant.classes]
    models = model_names(plant, elements, makers, contents)
    taken: set[str] = set()
    found: dict[tuple[str, str], DeviceType] = {}
    for vendor, model, content in zip(makers, models, contents, strict=True):
        if (vendor, model) not in found:
            found[vendor, model] = DeviceType(vendor, model, slug(f"{vendor}-{model}", taken), content)
    return [found[key] for key in zip(makers, models, strict=True)]


def model_names(
    plant: Plant, elements: Sequence[Element], makers: Sequence[str], contents: Sequence[object]
) -> list[str]:
    """A model for each element: that of its part; with the definition or the path behind it where one maker's parts
    of that model differ in content. Parts without a model are called by their definition."""
    paths = [plant.design.path(e.index) for e in elements]
    models = [getattr(e.attributes, "model", None) or e.definition.rpartition(".")[2] for e in elements]

    def words(n: int) -> tuple[str, str, str]:
        """What it may be called, shortest first."""
        longer = (f"{models[n]} ({elements[n].definition})", f"{models[n]} ({paths[n]})")
        return field(models[n], MODEL), field(longer[0], MODEL), field(longer[1], MODEL)

    # Those with one content are one thing, called after the first of them.
    first: list[int] = []
    for n, content in enumerate(contents):
        same = (m for m in first if contents[m] == content and makers[m] == makers[n] and words(m)[0] == words(n)[0])
        first.append(next(same, n))
    things = sorted(set(first))
    chosen = []
    for n in things:
        others = [words(m) for m in things if m != n and makers[m].lower() == makers[n].lower()]
        alone = (w for at, w in enumerate(words(n)) if all(o[at].lower() != w.lower() for o in others))
        chosen.append(next(alone, words(n)[-1]))
    named = dict(zip(things, _apart_by_maker(chosen, [makers[n] for n in things]), strict=True))
    return [named[n] for n in first]


def _apart_by_maker(names: list[str], makers: Sequence[str]) -> list[str]:
    """The same names, those of one maker all different."""
    found = list(names)
    for maker_name in dict.fromkeys(m.lower() for m in makers):
        own = [n for n, m in enumerate(makers) if m.lower() == maker_name]
        for n, name in zip(own, apart([names[n] for n in own], MODEL), strict=True):
            found[n] = name
    return found


def _content(plant: Plant, cls: DeviceClass, ports: Ports, power: Power, places: Places, peak: int) -> dict[str, Value]:
    element = plant.element_of(cls)
    attributes = element.attributes
    found: dict[str, Value] = {}
    model = getattr(attributes, "model", None)
    if model and field(model, PART) == model:
        found["part_number"] = model
    found["u_height"] = _number(half(int(places.halves[cls.index])))
    found["is_full_depth"] = bool(places.full_depth[cls.index])
    weight = grams(attributes.weight) if isinstance(attributes, PartAttributes) else -1
    if weight > 0:
        # NetBox keeps two decimals.
        hundredths = -(-weight // 10)
        found |= {"weight": hundredths / 100 if hundredths % 100 else hundredths // 100, "weight_unit": "kg"}
    found["description"] = field(element.doc.partition("\n")[0] or element.definition, DESCRIPTION)
    return found | _components(plant, cls, ports, power, peak)


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _components(plant: Plant, cls: DeviceClass, ports: Ports, power: Power, peak: int) -> dict[str, Value]:
    lists: dict[str, list[Value]] = {
        "power-ports": _power_ports(plant, cls, power, peak),
        "power-outlets": _power_outlets(plant, cls, power),
        "interfaces": [
            {"name": i.name, "type": i.type}
            | ({"label": i.label} if i.label else {})
            | ({"mgmt_only": True} if i.management else {})
            | ({"description": f"{i.speed // 10**6} Mbps"} if i.type == OTHER and i.speed else {})
            for i in ports.interfaces
        ],
        "front-ports": [{"name": p.name, "type": p.type} for p in ports.front],
        "rear-ports": [{"name": p.name, "type": p.type, "positions": 1} for p in ports.rear],
        "port-mappings": [
            {"front_port": p.name, "front_port_position": 1, "rear_port": p.behind, "rear_port_position": 1}
            for p in ports.front
            if p.behind
        ],
        "module-bays": [
            {"name": bay, "position": bay[:30]} for bay in dict.fromkeys(i.bay for i in ports.interfaces) if bay
        ],
    }
    return {key: items for key, items in lists.items() if items}


def _power_ports(plant: Plant, cls: DeviceClass, power: Power, peak: int) -> list[Value]:
    """A load's ports share what it draws at peak equally. A feeder's draw what is fed from it, which NetBox adds up."""
    names = power.inlets.names(plant, cls, "inlet")
    load = plant.element_of(cls).kind not in FEEDERS and peak > 0
    inlets = _attributes(plant, cls, "inlet", len(power.inlets.parts[cls.index]))
    found: list[Value] = []
    for number, name in names:
        inlet = inlets[number]
        assert isinstance(inlet, InletAttributes)
        item: dict[str, Value] = {"name": name, "type": _plug(inlet.wiring)}
        if load:
            share, whole = ceil(peak / 1000 / len(names)), ceil(peak / 1000)
            rating = ceil(inlet.rating.to("W")) if inlet.rating is not None else whole
            item |= {"maximum_draw": max(rating, share), "allocated_draw": share}
        found.append(item)
    return found


def _power_outlets(plant: Plant, cls: DeviceClass, power: Power) -> list[Value]:
    """Outlets, without those that are the feeds of a panel."""
    inlets = power.inlets.names(plant, cls, "inlet")
    outlets = _attributes(plant, cls, "outlet", len(power.outlets.parts[cls.index]))
    legs = _legs(plant, cls)
    paneled = _numbers(cls, "outlet", power.paneled)
    found: list[Value] = []
    for number, name in power.outlets.names(plant, cls, "outlet"):
        if number in paneled:
            continue
        outlet = outlets[number]
        assert isinstance(outlet, OutletAttributes)
        item: dict[str, Value] = {"name": name, "type": _plug(outlet.wiring)}
        if len(inlets) == 1:
            item["power_port"] = inlets[0][1]
        if number in legs:
            item["feed_leg"] = legs[number]
        found.append(item)
    return found


def _plug(wiring: str | None) -> str:
    """The type of a connector: all that a spec tells of it is whether it carries direct current."""
    return "dc-terminal" if wiring == "dc" else OTHER


def _attributes(plant: Plant, cls: DeviceClass, kind: str, count: int) -> list[object]:
    found: list[object] = [None] * count
    for array in cls.terminals[kind]:
        found[array.first : array.first + array.count] = [plant.design.elements[array.element].attributes] * array.count
    return found


def _numbers(cls: DeviceClass, kind: str, elements: frozenset[int]) -> set[int]:
    return {
        number
        for array in cls.terminals[kind]
        if array.element in elements
        for number in range(array.first, array.first + array.count)
    }


def _legs(plant: Plant, cls: DeviceClass) -> dict[int, str]:
    """The phase of each single-phase outlet that tells it, `A` to `C`; none where devices of the class differ."""
    found: dict[int, str] = {}
    for array in cls.terminals["outlet"]:
        phases = outlet_phases(plant, array.element)
        if phases is None or not cls.count:
            continue
        table = phases.reshape(cls.count, array.count)
        if (table == table[:1]).all():
            found |= {array.first + n: "ABC"[phase] for n, phase in enumerate(table[0].tolist())}
    return found
