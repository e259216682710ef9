"""The list of cables, labels, the bill of materials and the tables say what the specs say."""

from __future__ import annotations

from collections import Counter, defaultdict

from unit.agreement import Built, End, tags


def test_every_cable_and_no_other(built: Built) -> None:
    order = tags(built)
    wanted = []
    for (tag, width), rows in zip(order, built.wanted.statements, strict=True):
        wanted += [(f"{tag}-{number:0{width}}", *row) for row, number, there in rows if there]
    keys = ("cable_id", "a_device", "a_port", "z_device", "z_port")
    found = [tuple(row[key] for key in keys) for row in built.rows("cabling/cables.csv")]
    assert sorted(found) == sorted(wanted)
    assert len(found) == built.wanted.count
    assert len({row[0] for row in found}) == len(found)
    used = Counter([row[1:3] for row in found] + [row[3:5] for row in found])
    assert set(used.values()) == {1}


def test_interfaces_in_the_cable_list(built: Built) -> None:
    for row in built.rows("cabling/cables.csv"):
        for end in "az":
            device, port = row[f"{end}_device"], row[f"{end}_port"]
            assert row[f"{end}_interface"] == built.wanted.interface(device, port), (device, port)


def test_labels(built: Built) -> None:
    wanted = []
    for row in built.rows("cabling/cables.csv"):
        a, z = (f"{row[f'{end}_device']} {row[f'{end}_port']}" for end in "az")
        assert (row["a_label"], row["z_label"]) == (f"{a} -> {z}", f"{z} -> {a}")
        wanted.append([row["cable_id"], "a", a, row["a_location"], z, row["z_location"]])
        wanted.append([row["cable_id"], "z", z, row["z_location"], a, row["a_location"]])
    assert [list(row.values())[:-1] for row in built.rows("cabling/labels.csv")] == wanted


def test_bill_of_materials(built: Built) -> None:
    cages: dict[str, set[End]] = defaultdict(set)
    cables: Counter[tuple[str, str]] = Counter()
    for row in built.rows("cabling/cables.csv"):
        for end in "az":
            if row[f"{end}_optic"]:
                cages[row[f"{end}_optic"]].add((row[f"{end}_device"], row[f"{end}_port"].split("/")[0]))
        if not row["shared_with"]:
            cables[row["cable"], row["length_m"]] += 1
    devices = built.table("devices")
    bom = built.rows("cabling/bom.csv")

    def bought(category: str) -> dict[str, int]:
        return {row["definition"]: int(row["quantity"]) for row in bom if row["category"] == category}

    assert bought("optic") == {name: len(those) for name, those in cages.items()}
    laid = {
        (row["definition"] or row["sku"], row["length_m"]): int(row["quantity"])
        for row in bom
        if row["category"] in ("cable", "fibre")
    }
    assert laid == dict(cables)
    assert bought("device") == dict(Counter(devices["definition"]))
    assert bought("rack") == dict(Counter(built.table("racks")["definition"]))


def test_tables(built: Built) -> None:
    cables = built.rows("cabling/cables.csv")
    links = built.table("links")
    for column in ("cable_id", "a_device", "a_port", "z_device", "z_port", "network"):
        assert links[column].to_list() == [row[column] for row in cables], column
    assert links["speed_bps"].to_list() == [int(row["speed_gbps"]) * 10**9 for row in cables]
    for end in "az":
        wanted = [row[f"{end}_optic"] or row["cable"] for row in cables]
        assert links[f"{end}_using"].to_list() == wanted
    for tag, rank, cable in links.select("tag", "rank", "cable_id").iter_rows():
        assert cable.split("-")[0] == tag and int(cable.split("-")[1]) == rank
    for way, row in zip(links["length_um"], cables, strict=True):
        assert (way is None) == (row["length_m"] == "")
        assert way is None or way <= float(row["length_m"]) * 1e6
    names = set(built.table("devices")["device"])
    assert set(links["a_device"]) | set(links["z_device"]) <= names
    feeds = built.table("feeds")
    assert set(feeds["a_device"]) | set(feeds["z_device"]) <= names
    assert set(built.table("devices")["rack"].drop_nulls()) <= set(built.table("racks")["rack"])
