"""Traffic classes: `openconfig-qos`.

A DSCP leads to a forwarding group, this to a queue; a scheduler serves the queues of a port, and a management profile
marks their packets. The models have no word for PFC, its watchdog or lossless headroom; RW8052 says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.network.classes import QosClass
from .._kit.device_model import Qos, SwitchModel
from .nodes import Node, Value, keyed, wide

SCHEDULER = "fabric"

FAMILIES = (("IPV4", "ipv4"), ("IPV6", "ipv6"))


def qos(switch: SwitchModel, classes: Qos) -> Node:
    """The classes of a switch's network, at every linked port."""
    by_queue = sorted(classes.classes, key=lambda c: c.queue)
    marked = [c for c in by_queue if c.ecn_percent]
    found: Node = {
        "interfaces": {"interface": [_interface(i.port.name, by_queue) for i in switch.linked]},
        "classifiers": {"classifier": [_classifier(kind, node, classes) for kind, node in FAMILIES]},
        "forwarding-groups": {
            "forwarding-group": [keyed({"name": c.name, "output-queue": c.name}, "name") for c in classes.classes]
        },
        "queues": {"queue": [keyed({"name": c.name, "queue-id": c.queue}, "name") for c in by_queue]},
        "scheduler-policies": {"scheduler-policy": [_scheduler(classes)]},
    }
    if marked:
        found["queue-management-profiles"] = {"queue-management-profile": [_marking(c) for c in marked]}
    return found


def _interface(name: str, by_queue: list[QosClass]) -> Node:
    queues: list[Value] = []
    for c in by_queue:
        config: Node = {"name": c.name}
        if c.ecn_percent:
            config["queue-management-profile"] = c.name
        queues.append(keyed(config, "name"))
    classifiers: list[Value] = [keyed({"name": _dscp(kind), "type": kind}, "type") for kind, _ in FAMILIES]
    return keyed(
        {"interface-id": name},
        "interface-id",
        **{"interface-ref": {"config": {"interface": name}}},
        input={"classifiers": {"classifier": classifiers}},
        output={"queues": {"queue": queues}, "scheduler-policy": {"config": {"name": SCHEDULER}}},
    )


def _dscp(kind: str) -> str:
    return f"DSCP-{kind}"


def _classifier(kind: str, node: str, classes: Qos) -> Node:
    terms: list[Value] = [
        keyed(
            {"id": c.name},
            "id",
            conditions={node: {"config": {"dscp-set": list(c.dscps)}}},
            actions={"config": {"target-group": c.name}},
        )
        for c in classes.classes
        if c.dscps
    ]
    return keyed({"name": _dscp(kind), "type": kind}, "name", terms={"term": terms})


def _scheduler(classes: Qos) -> Node:
    """Strict queues are served first, the one of the highest priority before the others; the rest share by weight."""
    return keyed({"name": SCHEDULER}, "name", schedulers={"scheduler": list(_schedulers(classes))})


def _schedulers(classes: Qos) -> Iterator[Value]:
    strict = [c for c in classes.classes if c.strict]
    shared = [c for c in classes.classes if not c.strict]
    if strict:
        yield keyed(
            {"sequence": 0, "priority": "STRICT"},
            "sequence",
            inputs={"input": [_input(c, c.priority) for c in strict]},
        )
    if shared:
        yield keyed({"sequence": 1}, "sequence", inputs={"input": [_input(c, c.share) for c in shared]})


def _input(c: QosClass, weight: int) -> Node:
    return keyed({"id": c.name, "input-type": "QUEUE", "queue": c.name, "weight": wide(weight)}, "id")


def _marking(c: QosClass) -> Node:
    config: Node = {
        "min-threshold": wide(c.ecn_low),
        "max-threshold": wide(c.ecn_high),
        "enable-ecn": True,
        # What cannot be marked is not dropped before the queue is full: of a lossless class nothing may be lost.
        "drop": False,
        "max-drop-probability-percent": c.ecn_percent,
    }
    return keyed({"name": c.name}, "name", wred={"uniform": {"config": config}})
