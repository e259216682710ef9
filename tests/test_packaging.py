"""What pyproject.toml says of the tree is true, and so is what docs/errors says of the codes."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rackwright.dsl.codes import CODES

FLOORS = ("dsl", "compiler", "backends")

NAMES = {"jinja2": "jinja2"}
"""Import names of distributions that are called otherwise."""


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def _packages(root: Path) -> list[str]:
    found = {"rackwright"}
    for floor in FLOORS:
        for file in (root / floor).rglob("*.py"):
            found.add(".".join(("rackwright", *file.relative_to(root).parent.parts)))
    return sorted(found)


def test_packages_are_the_tree(root: Path, pyproject: dict[str, Any]) -> None:
    listed = pyproject["tool"]["setuptools"]["packages"]
    assert listed == _packages(root), "change `packages` in pyproject.toml"


def test_every_package_has_an_init(root: Path) -> None:
    for name in _packages(root):
        assert (root.joinpath(*name.split(".")[1:]) / "__init__.py").is_file(), name


def test_data_files_reach_the_wheel(root: Path, pyproject: dict[str, Any]) -> None:
    """Every file of the three floors and the catalog that is no code is matched by a pattern of package-data."""
    patterns = pyproject["tool"]["setuptools"]["package-data"]
    for top in (*FLOORS, "specs/catalog", "docs/errors"):
        for file in (root / top).rglob("*"):
            if not file.is_file() or file.suffix in (".py", ".pyc") or file.name.startswith("."):
                continue
            relative = file.relative_to(root)
            owners = [
                (name, pattern)
                for name, globs in patterns.items()
                for pattern in globs
                if file in set(root.joinpath(*name.split(".")[1:]).glob(pattern))
            ]
            assert owners, f"no pattern of package-data for {relative}"


def test_dependencies_are_what_is_imported(root: Path, pyproject: dict[str, Any]) -> None:
    imported = set()
    for floor in FLOORS:
        for file in (root / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    imported.add(node.module.split(".")[0])
    imported -= set(sys.stdlib_module_names) | {"typing_extensions"}
    declared = {d.split(">")[0].split("=")[0].split("<")[0].strip() for d in pyproject["project"]["dependencies"]}
    assert imported == {NAMES.get(d, d) for d in declared}


def test_pins_satisfy_the_dependencies(root: Path, pyproject: dict[str, Any]) -> None:
    lines = (root / "requirements-dev.txt").read_text("utf-8").splitlines()
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    wanted = [d.split(">")[0] for d in pyproject["project"]["dependencies"]] + pyproject["dependency-groups"]["dev"]
    assert {w.lower().replace("_", "-") for w in wanted} <= pinned


def test_every_code_has_a_page_and_every_page_a_code(root: Path) -> None:
    pages = {page.stem: page.read_text("utf-8") for page in (root / "docs" / "errors").glob("RW*.md")}
    assert sorted(pages) == sorted(CODES)
    for code, text in pages.items():
        assert text.splitlines()[0] == f"# {code}: {CODES[code].summary}"
        assert len(text.splitlines()) > 3, f"{code}: a page explains and shows an example"


def test_backends_are_registered(root: Path, pyproject: dict[str, Any]) -> None:
    folders = {
        p.name for p in (root / "backends").iterdir() if (p / "__init__.py").is_file() and not p.name.startswith("_")
    }
    names = pyproject["project"]["entry-points"]["rackwright.backends"]
    assert {name.replace("-", "_") for name in names} == folders
