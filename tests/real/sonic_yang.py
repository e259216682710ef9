"""SONiC's own YANG as the judge of a config_db.json.

CONFIG_DB is no RFC 7951 JSON: keys are joined by `|`, every value is a string, and maps are rows of fields.
`translate` writes it as the models have it; yanglint (libyang 3 or later) judges.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

MODELS = "RACKWRIGHT_SONIC_YANG"
"""Environment variable: the folder of the models of sonic-buildimage."""

YANGLINT = "RACKWRIGHT_YANGLINT"
"""Environment variable: the command that runs yanglint 3 or later, words as in a shell; `yanglint` if unset."""

_LISTS = {
    "PORT": ("sonic-port", ("name",)),
    "FEATURE": ("sonic-feature", ("name",)),
    "LOOPBACK_INTERFACE": ("sonic-loopback-interface", ("name",)),
    "INTERFACE": ("sonic-interface", ("name",)),
    "DEVICE_NEIGHBOR": ("sonic-device_neighbor", ("peer_name",)),
    "PORT_QOS_MAP": ("sonic-port-qos-map", ("ifname",)),
    "SCHEDULER": ("sonic-scheduler", ("name",)),
    "QUEUE": ("sonic-queue", ("ifname", "qindex")),
    "WRED_PROFILE": ("sonic-wred-profile", ("name",)),
    "PFC_WD": ("sonic-pfcwd", ("ifname",)),
}
_MAPS = {
    "DSCP_TO_TC_MAP": ("sonic-dscp-tc-map", "dscp", "tc"),
    "TC_TO_QUEUE_MAP": ("sonic-tc-queue-map", "tc", "qindex"),
    "TC_TO_PRIORITY_GROUP_MAP": ("sonic-tc-priority-group-map", "tc", "pg"),
    "MAP_PFC_PRIORITY_TO_QUEUE": ("sonic-pfc-priority-queue-map", "pfc_priority", "qindex"),
    "PFC_PRIORITY_TO_PRIORITY_GROUP_MAP": ("sonic-pfc-priority-priority-group-map", "pfc_priority", "pg"),
    "CABLE_LENGTH": ("sonic-cable-length", "port", "length"),
}
_NUMBERS = frozenset(
    "index speed mtu subport bgp_asn tc weight priority detection_time restoration_time POLL_INTERVAL".split()
)
_BOOLEANS = frozenset("frr_mgmt_framework_config wred_green_enable wred_yellow_enable wred_red_enable".split())


def missing() -> str:
    """Why nothing can be judged here; empty if it can."""
    if not os.environ.get(MODELS):
        return f"set {MODELS} to the folder of SONiC's YANG models"
    try:
        done = subprocess.run([*_yanglint(), "--version"], capture_output=True, text=True)
    except OSError:
        return f"set {YANGLINT} to a yanglint of libyang 3 or later"
    version = done.stdout.split()[-1:] or ["0"]
    return "" if int(version[0].split(".")[0]) >= 3 else f"yanglint {version[0]} is older than 3"


def complaints(config: bytes) -> str:
    """What yanglint has against a config_db.json; empty if nothing."""
    tables = json.loads(config)
    modules = sorted({module for module, _ in map(_module, tables)})
    folder = os.environ[MODELS]
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=_folder()) as data:
        json.dump(translate(tables), data)
        data.flush()
        files = [f"{folder}/{module}.yang" for module in modules]
        command = [*_yanglint(), "-p", folder, "-f", "json", "-t", "config", *files, data.name]
        done = subprocess.run(command, capture_output=True, text=True)
    if not done.returncode:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("libyang err")]
    return "\n".join(errors) or done.stderr


def translate(tables: dict[str, dict[str, dict[str, str]]]) -> dict[str, Any]:
    """CONFIG_DB as RFC 7951 JSON. Raises KeyError for a table that it does not know."""
    found: dict[str, Any] = {}
    for table, rows in tables.items():
        module, kind = _module(table)
        container = found.setdefault(f"{module}:{module}", {})
        if kind == "singles":
            container[table] = {name: _row(row) for name, row in rows.items()}
        elif kind == "maps":
            container[table] = {f"{table}_LIST": [_map(table, name, row) for name, row in rows.items()]}
        else:
            container[table] = _lists(table, rows)
    return found


def _module(table: str) -> tuple[str, str]:
    if table == "DEVICE_METADATA":
        return "sonic-device_metadata", "singles"
    if table in _MAPS:
        return _MAPS[table][0], "maps"
    return _LISTS[table][0], "lists"


def _lists(table: str, rows: dict[str, dict[str, str]]) -> dict[str, Any]:
    keys = _LISTS[table][1]
    lists: dict[str, Any] = {}
    for name, row in rows.items():
        parts = name.split("|")
        if len(parts) == len(keys):
            lists.setdefault(f"{table}_LIST", []).append(dict(zip(keys, parts, strict=True)) | _row(row))
        else:
            own = {"name": parts[0], "ip-prefix": parts[1]} | _row(row)
            lists.setdefault(f"{table}_IPPREFIX_LIST", []).append(own)
    return lists


def _map(table: str, name: str, row: dict[str, str]) -> dict[str, Any]:
    _, key, value = _MAPS[table]
    return {"name": name, table: [_row({key: k, value: v}) for k, v in row.items()]}


def _row(row: dict[str, str]) -> dict[str, Any]:
    return {field: _value(field, text) for field, text in row.items()}


def _value(field: str, text: str) -> Any:
    if field in _NUMBERS:
        return int(text)
    return text == "true" if field in _BOOLEANS else text


def _yanglint() -> list[str]:
    return shlex.split(os.environ.get(YANGLINT, "yanglint"))


def _folder() -> Path:
    """Beside the models, where a yanglint in a chroot or container sees it too; else the usual place."""
    folder = Path(os.environ[MODELS])
    return folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())
