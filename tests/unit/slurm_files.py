"""A reader of Slurm's files that shares nothing with what writes them. Source: topology.conf(5), topology.yaml(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from unit.walks import meet, servers

from rackwright.compiler.plant import Plant

Tree = dict[str, tuple[list[str], list[str]]]
"""The nodes and the children of each switch."""


def split(text: str) -> Iterator[str]:
    """A list at the commas outside of brackets."""
    depth, word = 0, ""
    for c in text:
        depth += (c == "[") - (c == "]")
        if c == "," and not depth:
            yield word
            word = ""
        else:
            word += c
    if word:
        yield word


def expand(text: str) -> list[str]:
    """All names of a list, the last bracket counting fastest."""
    return [name for word in split(text) for name in _expand(word)]


def _expand(word: str) -> list[str]:
    found = re.match(r"([^\[\]]+)\[([^\[\]]*)\](.*)$", word)
    if found is None:
        assert "[" not in word and "]" not in word, word
        return [word]
    front, inside, behind = found.groups()
    numbers: list[str] = []
    for piece in inside.split(","):
        low, _, high = piece.partition("-")
        assert low.isdecimal() and (not high or int(low) < int(high) <= int(low) + 65536), word
        numbers += [str(n).zfill(len(low)) for n in range(int(low), int(high or low) + 1)]
    return [front + number + rest for number in numbers for rest in (_expand(behind) if behind else [""])]


def records(text: str) -> list[dict[str, str]]:
    """Lines of `Key=Value` without comments."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = []
    for line in lines:
        if line:
            pairs = [word.partition("=") for word in line.split()]
            assert all(middle == "=" and value for _, middle, value in pairs), line
            found.append({key.lower(): value for key, _, value in pairs})
    return found


def read_tree(text: str) -> Tree:
    """topology.conf of topology/tree; a switch is there once, has a name of 64 characters, and nodes or switches."""
    return _tree((r["switchname"], r.get("nodes", ""), r.get("switches", "")) for r in records(text))


def _tree(rows: Iterator[tuple[str, str, str]]) -> Tree:
    found: Tree = {}
    for name, nodes, children in rows:
        assert name not in found and 0 < len(name) <= 64
        assert bool(nodes) != bool(children), name
        found[name] = (expand(nodes), expand(children))
    for _, children_of in found.values():
        assert all(child in found for child in children_of)
    for rank in (0, 1):
        listed = [name for row in found.values() for name in row[rank]]
        assert len(listed) == len(set(listed)), "listed twice"
    return found


def ways_up(tree: Tree) -> dict[str, list[str]]:
    """For each node its switches from the leaf to the root."""
    parent = {child: switch for switch, (_, children) in tree.items() for child in children}
    found: dict[str, list[str]] = {}
    for switch, (nodes, _) in tree.items():
        way = [switch]
        while way[-1] in parent:
            assert len(way) <= len(tree), "a circle"
            way.append(parent[way[-1]])
        found |= {node: way for node in nodes}
    return found


def read_blocks(text: str) -> tuple[dict[str, list[str]], list[int]]:
    """topology.conf of topology/block."""
    rows = records(text)
    sizes = [list(map(int, r["blocksizes"].split(","))) for r in rows if "blocksizes" in r]
    blocks = {r["blockname"]: expand(r["nodes"]) for r in rows if "blockname" in r}
    assert len(sizes) == 1 and len(blocks) == len(rows) - 1
    return _checked(blocks, sizes[0])


def _checked(blocks: dict[str, list[str]], sizes: list[int]) -> tuple[dict[str, list[str]], list[int]]:
    """No node twice; as many nodes a block as the first size; sizes that are it times powers of two, ascending."""
    nodes = [node for listed in blocks.values() for node in listed]
    assert len(nodes) == len(set(nodes))
    assert all(len(listed) >= sizes[0] for listed in blocks.values())
    assert sizes == sorted(set(sizes))
    for size in sizes:
        times, rest = divmod(size, sizes[0])
        assert not rest and times & (times - 1) == 0
    return blocks, sizes


def read_yaml(text: str) -> dict[str, Any]:
    """topology.yaml: the topologies by name, `tree` as a Tree, `block` as blocks and sizes; one is the default."""
    found: dict[str, Any] = {}
    defaults = 0
    for one in yaml.safe_load(text):
        assert next(iter(one)) == "topology"
        defaults += one["cluster_default"] is True
        (kind,) = set(one) - {"topology", "cluster_default"}
        if kind == "tree":
            rows = ((s["switch"], s.get("nodes", ""), s.get("children", "")) for s in one["tree"]["switches"])
            found[one["topology"]] = _tree(rows)
        else:
            assert kind == "block"
            blocks = {b["block"]: expand(b["nodes"]) for b in one["block"]["blocks"]}
            found[one["topology"]] = _checked(blocks, one["block"]["block_sizes"])
    assert defaults == 1
    return found


def agrees(tree: Tree, plant: Plant, network: str) -> None:
    """Every server is in the tree once, and the lowest common switch of any two is the lowest tier that joins them."""
    way = ways_up(tree)
    groups = meet(plant, network)
    assert sorted(way) == sorted(groups) == sorted(servers(plant))
    some = list(way)[:: max(1, len(way) // 40)]
    for one in some:
        for other in some:
            tier = next((t for t, first in groups[one].items() if first == groups[other][t]), None)
            common = [switch for switch in way[one] if switch in way[other]]
            assert bool(common) == (tier is not None)
            if common and tier is not None:
                # All nodes under that switch meet at this tier, and no others do.
                under = {node for node, switches in way.items() if common[0] in switches}
                assert under == {node for node, first in groups.items() if first[tier] == groups[one][tier]}
