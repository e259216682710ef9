"""Traffic classes of a startup-config: every DSCP, every queue, and that no class loses what it must not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from unit.eos_tree import Config, Node, all_of, in_range, twice, values_of

DSCPS = range(64)
CLASSES = range(8)


TIMES = ("pause_timeout", "pause_recovery", "pause_polling")


def classes(config: Config) -> Iterator[str]:
    profiles = {values_of(node)[0]: node for node in all_of(config.tree, "profile")}
    yield from twice("profile", [values_of(node)[0] for node in all_of(config.tree, "profile")])
    for port in config.ports.values():
        if port.profile and port.profile not in profiles:
            yield f"{port.name}: profile {port.profile} is not defined"
    maps = all_of(config.tree, "qos")
    if bool(profiles) != bool(maps):
        yield "traffic classes are mapped without a profile, or the other way round"
    if not maps:
        return
    dscps: Counter[int] = Counter()
    lossless_dscps: dict[str, list[str]] = {}
    for node in all_of(config.tree, "dscp_map"):
        *values, one = values_of(node)
        dscps.update(map(int, values))
        lossless_dscps.setdefault(one, []).extend(values)
        yield from in_range("traffic class", one, CLASSES)
    if sorted(dscps.elements()) != list(DSCPS):
        yield f"DSCPs are mapped as often as {dscps}"
    queues: dict[str, str] = {}
    for node in all_of(config.tree, "class_map"):
        one, kind, number = values_of(node)
        queues[one] = kind + number
        yield from in_range("queue", number, CLASSES)
    if set(queues) != set(lossless_dscps) or len(set(queues.values())) != len(all_of(config.tree, "class_map")):
        yield f"classes {sorted(lossless_dscps)} have the queues {queues}"
    for rule in ("pause_timeout", "pause_recovery"):
        for node in all_of(config.tree, rule):
            if not 0.01 <= float(values_of(node)[0]) <= 60:
                yield f"{rule} of {values_of(node)[0]} s"
    times = [float(values_of(node)[0]) for rule in TIMES for node in all_of(config.tree, rule)]
    if not 0.005 <= times[-1] <= min(times[:2]) / 2:
        yield f"the watchdog looks every {times[-1]} s, its times are {times[:2]}"
    for profile in profiles.values():
        yield from _profile(profile, queues)


def _profile(profile: Node, queues: dict[str, str]) -> Iterator[str]:
    lossless = [values_of(node)[0] for node in all_of(profile, "no_drop")]
    yield from twice("no-drop priority", lossless)
    nodes = all_of(profile, "queue")
    names = ["".join(values_of(node)) for node in nodes]
    yield from twice("queue", names)
    if sorted(names) != sorted(queues.values()):
        yield f"the profile has {names}, classes go to {sorted(queues.values())}"
    for priority in lossless:
        queue = queues.get(priority, "")
        if queue.rpartition(" ")[2] != priority:
            yield f"priority {priority} is without drops, and its class is in {queue or 'no queue'}"
    shares = [int(values_of(node)[0]) for node in all_of(profile, "weighted")]
    if shares and (sum(shares) != 100 or min(shares) < 1):
        yield f"the shares of queues are {shares}"
    numbers = {int(values_of(node)[1]): bool(list(node.find_data("strict"))) for node in nodes}
    weighted = [number for number, strict in numbers.items() if not strict]
    for number, strict in numbers.items():
        if strict and weighted and number < max(weighted):
            yield f"queue {number} is strict below one that is not"
    for node in all_of(profile, "marking"):
        low, high, percent = map(int, values_of(node))
        if not (0 < low <= high and 1 <= percent <= 100):
            yield f"marking from {low} to {high} at {percent} %"
