"""Whatever a spec calls its things, no text of it adds a line to a configuration, or leaves its place in one.

One text of a small fabric is replaced by something hostile. Then either a diagnostic refuses it, or every file of every
switch backend has the lines, with the first words, and the JSON the shape, that it has with a harmless text there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import backends

from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import compile_spec
from rackwright.dsl.codes import CODES
from rackwright.dsl.diagnostics import has_errors

SPEC = '''"""{spec_doc}"""

nic test_nic {{
    model = "{nic_model}"
    p : port {{
        speed = 400 Gbps, cage = osfp, lanes = 4
        names {{ linux = "{nic_port}" }}
    }}
}}

server test_host {{
    nic[1] : test_nic
}}

switch test_switch {{
    """{switch_doc}"""

    model    = "{model}"
    vendor   = "{vendor}"
    asic     = "{asic}"
    platform = "{platform}"
    hwsku    = "{hwsku}"
    source   = "{source}"
    eth[8] : port {{
        speed = 400 Gbps, cage = osfp, lanes = 4
        serdes = [1, 5, 9, 13, 17, 21, 25, 29]
        names {{
            frr = "{frr}{{eth + 1}}", sonic = "{sonic}{{4*eth}}", eos = "{eos}{{eth + 1}}", front = "{front}{{eth + 1}}"
            fboss = "{fboss}{{eth + 1}}/1", openconfig = "{openconfig}{{eth + 1}}"
        }}
    }}
}}

rack r {{
    leaf[2] : test_switch {{ name = "{leaf_name}{{leaf}}" }}
    spine   : test_switch {{ name = "{spine_name}" }}
    host[2] : test_host {{ name = "{host_name}{{host}}" }}

    link host[h].nic[0] -> leaf[h].eth[0]
    link leaf[l].eth[7] -> spine.eth[l]
}}

network fabric {{
    """{network_doc}"""

    routing = ebgp {{
        bfd = true
        communities {{ loopback = "{loopback_community}", host = "{host_community}" }}
    }}
    pools {{
        loopback   = "{loopback}"
        host       = "{host}"
        loopback6  = "{loopback6}"
        host6      = "{host6}"
        management = "{management}"
    }}
    management {{
        gateway = "{gateway}"
        domain  = "{domain}"
        dns     = ["{dns}"]
        ntp     = ["{ntp}"]
        syslog  = ["{syslog}"]
        users   = ["{user}"]
        sflow   {{ collector = "{collector}" }}
    }}
    mtu = 9100 B
}}
'''

BENIGN = {
    "spec_doc": "A spec.",
    "switch_doc": "A switch.",
    "network_doc": "A network.",
    "nic_model": "adapter",
    "nic_port": "eth1",
    "model": "box",
    "vendor": "maker",
    "asic": "chip",
    "platform": "x86_64-box-r0",
    "hwsku": "Box-8",
    "source": "nowhere",
    "frr": "swp",
    "sonic": "Ethernet",
    "eos": "Ethernet",
    "fboss": "eth1/",
    "openconfig": "eth",
    "front": "front",
    "leaf_name": "leaf",
    "spine_name": "spine",
    "host_name": "host",
    "loopback_community": "65000:1",
    "host_community": "65000:2",
    "loopback": "10.0.0.0/24",
    "host": "10.1.0.0/24",
    "loopback6": "fd00:0:0:1::/64",
    "host6": "fd00:0:0:2::/64",
    "management": "172.16.0.0/24",
    "gateway": "172.16.0.1",
    "domain": "lab.example.net",
    "dns": "192.0.2.53",
    "ntp": "ntp.example.net",
    "syslog": "192.0.2.14",
    "user": "netops",
    "collector": "192.0.2.6",
}

HOSTILE = (
    "a\nrouter bgp 1", "a\r\nend", "!", "end", "exit", "no router bgp", '"', "'", '"; reboot; "', "$(reboot)",
    "`reboot`", "{{ 7*7 }}", "{% include 'x' %}", "</config>", "a\\", "a\tb", "a b", " ", "", "\x00", "\x1b[2J",
    "a\x0bb", "a\x85b", "a\u2028end", "a\u202eb", "\u00fc", "\u65e5\u672c", "\uff11\uff10", "\uff16\uff15:\uff11",
    "65000:1\n", "-", "--help", "../../etc/passwd", "/etc", "..", "a" * 64, "a" * 300, "null", "true", "0", "#", "# x",
    "|", "a|b", "%d", "{0}", "<script>", "a,b", "[", "]", "*", "?", "10.0.0.0/24 le 32", "10.0.0.1", "::1%eth0",
    "fe80::1", "ntp.example.net iburst", "eth0", "lo", "all", "default", "vlan1",
)  # fmt: skip

NAMES = ("frr", "sonic", "eos", "fboss", "openconfig")
"""Systems that name interfaces, each by its own pattern."""


def escaped(text: str) -> str:
    """As it stands between the quotes of a spec, where braces of patterns may be anything."""
    for raw, safe in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(raw, safe)
    return text


Files = Mapping[str, Mapping[str, bytes]]
"""Files by backend and path."""


def made(folder: Path, **texts: str) -> Files | None:
    """The files of every switch backend that accepts the spec; nothing if the compiler refuses it, with codes."""
    path = folder / "hostile.rack"
    path.write_text(SPEC.format(**{key: escaped(text) for key, text in (BENIGN | texts).items()}), "utf-8")
    done = compile_spec(str(path), {})
    assert all(d.code in CODES for d in done.diagnostics)
    if has_errors(done.diagnostics):
        return None
    assert done.design is not None and done.plant is not None
    found: dict[str, dict[str, bytes]] = {}
    for name, backend in backends().items():
        if backend.per_device and not has_errors(backend.accepts(done.design, done.plant, Request(named=True))):
            artifacts = backend.render(done.design, done.plant, Request(named=True))
            found[name] = {artifact.path: artifact.data for artifact in artifacts}
    return found


@cache
def benign(folder: Path) -> Files:
    found = made(folder)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def shape(data: bytes, path: str) -> object:
    """What may not change: the first word of every line, or the kinds of values and how many there are."""
    text = data.decode("utf-8")
    if re.search(r"\.(json|conf)$", path) and text.startswith("{"):
        return _kind(json.loads(text))
    return [re.match(r"\s*\S*", line)[0] for line in text.splitlines()]  # type: ignore[index]


def _kind(value: Any) -> object:
    if isinstance(value, dict):
        # Names of things are keys too, so keys count, and what is behind them is sorted.
        return sorted(repr(_kind(v)) for v in value.values())
    if isinstance(value, list):
        return [_kind(v) for v in value]
    return type(value).__name__


def test_every_backend_of_switches_takes_part(folder: Path) -> None:
    found = benign(folder)
    assert {"frr", "sonic", "eos", "device-model"} <= {name for name, files in found.items() if files}


def judge(folder: Path, slot: str, text: str) -> None:
    found = made(folder, **{slot: text})
    for name, files in (found or {}).items():
        expected = benign(folder)[name]
        assert len(files) == len(expected), name
        hosts = set()
        for path, data in files.items():
            parts = path.split("/")
            assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", part) for part in parts), path
            hosts.add(parts[-2])
            # Lines are for machines that read ASCII; JSON has its own way to say the rest.
            assert data.startswith(b"{") or (data.isascii() and not re.search(rb"[^\n -~]", data)), path
        if slot in ("leaf_name", "spine_name"):
            assert sorted(_shapes(files)) == sorted(_shapes(expected)), (name, slot, text)
        else:
            for path, data in files.items():
                assert shape(data, path) == shape(expected[path], path), (path, slot, text)


def _shapes(files: Mapping[str, bytes]) -> Iterator[str]:
    return (repr(shape(data, path)) for path, data in files.items())


WORST = ("\n router bgp 1\x0bend\u2028exit", "\u00fc\"'!`$(x){{ 7*7 }}" + 300 * "a")


@pytest.mark.parametrize("slot", BENIGN)
def test_every_place_for_a_text(folder: Path, slot: str) -> None:
    for text in WORST:
        judge(folder, slot, BENIGN[slot] + text)


@settings(suppress_health_check=list(HealthCheck), max_examples=40)
@given(st.sampled_from(sorted(BENIGN)), st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=20), st.booleans())
@example("ntp", "a\nb", False)
@example("host_community", "\uff16\uff15:\uff11", False)
def test_any_text(folder: Path, slot: str, text: str, behind: bool) -> None:
    judge(folder, slot, BENIGN[slot] + text if behind else text)


def test_a_template_that_lets_a_line_through_is_seen(folder: Path) -> None:
    """The judge itself: a file with one line more is not of the same shape."""
    for files in benign(folder).values():
        for path, data in files.items():
            more = data.replace(b"\n", b"\nrouter bgp 1\n", 1) if not data.startswith(b"{") else b'{"a": 1}'
            assert shape(more, path) != shape(data, path)


@pytest.mark.parametrize(
    ("names", "refused"),
    [(("leaf{leaf}", "leaf0"), True), (("a{leaf}", "b"), False), (("x", "y"), True), (("leaf", "Leaf"), True)],
)
def test_host_names_are_unique(folder: Path, names: tuple[str, str], refused: bool) -> None:
    path = folder / "unique.rack"
    path.write_text(SPEC.format(**BENIGN).replace("leaf{leaf}", names[0]).replace('"spine"', f'"{names[1]}"'), "utf-8")
    assert has_errors(compile_spec(str(path), {}).diagnostics) == refused
