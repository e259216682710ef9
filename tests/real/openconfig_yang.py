"""OpenConfig's published models as the judge of a config.json.

yanglint (libyang 3 or later) reads the models and says what it has against the data. libyang takes an identity only
from a module that is loaded by itself, not merely imported, so the modules of types are named as well.

`openconfig-bgp-policy` is not loaded: since July 2026 its condition on `set-med-action` refuses every statement of a
policy that sets no MED.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

MODELS = "RACKWRIGHT_OPENCONFIG_YANG"
"""Environment variable: a checkout of github.com/openconfig/public, or any folder with its models and those of IETF and
IANA that they import, at whatever depth."""

YANGLINT = "RACKWRIGHT_YANGLINT"
"""Environment variable: the command that runs yanglint 3 or later, words as in a shell; `yanglint` if unset."""

MODULES = (
    "iana-if-type",
    "openconfig-types",
    "openconfig-vlan-types",
    "openconfig-mpls-types",
    "openconfig-policy-forwarding",
    "openconfig-ospf-types",
    "openconfig-bgp-types",
    "openconfig-policy-types",
    "openconfig-qos-types",
    "openconfig-network-instance-types",
    "openconfig-platform-types",
    "openconfig-lldp-types",
    "openconfig-aft-types",
    "openconfig-aaa-types",
    "openconfig-interfaces",
    "openconfig-if-ethernet",
    "openconfig-if-ip",
    "openconfig-if-aggregate",
    "openconfig-network-instance",
    "openconfig-routing-policy",
    "openconfig-qos",
    "openconfig-lldp",
    "openconfig-system-logging",
    "openconfig-system",
    "openconfig-system-grpc",
    "openconfig-platform",
    "openconfig-platform-port",
    "openconfig-bfd",
    "openconfig-sampling",
    "openconfig-sampling-sflow",
)
"""Modules in an order in which each finds the identities that it takes as defaults."""


def models() -> Path | None:
    """The folder of the models, if one is set."""
    told = os.environ.get(MODELS)
    return Path(told) if told and Path(told).is_dir() else None


def missing() -> str:
    """Why nothing can be judged here; empty if it can."""
    folder = models()
    if folder is None:
        return f"set {MODELS} to a folder of OpenConfig's YANG models, such as a checkout of openconfig/public"
    lacking = [name for name in MODULES if name not in _files(folder)]
    if lacking:
        return f"set {MODELS} to a folder that has {lacking[0]}.yang too"
    try:
        done = subprocess.run([*_command(), "--version"], capture_output=True, text=True)
    except OSError:
        return f"set {YANGLINT} to a yanglint of libyang 3 or later"
    found = (done.stdout.split()[-1:] or ["0"])[0]
    old = not found[0].isdigit() or int(found.split(".")[0]) < 3
    return f"set {YANGLINT} to a yanglint of libyang 3 or later; this is {found}" if old else ""


def complaints(config: bytes) -> str:
    """What yanglint has against a config.json; empty if nothing."""
    folder, command = models(), _command()
    assert folder is not None
    root = Path(command[1]) if command[0] == "chroot" else Path("/")
    seen = _inside(folder, root)
    search = [word for place in sorted({file.parent for file in seen.values()}) for word in ("-p", str(place))]
    named = [str(seen[name]) for name in MODULES]
    with tempfile.NamedTemporaryFile("wb", suffix=".json", dir=root / "tmp") as data:
        data.write(config)
        data.flush()
        words = [*command, *search, "-f", "json", "-t", "config", *named, f"/tmp/{Path(data.name).name}"]
        done = subprocess.run(words, capture_output=True, text=True)
    if not done.returncode:
        return ""
    # The models themselves give rise to warnings.
    errors = [line for line in done.stderr.splitlines() if line.startswith("libyang err")]
    return "\n".join(errors) or done.stderr


def _command() -> list[str]:
    return shlex.split(os.environ.get(YANGLINT, "yanglint"))


@cache
def _files(folder: Path) -> dict[str, Path]:
    """Every model below a folder by its module's name."""
    return {file.stem.partition("@")[0]: file for file in sorted(folder.rglob("*.yang"))}


@cache
def _inside(folder: Path, root: Path) -> dict[str, Path]:
    """The models as the judge sees them: where its root is another, they are copied below it."""
    if root == Path("/"):
        return _files(folder)
    copy = root / "tmp" / "openconfig-yang"
    copy.mkdir(exist_ok=True)
    for file in _files(folder).values():
        shutil.copyfile(file, copy / file.name)
    return {name: Path("/tmp/openconfig-yang") / file.name for name, file in _files(folder).items()}
