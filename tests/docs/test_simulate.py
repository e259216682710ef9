"""The guide from a spec to a simulator, followed to the letter; and what its curves must show."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from reader import Reader

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "simulate.md"

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="the commands are a shell's")


def test_page(tmp_path: Path, update: bool) -> None:
    reader = Reader(tmp_path)
    reader.check(PAGE, update)
    curves = {}
    for name in ("domain", "servers"):
        with (reader.folder / f"{name}.csv").open() as file:
            curves[name] = {int(row["bytes"]): float(row[f"{name}_us"]) for row in csv.DictReader(file)}
    # Flat where latency rules, twice the time for twice the bytes where bandwidth does; NVLink is faster throughout.
    for curve in curves.values():
        assert curve[2048] < 1.1 * curve[1024] and curve[2**32] == pytest.approx(2 * curve[2**31], rel=0.01)
        assert sorted(curve.values()) == list(curve.values())
    assert all(curves["domain"][size] < curves["servers"][size] for size in curves["domain"])
    # 2 * 71/72 of 4 GiB at 900 GB/s; in servers 2 * 7/8 at 450 GB/s and 2 * 8/9 of an eighth at 50 GB/s.
    assert curves["domain"][2**32] == pytest.approx(2 * 71 / 72 * 2**32 / 900e3, rel=0.001)
    assert curves["servers"][2**32] == pytest.approx(2 * 2**32 * (7 / 8 / 450e3 + 8 / 9 / 8 / 50e3), rel=0.001)
    picture = reader.folder / "all_reduce.png"
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000
