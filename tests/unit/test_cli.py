"""The command line: what goes where, exit codes, and what `--help` costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from unit.emitting import Fake

from rackwright.compiler import registry
from rackwright.compiler.backend import Request
from rackwright.compiler.cli import main
from rackwright.compiler.cli.guard import EXIT_BUG
from rackwright.dsl.codes import CODES
from rackwright.dsl.diagnostics import Diagnostic

ROOT = Path(__file__).parents[2]
LAB = str(ROOT / "specs" / "lab_4x2.rack")
BAD = "use generic.lab as parts\nrack r {\n    x : parts.lab_swich at 1 RU\n    y = = 2\n}\n"


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=input)


def start(*arguments: str, python: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """The real program, in a process of its own, which nobody measures: that would import more."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    program = "from rackwright.compiler.cli import main; main(prog_name='rackwright')"
    return subprocess.Popen(
        [sys.executable, *python, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.rack"
    path.write_text(BAD)
    return str(path)


class Lab(Fake):
    """Two files a device."""

    def __init__(self) -> None:
        super().__init__({"lab/a.txt": b"1", "lab/b.txt": b"2"}, "lab", summary="a lab")


class Strict(Fake):
    """Accepts nothing."""

    def __init__(self) -> None:
        super().__init__({}, "strict", summary="refuses")

    def accepts(self, design: object, plant: object, request: Request) -> list[Diagnostic]:
        return [Diagnostic("RW8001" if "RW8001" in CODES else "RW0018", "no")]


class Broken(Fake):
    """Fails in the middle."""

    def __init__(self) -> None:
        def fail(_: int) -> None:
            raise ZeroDivisionError("oh")

        super().__init__({"a": b""}, "broken", hook=fail, summary="fails")


@pytest.fixture
def backends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Backends of this file in place of those that are installed."""
    found = {
        name: EntryPoint(name, f"{__name__}:{cls}", "rackwright.backends")
        for name, cls in (("lab", "Lab"), ("strict", "Strict"), ("broken", "Broken"), ("gone", "Gone"))
    }
    monkeypatch.setattr(registry, "installed", lambda: found)
    yield


# --- the group ---


def imported(*arguments: str) -> set[str]:
    """Modules that a Python process imports, its own start included."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_help_imports_only_click() -> None:
    program = "from rackwright.compiler.cli import main; main(prog_name='rackwright')"
    # What the interpreter imports anyway differs between systems, so it is taken off.
    more = imported("-c", program, "--help") - imported("-c", "pass")
    outside = {name for name in more if name.partition(".")[0] not in sys.stdlib_module_names}
    ours = {name for name in outside if name.partition(".")[0] == "rackwright"}
    assert ours == {"rackwright", "rackwright.compiler", "rackwright.compiler.cli", "rackwright.compiler.cli.guard"}
    strangers = {name.partition(".")[0] for name in outside - ours}
    assert {name for name in strangers if not name.startswith("_sysconfigdata")} == {"click"}


def test_every_command_has_help() -> None:
    for name in main.list_commands(None):  # type: ignore[arg-type]
        result = run(name, "--help")
        assert result.exit_code == 0 and "--format" in result.output, name


def test_usage_errors() -> None:
    assert run("chekc").exit_code == 2
    assert "did you mean 'check'" in run("chekc").stderr
    assert run("check").exit_code == 2
    assert run("check", LAB, "--set", "pods").exit_code == 2
    for shard in ("2/2", "a", "1", "-1/2", "1/0"):
        assert run("compile", LAB, "-o", "x", "--shard", shard).exit_code == 2, shard


def test_a_bug_is_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    from rackwright.compiler import pipeline

    def fail(*_: object) -> None:
        raise RuntimeError("oh no")

    monkeypatch.setattr(pipeline, "compile_spec", fail)
    result = run("check", LAB)
    assert result.exit_code == EXIT_BUG
    assert "bug in rackwright, please report it: RuntimeError: oh no" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in run("check", LAB, "-v").stderr


# --- check ---


def test_check_clean() -> None:
    result = run("check", LAB)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no errors" in result.stderr
    assert run("check", LAB, "-q").output == ""


def test_check_with_errors(bad: str) -> None:
    result = run("check", LAB, bad)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"--> {bad}:4:9" in result.stderr
    assert "error[RW1001]" in result.stderr and "\x1b[" not in result.stderr
    assert "1 error" in result.stderr
    assert "note[" not in run("check", LAB, bad, "-q").stderr


@pytest.mark.parametrize("format", ["json", "sarif", "github"])
def test_check_for_machines(bad: str, format: str) -> None:
    result = run("check", bad, LAB, "--format", format)
    assert (result.exit_code, result.stderr) == (1, "")
    if format == "github":
        assert f"::error file={bad},line=4," in result.stdout
    else:
        found = json.loads(result.stdout)
        assert "RW1001" in json.dumps(found)


def test_a_missing_file_is_exit_2(tmp_path: Path, bad: str) -> None:
    assert run("check", str(tmp_path / "none.rack")).exit_code == 2
    assert run("check", bad, str(tmp_path / "none.rack")).exit_code == 2


def test_color(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    from rackwright.compiler.cli import console

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(console, "_terminal", lambda: True)
    assert "\x1b[" in run("check", bad).stderr
    assert "\x1b[" not in run("check", bad, "--no-color").stderr
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check", bad).stderr


# --- compile ---


@pytest.mark.usefixtures("backends")
def test_compile(tmp_path: Path) -> None:
    out = str(tmp_path / "build")
    result = run("compile", LAB, "-o", out, "--only", "lab")
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert "lab: 14 devices, 16 cables, 2 files (2 written, 0 unchanged, 0 removed)" in result.stderr
    assert out in result.stderr
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert [a["path"] for a in manifest["artifacts"]] == ["lab/a.txt", "lab/b.txt"]
    assert len(manifest["spec"]["digest"]) >= 32
    assert run("compile", LAB, "-o", out, "--only", "lab", "-q").output == ""


@pytest.mark.usefixtures("backends")
def test_compile_check(tmp_path: Path) -> None:
    out = tmp_path / "build"
    assert run("compile", LAB, "-o", str(out), "--only", "lab", "--check").exit_code == 1
    assert not out.exists()
    run("compile", LAB, "-o", str(out), "--only", "lab")
    result = run("compile", LAB, "-o", str(out), "--only", "lab", "--check")
    assert (result.exit_code, result.stdout) == (0, "")
    (out / "lab/a.txt").write_text("x")
    (out / "lab/b.txt").unlink()
    result = run("compile", LAB, "-o", str(out), "--only", "lab", "--check")
    assert (result.exit_code, result.stdout) == (1, "changed  lab/a.txt\nmissing  lab/b.txt\n")
    assert "error[RW0016]" in result.stderr
    assert (out / "lab/a.txt").read_text() == "x"


def test_a_named_backend_that_writes_nothing_says_so(tmp_path: Path) -> None:
    out = str(tmp_path / "build")
    result = run("compile", LAB, "-o", out, "--only", "opensm,slurm")
    assert result.exit_code == 0 and "note[RW0023]" in result.stderr, result.output
    assert "opensm finds nothing in the design to write" in result.stderr and "slurm finds" not in result.stderr
    assert "RW0023" not in run("compile", LAB, "-o", out, "--only", "opensm", "--shard", "0/2").stderr
    assert "RW0023" not in run("compile", LAB, "-o", out).stderr


def test_only_without_a_name_is_not_all(tmp_path: Path) -> None:
    for option, only in product(("--only", "--also"), ("", " ,")):
        result = run("compile", LAB, "-o", str(tmp_path / "build"), option, only)
        assert result.exit_code == 2 and "the option names none" in result.stderr, result.output
        assert not (tmp_path / "build").exists()


def test_also_is_all_and_what_is_named(tmp_path: Path) -> None:
    """What is written only when named joins the rest, with what it needs; notes of what was named are told in full."""
    plain, more = tmp_path / "plain", tmp_path / "more"
    assert run("compile", LAB, "-o", str(plain), "--jobs", "1").exit_code == 0
    result = run("compile", LAB, "-o", str(more), "--jobs", "1", "--also", "containerlab,prometheus")
    assert result.exit_code == 0 and "note[RW8271]" in result.stderr and "  RW8081 " in result.stderr
    files = [{p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} for out in (plain, more)]
    assert files[0] < files[1]
    added = {path.split("/")[0] + "/" + path.split("/")[1] for path in files[1] - files[0]}
    assert added == {"lab/containerlab", "ops/prometheus", "configs/hosts"}
    same = [path for path in files[0] if path != "manifest.json"]
    assert all((plain / path).read_bytes() == (more / path).read_bytes() for path in same)
    assert run("compile", LAB, "-o", str(more), "--also", "prometeus").exit_code == 2


@pytest.mark.usefixtures("backends")
def test_compile_refusals(tmp_path: Path, bad: str) -> None:
    out = tmp_path / "build"
    for only, code, message in (
        ("lap", 2, "did you mean lab?"),
        ("LAB", 2, "did you mean lab?"),
        ("gone", 2, "error[RW0017]"),
        ("lab,strict", 1 if "RW8001" in CODES else 2, "error["),
        ("broken", EXIT_BUG, "bug in rackwright, please report it: backend broken: ZeroDivisionError: oh"),
    ):
        result = run("compile", LAB, "-o", str(out), "--only", only)
        assert result.exit_code == code, (only, result.output)
        assert message in result.stderr
        assert not out.exists()
    assert run("compile", bad, "-o", str(out)).exit_code == 1
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mine").write_text("")
    result = run("compile", LAB, "-o", str(tmp_path / "home"), "--only", "lab")
    assert result.exit_code == 2 and "error[RW0012]" in result.stderr


# --- fmt ---


def test_fmt(tmp_path: Path, bad: str) -> None:
    good, folder = tmp_path / "good.rack", tmp_path / "more"
    folder.mkdir()
    (folder / "deep.rack").write_text("a=1")
    (folder / "other.txt").write_text("a=1")
    good.write_text("a=1\n")
    good.chmod(0o640)
    result = run("fmt", "--check", str(good), str(folder))
    assert (result.exit_code, result.stdout) == (1, f"{good}\n{folder / 'deep.rack'}\n")
    result = run("fmt", "--diff", str(good))
    assert (result.exit_code, good.read_text()) == (0, "a=1\n")
    assert "-a=1\n+a = 1\n" in result.stdout
    result = run("fmt", str(good), str(folder), bad)
    assert result.exit_code == 1 and "RW1001" in result.stderr
    assert good.read_text() == (folder / "deep.rack").read_text() == "a = 1\n"
    assert good.stat().st_mode & 0o777 == 0o640
    assert (folder / "other.txt").read_text() == "a=1"
    assert Path(bad).read_text() == BAD
    assert run("fmt", "--check", str(good)).exit_code == 0
    assert run("fmt", "-", input="a=1").stdout == "a = 1\n"
    assert run("fmt", str(tmp_path / "none")).exit_code == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.rack", "good.rack", "more"]


# --- explain, backends, show ---


@pytest.mark.parametrize("code", sorted(c for c in CODES if c.startswith("RW00") and c >= "RW0010"))
def test_codes_of_the_tool_are_explained(code: str) -> None:
    result = run("explain", code)
    assert result.stdout.startswith(f"# {code}: {CODES[code].summary}\n\n")
    assert "## What to do\n" in result.stdout


def test_explain() -> None:
    listed = run("explain").stdout.splitlines()
    assert [line.split()[0] for line in listed] == sorted(CODES)
    for wrong in ("RW3077", "RW30007"):
        result = run("explain", wrong)
        assert result.exit_code == 2 and "did you mean RW" in result.stderr and "RW3007" in result.stderr, wrong
    assert run("explain", "rw0012").stdout == run("explain", "RW0012").stdout


@pytest.mark.usefixtures("backends")
def test_backends() -> None:
    result = run("backends")
    assert result.stdout == "broken  fails\nlab     a lab\nstrict  refuses\n"
    assert result.exit_code == 2 and "gone" in result.stderr


def test_show_counts() -> None:
    result = run("show", LAB)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("lab: 14 devices in 3 racks, 16 cables\n")
    assert "      8  server  compute.host  generic.lab.lab_host\n" in result.stdout


def test_show_a_device_and_its_cable() -> None:
    device = run("show", LAB, "compute1-leaf0").stdout
    assert device.startswith("compute1-leaf0: switch generic.lab.lab_switch\n")
    (line,) = (line for line in device.splitlines() if line.startswith("eth8 "))
    _, _, peer, port, speed, cable = line.split()
    assert (peer, speed) == ("net-spine0", "100")
    shown = run("show", LAB, cable).stdout.splitlines()
    assert shown[0] == cable
    ends = {"compute1-leaf0 eth8 in compute1", f"{peer} {port} in net"}
    assert ends == {s.split(None, 1)[1].partition(",")[0].partition(" at ")[0] for s in shown[1:3]}
    result = run("show", LAB, "compute1-leaf")
    assert result.exit_code == 2 and "did you mean compute" in result.stderr
    assert run("show", LAB, f"{cable}9").exit_code == 2


def test_show_json() -> None:
    assert json.loads(run("show", LAB, "--json").stdout)["name"] == "lab"
    assert json.loads(run("show", "--schema").stdout)["title"] == "Design"
    assert run("show").exit_code == 2


# --- how it ends ---


def test_a_closed_pipe_is_no_error() -> None:
    process = start("explain")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def test_an_interrupt_is_exit_130(tmp_path: Path) -> None:
    fifo = tmp_path / "wait.py"
    fifo.write_text(
        "import time\nfrom rackwright.compiler import pipeline\nfrom rackwright.compiler.cli import main\n"
        "def wait(*_):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "pipeline.compile_spec = wait\nmain(['check', 'x'])\n"
    )
    process = subprocess.Popen([sys.executable, fifo], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "interrupted\n")


def test_registry_names_the_known() -> None:
    points = {"lab": EntryPoint("lab", f"{__name__}:Lab", "g")}
    backends, diagnostics = registry.load(["lab", "labb"], points)
    assert [backend.name for backend in backends] == ["lab"]
    assert [(d.code, d.detail, d.help) for d in diagnostics] == [("RW0010", "labb", "did you mean lab? known: lab")]
    assert registry.load([], points)[0][0].name == "lab"
    assert registry.load(["x"], {})[1][0].help == "known: none is installed"
