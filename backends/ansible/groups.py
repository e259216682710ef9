"""Groups of an inventory: by class, kind, operating system, role, tier and network, and one for every place.

A host is written three times: with its variables, in its class and in its place. Every other group is made of these
two, so that an inventory of a large plant stays small; only a group that holds a part of a class names its hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...compiler.instances import instance_count
from ...compiler.names import host_names
from ...compiler.plant import DeviceClass, Plant
from ...compiler.schema import PartAttributes
from .._kit.planned import Members
from .hosts import value
from .names import Groups


@dataclass
class Group:
    """A group with what is directly in it. `hosts` are numbers of devices."""

    name: str
    variables: dict[str, str] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)
    hosts: list[int] = field(default_factory=list)

    def lines(self, hosts: list[str]) -> Iterator[str]:
        """The group as YAML below `children:`; `hosts` are the quoted names of all devices."""
        yield f"    {self.name}:"
        if self.variables:
            yield "      vars:"
            yield from (f"        {key}: {value(text)}" for key, text in self.variables.items())
        if self.children:
            yield "      children:"
            yield from (f"        {child}:" for child in self.children)
        if self.hosts:
            yield "      hosts:"
            yield from (f"        {hosts[number]}:" for number in self.hosts)


def groups(plant: Plant, members: Members, hosts: list[str]) -> list[Group]:
    """All groups, those of classes first, places from the outside in."""
    names = Groups(hosts)
    built = [cls for cls in plant.classes if cls.count]
    of_class = {cls.index: _class(plant, cls, names) for cls in built}
    found = list(of_class.values())
    found += _by_element(plant, built, of_class, names, "kind", lambda cls: plant.element_of(cls).kind)
    found += _by_element(plant, built, of_class, names, "os", lambda cls: plant.element_of(cls).os or "")
    networks = [plant.design.networks[p.network].name for p in members.networks]
    columns = (
        ("role", members.role),
        ("tier", [str(tier) if tier > 0 else "" for tier in members.tier.tolist()]),
        ("network", [networks[number] if number >= 0 else "" for number in members.network.tolist()]),
    )
    for kind, column in columns:
        found += _by_device(built, of_class, names, kind, column)
    return found + list(_places(plant, built, names))


def _class(plant: Plant, cls: DeviceClass, names: Groups) -> Group:
    """A class of devices and what all of them have in common."""
    element = plant.element_of(cls)
    variables = {"rw_kind": element.kind, "rw_definition": element.definition}
    if element.os:
        variables["rw_os"] = element.os
    if isinstance(element.attributes, PartAttributes):
        variables |= {
            key: text
            for key, text in (("rw_vendor", element.attributes.vendor), ("rw_model", element.attributes.model))
            if text
        }
    name = names.name("class", plant.design.path(element.index))
    return Group(name, variables, hosts=list(range(cls.first, cls.first + cls.count)))


def _by_element(
    plant: Plant,
    built: list[DeviceClass],
    of_class: dict[int, Group],
    names: Groups,
    kind: str,
    key: Callable[[DeviceClass], str],
) -> list[Group]:
    """Groups of classes that have something in common; none for `""`."""
    found: dict[str, Group] = {}
    for cls in built:
        word = key(cls)
        if word and word not in found:
            found[word] = Group(names.name(kind, word))
        if word:
            found[word].children.append(of_class[cls.index].name)
    return list(found.values())


def _by_device(
    built: list[DeviceClass], of_class: dict[int, Group], names: Groups, kind: str, column: list[str]
) -> list[Group]:
    """Groups of devices that have something in common: of whole classes where all of a class have it."""
    found: dict[str, Group] = {}
    for cls in built:
        own = column[cls.first : cls.first + cls.count]
        for word in dict.fromkeys(own):
            if not word:
                continue
            if word not in found:
                found[word] = Group(names.name(kind, word))
            if own.count(word) == cls.count:
                found[word].children.append(of_class[cls.index].name)
            else:
                found[word].hosts += [cls.first + n for n, other in enumerate(own) if other == word]
    return list(found.values())


def _places(plant: Plant, built: list[DeviceClass], names: Groups) -> Iterator[Group]:
    """A group for every instance of every assembly below the root, named by its kind."""
    design = plant.design
    found: dict[int, list[Group]] = {}
    for element in design.elements[1:]:
        count = instance_count(design, element.index)
        if element.role != "assembly" or not count:
            continue
        own = [Group(names.name(element.kind, name)) for name in host_names(design, element.index)]
        found[element.index] = own
        outer = found.get(element.parent if element.parent is not None else 0)
        for number, group in enumerate(own if outer else ()):
            assert outer is not None
            outer[number // (count // len(outer))].children.append(group.name)
    for cls in built:
        parent = plant.element_of(cls).parent
        places = found.get(parent if parent is not None else 0)
        if places:
            share = cls.count // len(places)
            for number, group in enumerate(places):
                start = cls.first + number * share
                group.hosts += range(start, start + share)
    for places in found.values():
        yield from places
