"""What NetBox's bulk import asks of a set of files, written from its forms and models and from nothing of ours.

Source: netbox-community/netbox 4.6.8, `dcim/forms/bulk_import.py`, `dcim/forms/object_import.py`,
`ipam/forms/bulk_import.py`, `dcim/choices.py`, `dcim/constants.py` (COMPATIBLE_TERMINATION_TYPES) and `dcim/models/`.
Choices are those that our parts can come to; a test of the choices themselves has more.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from ipaddress import ip_interface
from typing import Any

import yaml

Row = dict[str, str]

COLUMNS: dict[str, tuple[str, str]] = {
    "01-manufacturers": ("name slug", "description"),
    "02-platforms": ("name slug", "parent manufacturer config_template description"),
    "03-sites": ("name slug status", "region group tenant facility time_zone description latitude longitude"),
    "04-locations": ("site name slug status", "parent tenant facility description"),
    "05-rack-roles": ("name slug color", "description"),
    "06-rack-types": (
        "manufacturer model slug form_factor width u_height starting_unit",
        "desc_units outer_width outer_height outer_depth outer_unit mounting_depth weight max_weight weight_unit "
        "description",
    ),
    "07-racks": ("site name status", "location role rack_type width u_height description airflow"),
    "08-device-roles": ("name slug color", "parent vm_role config_template description"),
    "09-devices": (
        "role manufacturer device_type status site",
        "name platform serial asset_tag location rack position face airflow description",
    ),
    "10-interfaces": ("device name type", "label parent bridge lag speed duplex enabled mtu mgmt_only description"),
    "11-modules": ("device module_bay module_type status", "serial asset_tag description replicate_components"),
    "12-rirs": ("name slug", "is_private description"),
    "13-asns": ("asn rir", "role tenant description"),
    "14-prefixes": ("prefix status", "vrf tenant role scope_type scope_name is_pool mark_utilized description"),
    "15-ip-addresses": ("address status", "vrf role device interface is_primary is_oob dns_name description"),
    "16-power-panels": ("site name", "location description"),
    "17-power-feeds": (
        "site power_panel name status type supply phase voltage amperage max_utilization",
        "location rack mark_connected tenant description",
    ),
    "18-cables": (
        "side_a_type side_a_name side_b_type side_b_name",
        "side_a_site side_a_device side_a_power_panel side_b_site side_b_device side_b_power_panel type status profile "
        "tenant bundle label color length length_unit description",
    ),
}
COLUMNS["19-power-cables"] = COLUMNS["18-cables"]
"""Columns of each page: those that must be there, and some of those that may be."""

CHOICES = {
    "status": {"planned", "active", "container", "reserved"},
    "face": {"front", "rear"},
    "width": {"10", "19", "21", "23"},
    "outer_unit": {"mm", "in"},
    "weight_unit": {"kg", "g", "lb", "oz"},
    "length_unit": {"km", "m", "cm", "mi", "ft", "in"},
    "form_factor": {"2-post-frame", "4-post-frame", "4-post-cabinet", "wall-frame"},
    "supply": {"ac", "dc"},
    "phase": {"single-phase", "three-phase"},
}

INTERFACES = set(
    "virtual other 100base-tx 1000base-t 2.5gbase-t 5gbase-t 10gbase-t 1000base-x-sfp 10gbase-x-sfpp 25gbase-x-sfp28 "
    "50gbase-x-sfp28 50gbase-x-sfp56 40gbase-x-qsfpp 100gbase-x-qsfp28 100gbase-x-qsfpdd 200gbase-x-qsfp56 "
    "200gbase-x-qsfpdd 400gbase-x-qsfp112 400gbase-x-qsfpdd 400gbase-x-osfp 400gbase-x-osfp-rhs 800gbase-x-qsfpdd "
    "800gbase-x-osfp 1.6tbase-x-osfp1600 1.6tbase-x-osfp1600-rhs 1.6tbase-x-qsfpdd1600 infiniband-sdr infiniband-ddr "
    "infiniband-qdr infiniband-fdr10 infiniband-fdr infiniband-edr infiniband-hdr infiniband-ndr infiniband-xdr".split()
)
PORTS = {"8p8c", "lc", "lc-pc", "lc-upc", "lc-apc", "mpo", "sc", "cs", "sn", "mdc", "other"}
CABLES = {
    "", "cat6a", "dac-active", "dac-passive", "mmf", "mmf-om3", "mmf-om4", "smf", "smf-os1", "smf-os2", "aoc", "power"
}  # fmt: skip
PLUGS = {"dc-terminal", "hardwired", "other"}

COMPATIBLE = {
    "dcim.interface": {"dcim.interface", "dcim.frontport", "dcim.rearport"},
    "dcim.frontport": {"dcim.interface", "dcim.frontport", "dcim.rearport"},
    "dcim.rearport": {"dcim.interface", "dcim.frontport", "dcim.rearport"},
    "dcim.poweroutlet": {"dcim.powerport"},
    "dcim.powerfeed": {"dcim.powerport"},
}

LISTS = {
    "interfaces": "dcim.interface",
    "front-ports": "dcim.frontport",
    "rear-ports": "dcim.rearport",
    "power-ports": "dcim.powerport",
    "power-outlets": "dcim.poweroutlet",
    "module-bays": "module bay",
}
"""Components of a device type, and what cables call them."""

KEYS = {
    "": "manufacturer model slug part_number u_height is_full_depth airflow weight weight_unit description comments "
    "port-mappings " + " ".join(LISTS),
    "interfaces": "name label type enabled mgmt_only description",
    "front-ports": "name label type color positions description",
    "rear-ports": "name label type color positions description",
    "power-ports": "name label type maximum_draw allocated_draw description",
    "power-outlets": "name label type power_port feed_leg description",
    "module-bays": "name label position description",
    "port-mappings": "front_port front_port_position rear_port rear_port_position",
}
"""Keys of a device type and its components: netbox-community/devicetype-library, `schema/devicetype.json` and
`schema/components.json`; the mappings of ports are NetBox's own (`PortTemplateMappingImportForm`)."""


class Files:
    """The files of an import, read."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        own = {path.removeprefix("dcim/netbox/"): data.decode() for path, data in files.items()}
        self.headers: dict[str, list[str]] = {}
        self.tables: dict[str, list[Row]] = {}
        for path, text in own.items():
            if path.endswith(".csv"):
                reader = csv.DictReader(io.StringIO(text))
                self.tables[path.removesuffix(".csv")] = list(reader)
                self.headers[path.removesuffix(".csv")] = list(reader.fieldnames or ())
        self.types = [yaml.safe_load(t) for p, t in own.items() if p.startswith("device-types/")]
        self.modules = [yaml.safe_load(t) for p, t in own.items() if p.startswith("module-types/")]

    def type_of(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(t["manufacturer"], t["model"]): t for t in self.types}


def problems(files: Files) -> list[str]:
    """Whatever NetBox would refuse, one line each."""
    return [*_columns(files), *_types(files), *_names(files), *_places(files), *_cabling(files), *_numbers(files)]


def _columns(files: Files) -> Iterator[str]:
    for table, header in files.headers.items():
        must, may = (set(words.split()) for words in COLUMNS[table])
        yield from (f"{table}: no column {name}" for name in must - set(header))
        yield from (f"{table}: column {name}" for name in set(header) - must - may)
        for number, row in enumerate(files.tables[table]):
            yield from (f"{table} row {number}: no {name}" for name in must & set(row) if not row[name])
            for name, allowed in CHOICES.items():
                if row.get(name) and row[name] not in allowed:
                    yield f"{table} row {number}: {name} {row[name]}"
            for name, value in row.items():
                if value and (len(value) > 200 or re.search(r"[\x00-\x1f\x7f]", value)):
                    yield f"{table} row {number}: {name} {value!r}"
            if not re.fullmatch(r"[-a-zA-Z0-9_]{1,100}", row.get("slug", "x")):
                yield f"{table} row {number}: slug {row['slug']}"
            if not re.fullmatch(r"([0-9a-f]{6})?", row.get("color", "")):
                yield f"{table} row {number}: color {row['color']}"


def _types(files: Files) -> Iterator[str]:
    makers = {row["name"] for row in files.tables["01-manufacturers"]}
    yield from _twice("slug", (t["slug"] for t in files.types))
    yield from _twice("model", ((t["manufacturer"], t["model"].lower()) for t in files.types))
    yield from _twice("module", (t["model"] for t in files.modules))
    for t in [*files.types, *files.modules]:
        if t["manufacturer"] not in makers:
            yield f"{t['model']}: manufacturer {t['manufacturer']}"
        if len(t["model"]) > 100 or len(t.get("part_number", "")) > 50:
            yield f"{t['model']}: too long"
    for t in files.types:
        for key, allowed in KEYS.items():
            items = [t] if not key else t.get(key, ())
            yield from (f"{t['model']} {key}: {word}" for item in items for word in set(item) - set(allowed.split()))
        if not {"manufacturer", "model", "slug", "u_height", "is_full_depth"} <= set(t):
            yield f"{t['model']}: a key is missing"
        if ("weight" in t) != ("weight_unit" in t) or len(t.get("description", "")) > 200:
            yield f"{t['model']}: weight or description"
        names = {key: [item["name"] for item in t.get(key, ())] for key in LISTS}
        for key, own in names.items():
            yield from _twice(f"{t['model']} {key}", own)
            yield from (f"{t['model']} {key}: {name!r}" for name in own if not 0 < len(name) <= 64)
        if t["u_height"] * 2 % 1 or not 0 <= t["u_height"] < 100:
            yield f"{t['model']}: u_height {t['u_height']}"
        for key, choices in (
            ("interfaces", INTERFACES), ("front-ports", PORTS), ("rear-ports", PORTS), ("power-ports", PLUGS),
            ("power-outlets", PLUGS),
        ):  # fmt: skip
            yield from (f"{t['model']}: {item['type']}" for item in t.get(key, ()) if item["type"] not in choices)
        for item in t.get("port-mappings", ()):
            if item["front_port"] not in names["front-ports"] or item["rear_port"] not in names["rear-ports"]:
                yield f"{t['model']}: mapping {item}"
        for side in ("front_port", "rear_port"):
            yield from _twice(f"{t['model']} {side}", (item[side] for item in t.get("port-mappings", ())))
        for item in t.get("power-outlets", ()):
            if item.get("power_port", "") not in ["", *names["power-ports"]] or item.get("feed_leg", "A") not in "ABC":
                yield f"{t['model']}: outlet {item}"
        for item in t.get("power-ports", ()):
            if item.get("allocated_draw", 0) > item.get("maximum_draw", 0):
                yield f"{t['model']}: draw {item}"


def _names(files: Files) -> Iterator[str]:
    tables = files.tables
    for table in tables:
        for key in ("slug", "name"):
            if table not in ("10-interfaces", "17-power-feeds") and key in files.headers[table]:
                yield from _twice(f"{table} {key}", (row[key].lower() for row in tables[table]))
    names = {table: {row["name"] for row in rows} for table, rows in tables.items() if "name" in files.headers[table]}
    racks = {row["name"]: row for row in tables["07-racks"]}
    models = {row["model"] for row in tables["06-rack-types"]}
    yield from _twice("rack type", (row["model"] for row in tables["06-rack-types"]))
    references = [
        ("04-locations", "site", names["03-sites"]),
        ("06-rack-types", "manufacturer", names["01-manufacturers"]),
        ("07-racks", "site", names["03-sites"]),
        ("07-racks", "location", names["04-locations"]),
        ("07-racks", "role", names["05-rack-roles"]),
        ("07-racks", "rack_type", models),
        ("09-devices", "role", names["08-device-roles"]),
        ("09-devices", "platform", names["02-platforms"]),
        ("09-devices", "site", names["03-sites"]),
        ("09-devices", "location", names["04-locations"]),
        ("09-devices", "rack", set(racks)),
        ("10-interfaces", "device", names["09-devices"]),
        ("11-modules", "device", names["09-devices"]),
        ("11-modules", "module_type", {t["model"] for t in files.modules}),
        ("13-asns", "rir", names["12-rirs"]),
        ("16-power-panels", "site", names["03-sites"]),
        ("17-power-feeds", "power_panel", names["16-power-panels"]),
        ("17-power-feeds", "location", names["04-locations"]),
        ("17-power-feeds", "rack", set(racks)),
    ]
    for table, column, known in references:
        yield from (
            f"{table}: {column} {row[column]}" for row in tables[table] if row[column] and row[column] not in known
        )
    for row in (*tables["09-devices"], *tables["17-power-feeds"]):
        if row["rack"] in racks and racks[row["rack"]]["location"] != row["location"]:
            yield f"{row['name']}: a rack of another location"
    yield from _twice("power feed", ((row["power_panel"], row["name"]) for row in tables["17-power-feeds"]))


def _places(files: Files) -> Iterator[str]:
    """`Rack.get_available_units`: whole or half units, inside the rack, one device at each."""
    types = files.type_of()
    units = {row["model"]: int(row["u_height"]) for row in files.tables["06-rack-types"]}
    height = {row["name"]: units.get(row["rack_type"], 0) for row in files.tables["07-racks"]}
    yield from (f"rack type {model}: {number} units" for model, number in units.items() if not 1 <= number <= 100)
    taken: set[tuple[str, int]] = set()
    for row in files.tables["09-devices"]:
        kind = types.get((row["manufacturer"], row["device_type"]))
        if kind is None:
            yield f"{row['name']}: device type {row['device_type']}"
            continue
        if bool(row["position"]) != bool(row["face"]) or (row["position"] and not row["rack"]):
            yield f"{row['name']}: position {row['position']} face {row['face']} rack {row['rack']}"
        if not row["position"]:
            continue
        low, size = int(2 * Fraction(row["position"])), int(2 * Fraction(str(kind["u_height"])))
        if not size or 2 * Fraction(row["position"]) % 1 or low < 2 or low + size > 2 * height[row["rack"]] + 2:
            yield f"{row['name']}: position {row['position']}"
        for place in range(low, low + size):
            if (row["rack"], place) in taken:
                yield f"{row['name']}: {row['rack']} {place / 2} is taken"
            taken.add((row["rack"], place))


def _components(files: Files) -> dict[str, dict[tuple[str, str], str]]:
    """By device what it has: kind and name, with the type."""
    types = files.type_of()
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    of_type = {
        key: {(LISTS[name], item["name"]): item.get("type", "") for name in LISTS for item in kind.get(name, ())}
        for key, kind in types.items()
    }
    for row in files.tables["09-devices"]:
        found[row["name"]] = dict(of_type.get((row["manufacturer"], row["device_type"]), {}))
    for row in files.tables["10-interfaces"]:
        if ("dcim.interface", row["name"]) in found[row["device"]] or row["type"] not in INTERFACES:
            found[row["device"]]["twice", row["name"]] = ""
        found[row["device"]]["dcim.interface", row["name"]] = row["type"]
    return found


def _cabling(files: Files) -> Iterator[str]:
    """`CableImportForm._clean_side`, `Cable.clean` and `CableTermination.clean`."""
    have = _components(files)
    yield from (
        f"{device}: {name} is there already" for device, own in have.items() for kind, name in own if kind == "twice"
    )
    feeds = {(row["power_panel"], row["name"]) for row in files.tables["17-power-feeds"]}
    used: Counter[tuple[str, str, str]] = Counter()
    for table in ("18-cables", "19-power-cables"):
        for number, row in enumerate(files.tables[table]):
            for side in "ab":
                kind, name = row[f"side_{side}_type"], row[f"side_{side}_name"]
                owner = row.get(f"side_{side}_power_panel") or row[f"side_{side}_device"]
                used[kind, owner, name] += 1
                if (kind == "dcim.powerfeed") != bool(row.get(f"side_{side}_power_panel")):
                    yield f"{table} row {number}: a {kind} of {owner}"
                elif kind == "dcim.powerfeed":
                    if (owner, name) not in feeds:
                        yield f"{table} row {number}: feed {owner} {name}"
                elif have[owner].get((kind, name), "virtual") == "virtual":
                    yield f"{table} row {number}: no {kind} {owner} {name}"
            if row["side_b_type"] not in COMPATIBLE.get(row["side_a_type"], ()):
                yield f"{table} row {number}: {row['side_a_type']} to {row['side_b_type']}"
            if row["type"] not in CABLES or bool(row["length"]) != bool(row["length_unit"]):
                yield f"{table} row {number}: type {row['type']} length {row['length']}"
            if not re.fullmatch(r"(\d{1,6}(\.\d{1,2})?)?", row["length"]):
                yield f"{table} row {number}: length {row['length']}"
    yield from (f"{' '.join(key)} has {count} cables" for key, count in used.items() if count > 1)
    for row in files.tables["11-modules"]:
        if ("module bay", row["module_bay"]) not in have[row["device"]]:
            yield f"module: {row['device']} {row['module_bay']}"
    yield from _twice("module", ((row["device"], row["module_bay"]) for row in files.tables["11-modules"]))
    for row in files.tables["15-ip-addresses"]:
        if row["device"] and ("dcim.interface", row["interface"]) not in have[row["device"]]:
            yield f"{row['address']}: {row['device']} {row['interface']}"


def _numbers(files: Files) -> Iterator[str]:
    addresses = files.tables["15-ip-addresses"]
    yield from _twice("address", (row["address"].partition("/")[0] for row in addresses))
    primary = [
        (row["device"], ip_interface(row["address"]).version) for row in addresses if row["is_primary"] == "true"
    ]
    yield from _twice("primary", primary)
    for row in addresses:
        found = ip_interface(row["address"])
        if found.network.prefixlen < found.max_prefixlen - 1 and found.ip == found.network.network_address:
            yield f"{row['address']}: the number of its network"
    yield from _twice("prefix", (row["prefix"] for row in files.tables["14-prefixes"]))
    yield from _twice("asn", (row["asn"] for row in files.tables["13-asns"]))
    yield from (f"asn {r['asn']}" for r in files.tables["13-asns"] if not 1 <= int(r["asn"]) < 1 << 32)
    for row in files.tables["17-power-feeds"]:
        if not (1 <= int(row["voltage"]) <= 32767 and 1 <= int(row["amperage"]) <= 32767):
            yield f"feed {row['name']}: {row['voltage']} V {row['amperage']} A"
        if not 1 <= int(row["max_utilization"]) <= 100 or row["type"] not in ("primary", "redundant"):
            yield f"feed {row['name']}: {row['max_utilization']} {row['type']}"


def _twice(what: str, values: Any) -> Iterator[str]:
    yield from (f"{what}: {value} is there {count} times" for value, count in Counter(values).items() if count > 1)
