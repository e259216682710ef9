"""Variables of every host."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.expand.geometry import micrometres
from ...compiler.network.addresses import dotted_column
from ...compiler.plant import Plant
from ...dsl.units import Quantity, format_number
from .._kit.columns import by_unit
from .._kit.config_files import CONFIGS, config_file
from .._kit.planned import Members
from .._kit.yaml_text import quoted


def value(text: str) -> str:
    """Text of a spec as the value of a variable. Ansible runs what looks like a template, unless it is told not to
    ("Unsafe or raw strings" in its documentation), so such text is marked."""
    return f"!unsafe {quoted(text)}" if "{" in text else quoted(text)


def host_lines(plant: Plant, members: Members, names: list[str]) -> Iterator[str]:
    """One line a host with its variables, such as `"leaf0": {ansible_host: "172.16.0.2", rw_asn: 4200000000}`."""
    systems = [plant.element_of(cls).os or "" for cls in plant.classes]
    rows = zip(
        names,
        plant.devices.names,
        plant.devices.cls.tolist(),
        dotted_column(members.management),
        dotted_column(members.loopback),
        members.asn.tolist(),
        plant.devices.rack.tolist(),
        _units(plant),
        members.network.tolist(),
        strict=True,
    )
    racks = [value(name) for name in plant.racks.names]
    for name, own, cls, management, loopback, asn, rack, unit, network in rows:
        found = []
        if management:
            found.append(f'ansible_host: "{management}"')
        if name != own:
            found.append(f"rw_name: {value(own)}")
        if asn >= 0:
            found.append(f"rw_asn: {asn}")
        if loopback:
            found.append(f'rw_loopback: "{loopback}"')
        if rack >= 0:
            found.append(f"rw_rack: {racks[rack]}")
        if unit:
            found.append(f'rw_unit: "{unit}"')
        if network >= 0 and systems[cls] in CONFIGS:
            found.append(f"rw_config: {quoted(config_file(systems[cls], own))}")
        yield f"    {quoted(name)}: {{{', '.join(found)}}}" if found else f"    {quoted(name)}:"


def _units(plant: Plant) -> list[str | None]:
    """The lowest unit of each device, such as `22 OU`; None where it is not known."""
    if not len(plant.racks):
        return [None] * len(plant.devices)
    ou = micrometres(Quantity.of(1, "OU"))
    return by_unit(plant, lambda size, unit: f"{format_number(unit)} {'OU' if size == ou else 'RU'}").to_list()
