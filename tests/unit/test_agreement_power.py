"""The power budget adds up, and every file is in the manifest."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from unit.agreement import Built


def milliwatts(text: str) -> int:
    whole, part = text.split(".")
    assert len(part) == 3
    return int(whole) * 1000 + int(part)


def test_power_adds_up(built: Built) -> None:
    rows = built.rows("power/budget.csv")
    devices = built.table("devices")
    rack_of = dict(zip(devices["device"], devices["rack"], strict=True))
    loads = [row for row in rows if row["level"] == "device"]
    assert {row["name"] for row in loads} <= set(rack_of)
    assert len({row["name"] for row in loads}) == len(loads)
    feeders = {row["name"] for row in rows if row["level"] == "feeder"}
    assert {row["name"] for row in loads} | feeders == set(rack_of)
    for column in ("typical_w", "peak_w"):
        racks: Counter[str] = Counter()
        groups: Counter[str] = Counter()
        total = 0
        for row in loads:
            load = milliwatts(row[column])
            total += load
            racks[rack_of[row["name"]] or ""] += load
            groups[row["name"].split("-")[0]] += load
        for row in rows:
            if row["level"] == "rack":
                assert milliwatts(row[column]) == racks[row["name"].replace(".", "-")], row["name"]
            elif row["level"] == "group":
                assert milliwatts(row[column]) == groups[row["name"]], row["name"]
        assert milliwatts(rows[-1][column]) == total
    budget = json.loads(built.text("power/budget.json"))
    assert round(budget["totals"]["peak"] * 1000) == milliwatts(rows[-1]["peak_w"])
    for row in rows:
        if row["supply_w"] and row["taken_w"]:
            left = milliwatts(row["supply_w"]) - milliwatts(row["taken_w"])
            assert milliwatts(row["headroom_w"]) == left


def test_digests(built: Built) -> None:
    manifest = json.loads(built.text("manifest.json"))
    listed = {entry["path"]: (entry["sha256"], entry["bytes"]) for entry in manifest["artifacts"]}
    found = {}
    for path in built.at.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            data = path.read_bytes()
            found[path.relative_to(built.at).as_posix()] = (hashlib.sha256(data).hexdigest(), len(data))
    assert {p: v for p, v in found.items() if not p.startswith(".")} == listed
