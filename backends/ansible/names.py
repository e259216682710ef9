"""Names that Ansible takes: of hosts as they are where possible, of groups from letters, digits and underscores.

Source: Ansible community documentation, "How to build your inventory" (ranges such as `[1:50]` and `host:port` in host
names, the groups `all` and `ungrouped`) and "Creating valid variable names" (which holds for groups: others are warned
of, `TRANSFORM_INVALID_GROUP_CHARS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_NOT_IN_HOST = re.compile(r"[^A-Za-z0-9_.-]")
_NOT_IN_GROUP = re.compile(r"[^A-Za-z0-9_]")
_KEPT = frozenset({"all", "ungrouped", "localhost"})
"""Two groups that are always there, and the machine that Ansible itself runs on."""


def is_taken_as_it_is(name: str) -> bool:
    """Whether a host can be called so in an inventory."""
    return _HOST.fullmatch(name) is not None and name not in _KEPT


def host_names(names: list[str]) -> list[str]:
    """A name for each host, all different: its own where Ansible takes it."""
    taken = {name for name in names if is_taken_as_it_is(name)}
    found = []
    for name in names:
        if not is_taken_as_it_is(name):
            name = _free("_" + _NOT_IN_HOST.sub("_", name), taken)
        found.append(name)
    return found


class Groups:
    """Names of groups, all different, and different from those of hosts."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._taken = set(hosts)

    def name(self, kind: str, text: str) -> str:
        """A name such as `rack_pod0_gpu3`, made only once for each thing."""
        return _free(_NOT_IN_GROUP.sub("_", f"{kind}_{text}"), self._taken)


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if it is taken; it is taken from then on."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found
