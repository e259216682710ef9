"""A backend in somebody else's package: the worked example of docs/architecture.md, installed and run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"

SPEC = """
rack r {
    leaf[2] : switch { peak_power = 300 W }
    host    : server { peak_power = 400 W }
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example as an installed distribution."""
    folder = tmp_path_factory.mktemp("site")
    files = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    assert set(files) == {"rackwright_inventory.py", "pyproject.toml"}
    (folder / "rackwright_inventory.py").write_text(files["rackwright_inventory.py"], "utf-8")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8"
    )
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups), "utf-8")
    return folder


def _rackwright(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *(p for p in sys.path if p)])}
    program = "from rackwright.compiler.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, env=environment, text=True, encoding="utf-8",
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def test_listed(site: Path, tmp_path: Path) -> None:
    """`rackwright backends` names it beside ours."""
    done = _rackwright(site, tmp_path, "backends")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^inventory +Ansible inventory of all devices$", done.stdout, re.MULTILINE)


def test_compiles(site: Path, tmp_path: Path) -> None:
    """`--only inventory` writes its file and the manifest."""
    (tmp_path / "dc.rack").write_text(SPEC, "utf-8")
    done = _rackwright(site, tmp_path, "compile", "dc.rack", "-o", "build", "--only", "inventory")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "build/inventory/hosts.ini").read_text("utf-8") == "[server]\nhost\n[switch]\nleaf0\nleaf1\n"
    assert "inventory/hosts.ini" in (tmp_path / "build/manifest.json").read_text("utf-8")


def test_warns(site: Path, tmp_path: Path) -> None:
    """A code of its own is printed as ours are."""
    (tmp_path / "dc.rack").write_text("rack r {\n}\n", "utf-8")
    done = _rackwright(site, tmp_path, "compile", "dc.rack", "-o", "build", "--only", "inventory")
    assert "warning[RW9001]: an inventory without hosts" in done.stderr
