"""`--subset`: which devices a path names, what it refuses, and that per-device backends narrow to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support import backends, rendered
from unit.fabrics import SPECS

from rackwright.compiler.backend import Artifact, Request
from rackwright.compiler.cli import main
from rackwright.compiler.design import Design
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant
from rackwright.compiler.registry import load_needed
from rackwright.dsl.diagnostics import Diagnostic

SPEC = str(SPECS / "lab_3tier.rack")


def subset(*paths: str, spec: str = SPEC) -> Compilation:
    return compile_spec(spec, {}, paths)


def names(result: Compilation) -> list[str]:
    assert result.subset is not None and result.plant is not None, result.diagnostics
    chosen = result.subset.devices(result.plant)
    return [name for name, keep in zip(result.plant.devices.names, chosen, strict=True) if keep]


@pytest.mark.parametrize(
    ("paths", "count", "first"),
    [
        (["pod[0]"], 15, "pod0-k0-host0"),
        (["lab"], 36, "plane0-core0"),
        (["pod[*].net.spine[0]"], 2, "pod0-net-spine0"),
        (["pod[0].k[0..1].host[2..3]"], 4, "pod0-k0-host2"),
        (["lab.pod[1].leaf[3]"], 1, "pod1-k1-leaf1"),  # through a view
        (["pod[0].leaf[1..2]"], 2, "pod0-k0-leaf1"),
        (["pod[1].k[0].host[3].nic[0]"], 1, "pod1-k0-host3"),  # a part stands for its device
        (["pod[i].k[i].leaf[0]"], 2, "pod0-k0-leaf0"),  # a name used twice is one index
        (["plane[0]", "plane[0..1]", "plane[1].core[0]"], 4, "plane0-core0"),  # united
    ],
)
def test_a_path_names_devices(paths: Sequence[str], count: int, first: str) -> None:
    found = names(subset(*paths))
    assert (len(found), found[0]) == (count, first)


@pytest.mark.parametrize(
    ("path", "start", "label"),
    [
        ("pood[0]", 0, "the hall `lab` has no member of this name"),
        ("pod", 0, "this is an array of 2"),
        ("pod[2]", 0, "there is no `pod[2]`: it is numbered 0..1, 2 is reserved and not built"),
        ("pod[-1]", 0, "there is no `pod[-1]`: it is numbered 0..1"),
        ("pod[0].leaf[4]", 0, "there is no `leaf[4]`: it is numbered 0..3"),
        ("pod[0..2]", 4, "this array is numbered 0..1"),
        ("pod[0, 1]", 0, "2 indices"),
        ("pod[0].k[0].leaf[0].eth[0]", 20, "this is a port of a device, and no device"),
        ("pod[0", 4, "the text ends here"),
        ("", 0, "the text ends here"),
        ("1 + 2", 0, "this is no path"),
        ("pod[" + 30 * "9" + "]", 4, "this number is too large for an index"),
    ],
)
def test_a_wrong_path_is_told_in_its_own_text(path: str, start: int, label: str) -> None:
    result = subset(path)
    (told,) = [d for d in result.diagnostics if d.code == "RW0021"]
    assert result.subset is None and told.at is not None
    assert result.sources[told.at.span.file].text == path
    assert told.at.span.start == start
    assert label in told.at.text or path == "pod[0, 1]"


def test_each_wrong_path_is_told() -> None:
    found = [d.at.span.file for d in subset("x", "pod[0]", "y").diagnostics if d.code == "RW0021" and d.at]
    assert found == ["--subset 1", "--subset 3"]


@pytest.mark.parametrize("name", ["frr", "hosts"])
def test_backends_narrow(name: str) -> None:
    result = subset("pod[0].k[0]", "plane[1].core[0]")
    assert backends()[name].subsets  # type: ignore[attr-defined]
    all_of_it = {a.path: a.data for a in rendered(result, name, Request(named=True))}
    part = {a.path: a.data for a in rendered(result, name, Request(named=True, subset=result.subset))}
    chosen = set(names(result))
    assert part == {path: data for path, data in all_of_it.items() if path.split("/")[2] in chosen}
    assert part


@pytest.mark.parametrize("name", ["sonic", "eos"])
def test_files_of_a_subset_are_those_of_the_whole(name: str) -> None:
    """What stands in a file follows from neighbours that are left out too."""
    result = compile_spec(
        str(SPECS / "llama3_24k.rack"), {"pods": "1"}, ["pod[0].gpu[3]", "pod[0].spine[5]", "core[9]"]
    )
    all_of_it = {a.path: a.data for a in rendered(result, name, Request(named=True))}
    part = {a.path: a.data for a in rendered(result, name, Request(named=True, subset=result.subset))}
    assert part == {path: all_of_it[path] for path in part}
    assert {path.split("/")[2] for path in part} == {n for n in names(result) if "node" not in n} & {
        path.split("/")[2] for path in all_of_it
    }
    assert part


@settings(max_examples=30)
@given(st.data())
def test_any_ranges(data: st.DataObject) -> None:
    """Paths of ranges, indices and stars name what a loop over all host names finds."""
    paths, expected = [], set()
    for _ in range(data.draw(st.integers(1, 3))):
        pieces, ranges = [], []
        for array, size in (("pod", 2), ("k", 2), ("host", 4)):
            low = data.draw(st.integers(0, size - 1))
            high = data.draw(st.integers(low, size - 1))
            star = data.draw(st.booleans())
            ranges.append(range(size) if star else range(low, high + 1))
            text = "*" if star else f"{low}" if low == high else f"{low} .. {high}"
            pieces.append(f"{array}[{text}]")
        paths.append(".".join(pieces))
        expected |= {f"pod{p}-k{k}-host{h}" for p in ranges[0] for k in ranges[1] for h in ranges[2]}
    assert set(names(subset(*paths))) == expected


def test_whether_a_system_stands_in_is_a_question_to_the_whole_design(tmp_path: Path) -> None:
    """The spines are SONiC's. FRR is named and has the leaves, so it does not stand in where there are spines alone."""
    text = (SPECS / "lab_4x2.rack").read_text()
    old = "spine[2] : parts.lab_switch  at 20 RU, 21 RU"
    assert old in text
    path = tmp_path / "mixed.rack"
    path.write_text(text.replace(old, f"{old} {{ os = sonic }}"))
    result = subset("spine[*]", "leaf[0]", spec=str(path))
    found = {a.path.split("/")[2] for a in rendered(result, "frr", Request(named=True, subset=result.subset))}
    assert found == {"compute0-leaf0"}


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["compile", SPEC, *arguments])
    return done.exit_code, done.output


def test_a_backend_that_writes_the_whole_design_is_refused(tmp_path: Path) -> None:
    code, said = run("-o", str(tmp_path / "o"), "--only", "frr,power", "--subset", "pod[0]")
    assert code == 2 and "error[RW0022]" in said and "power" in said and "--only frr" in said
    code, said = run("-o", str(tmp_path / "o"), "--subset", "pod[0]")
    assert code == 2 and "error[RW0022]" in said
    assert not (tmp_path / "o").exists()


def test_the_command_narrows_in_every_worker(tmp_path: Path) -> None:
    # A process of its own: workers are forked.
    main = "from rackwright.compiler.cli import main; main()"
    words = ("compile", SPEC, "-o", str(tmp_path / "o"), "--only", "frr", "--subset", "pod[0].leaf[*]", "--jobs", "3")
    done = subprocess.run([sys.executable, "-P", "-c", main, *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = sorted(p.name for p in (tmp_path / "o" / "configs" / "frr").iterdir())
    assert found == ["pod0-k0-leaf0", "pod0-k0-leaf1", "pod0-k1-leaf0", "pod0-k1-leaf1"]


class Wanting:
    """A backend whose files point at those of one that is nowhere."""

    name = "wanting"
    summary = ""
    per_device = False

    def needs(self, design: Design, plant: Plant, request: Request) -> Iterable[str]:
        return ("nowhere", "wanting")

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        return iter(())


def test_a_backend_that_needs_an_unknown_one() -> None:
    result = subset("pod[0]")
    assert result.design is not None and result.plant is not None
    found, told = load_needed((Wanting(),), result.design, result.plant, Request(named=True))
    assert [backend.name for backend in found] == ["wanting"]
    assert [(d.code, d.detail) for d in told] == [("RW0010", "nowhere")]


def test_the_command_shows_the_place(tmp_path: Path) -> None:
    code, said = run("-o", str(tmp_path / "o"), "--only", "frr", "--subset", "pod[0].k[7]", "--jobs", "1")
    assert code == 2 and "--> --subset:1:1" in said and "it is numbered 0..1" in said
