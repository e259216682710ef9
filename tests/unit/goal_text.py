"""A reader of GOAL, written from the format alone, and a small machine that runs what it reads."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field

LINE = re.compile(
    r"(?P<label>[a-zA-Z]\w*): (?:(?P<kind>send|recv) (?P<size>\d+)b (?:to|from) (?P<peer>\d+) tag (?P<tag>\d+)"
    r"|calc (?P<ns>\d+))"
)
WAITS = re.compile(r"(?P<label>\w+) requires (?P<other>\w+)")


@dataclass
class Action:
    """A line of a rank: a `send`, `recv` or `calc`, and the labels that it waits for."""

    kind: str
    size: int
    peer: int = -1
    tag: int = -1
    waits: list[str] = field(default_factory=list)


Schedule = list[dict[str, Action]]
"""The actions of every rank by label, in the order of the file."""


def read(text: str) -> Schedule:
    head, *lines = text.splitlines()
    ranks = int(head.removeprefix("num_ranks "))
    found: Schedule = []
    for line in lines:
        if line.startswith("rank "):
            assert line == f"rank {len(found)} {{"
            found.append({})
        elif line != "}":
            waits, action = WAITS.fullmatch(line), LINE.fullmatch(line)
            if waits:
                assert waits["other"] in found[-1], "a label must be known before it is waited for"
                found[-1][waits["label"]].waits.append(waits["other"])
            else:
                assert action, line
                assert action["label"] not in found[-1]
                kind = action["kind"] or "calc"
                size = int(action["size"] or action["ns"])
                found[-1][action["label"]] = Action(kind, size, int(action["peer"] or -1), int(action["tag"] or -1))
    assert len(found) == ranks
    return found


def run(schedule: Schedule, latency: int, gap: int) -> list[int]:
    """When each rank is done, with L and G alone (o = g = O = 0); a rank sends one message after the other, and so it
    receives. Everything must run, and every message be received."""
    done: list[dict[str, int]] = [{} for _ in schedule]
    todo = [deque(actions) for actions in schedule]
    sent: dict[tuple[int, int, int], deque[tuple[int, int]]] = defaultdict(deque)
    sending, receiving = [0] * len(schedule), [0] * len(schedule)
    moved = True
    while moved:
        moved = False
        for rank, labels in enumerate(todo):
            for _ in range(len(labels)):
                label = labels.popleft()
                action = schedule[rank][label]
                if any(other not in done[rank] for other in action.waits):
                    labels.append(label)
                    continue
                ready = max((done[rank][other] for other in action.waits), default=0)
                wire = (action.size - 1) * gap
                if action.kind == "calc":
                    done[rank][label] = ready + action.size
                elif action.kind == "send":
                    start = max(ready, sending[rank])
                    sending[rank] = start + wire
                    sent[rank, action.peer, action.tag].append((start, action.size))
                    done[rank][label] = start
                else:
                    queue = sent[action.peer, rank, action.tag]
                    if not queue:
                        labels.append(label)
                        continue
                    start, size = queue.popleft()
                    assert size == action.size
                    receiving[rank] = max(ready, start + latency, receiving[rank]) + wire
                    done[rank][label] = receiving[rank]
                moved = True
    assert not any(todo), "it does not come to an end"
    assert not any(sent.values()), "a message that nobody receives"
    return [max(times.values(), default=0) for times in done]
