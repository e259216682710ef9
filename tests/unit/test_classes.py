"""Traffic classes: what is added to what a spec says, and what clashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.compiler.network.classes import QosClass, clashes, classes
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.schema.roce import Ecn, Roce, TrafficClass
from rackwright.dsl.units import Quantity

Spec = Callable[..., Compilation]


def by_name(roce: Roce) -> dict[str, QosClass]:
    return {c.name: c for c in classes(roce)}


def other(**given: Any) -> TrafficClass:
    return TrafficClass(**given)


def test_control_and_default_are_added() -> None:
    found = by_name(Roce())
    assert list(found) == ["default", "roce", "control"]
    assert found["roce"].dscps == (26,) and found["roce"].lossless and not found["roce"].ecn_percent
    assert found["control"].dscps == (48,) and found["control"].strict and found["control"].share == 0
    assert len(found["default"].dscps) == 62
    assert found["roce"].share + found["default"].share == 100


def test_a_name_replaces_what_would_be_added() -> None:
    found = by_name(Roce(classes={"control": other(dscp=[46, 48], priority=5, strict=True)}))
    assert found["control"].dscps == (46, 48) and found["control"].priority == 5
    assert 46 not in found["default"].dscps


def test_a_class_that_has_control_traffic_leaves_no_second_one() -> None:
    found = by_name(Roce(classes={"cts": other(dscp=48, priority=6, strict=True)}))
    assert "control" not in found


def test_control_takes_the_next_priority_that_is_free() -> None:
    assert by_name(Roce(priority=6))["control"].priority == 7
    assert by_name(Roce(priority=0))["default"].priority == 1


def test_marking() -> None:
    ecn = Ecn(low=Quantity.of(1, "MB"), high=Quantity.of(2, "MB"), probability=Quantity.of("0.001"))
    found = by_name(Roce(ecn=ecn))["roce"]
    assert (found.ecn_low, found.ecn_high) == (10**6, 2 * 10**6)
    # No switch marks less than one in a hundred, and none at all would be another design.
    assert found.ecn_percent == 1


@given(st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_shares_add_up(weights: list[int]) -> None:
    more = {f"c{n}": other(dscp=n, priority=n, weight=w) for n, w in enumerate(weights[1:])}
    found = classes(Roce(priority=5, weight=weights[0], classes=more))
    shares = [c.share for c in found if not c.strict]
    assert sum(shares) == 100 and min(shares) >= 1
    assert sorted(d for c in found for d in c.dscps) == list(range(64))
    assert not clashes(found)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"a": other(dscp=10, priority=3, queue=1)}, ["a and roce both have priority 3"]),
        ({"a": other(dscp=10, priority=4, queue=3)}, ["roce and a both have queue 3"]),
        ({"a": other(dscp=[10, 26], priority=4)}, ["roce and a both have DSCP 26"]),
        ({"a": other(dscp=10, priority=4)}, []),
    ],
)
def test_clashes(more: dict[str, TrafficClass], told: list[str]) -> None:
    assert clashes(classes(Roce(classes=more))) == told


@pytest.mark.parametrize(
    ("block", "help"),
    [
        ("priority = 8", "0 to 7"),
        ("dscp = 64", "0 to 63"),
        ("dscp = [26, 64]", "0 to 63"),
        ("weight = 0", "1 to 100"),
        ("watchdog { detect = 10 ms }", "100 ms to 5000 ms"),
        ("watchdog { detect = 200.5 ms }", "100 ms to 5000 ms in whole ms"),
        ("load_balance = random", "known here: `dynamic`, `ecmp`, `qp`, `spray`"),
    ],
)
def test_values_that_no_switch_takes(spec: Spec, block: str, help: str) -> None:
    text = f"rack r {{ s : server {{ peak_power = 1 W }} }}\nnetwork n {{ routing = none\n roce {{ {block} }} }}\n"
    (found,) = [d for d in spec(text).diagnostics if d.severity == "error"]
    assert found.code == "RW2007" and found.help == help
