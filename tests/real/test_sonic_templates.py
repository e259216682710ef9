"""BGP by tables: SONiC's own templates print it, and FRR reads what they print.

The templates are those of sonic-buildimage, folder src/sonic-frr-mgmt-framework/templates. sonic-cfggen gives them the
tables with their keys as tuples, which is done here too.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from unit.fabrics import block, rendered, with_network
from unit.test_sonic_boxes import tables_everywhere

from rackwright.backends.sonic import Sonic
from rackwright.compiler.schema.routing import Ebgp

TEMPLATES = "RACKWRIGHT_SONIC_TEMPLATES"
"""Environment variable: that folder."""

FOLDER = Path(os.environ.get(TEMPLATES, "")) / "bgpd"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (os.environ.get(TEMPLATES) and FOLDER.is_dir()),
        reason=f"set {TEMPLATES} to src/sonic-frr-mgmt-framework/templates of sonic-buildimage",
    ),
    pytest.mark.skipif(shutil.which("vtysh") is None, reason="needs vtysh (Debian: frr)"),
]


def printed(tables: dict[str, dict[str, Any]]) -> str:
    """The FRR configuration that SONiC makes of CONFIG_DB."""
    environment = Environment(loader=FileSystemLoader(FOLDER), trim_blocks=True, autoescape=False)
    environment.filters.update({f"ipv{n}": lambda text, n=n: _is_address(text, n) for n in (4, 6)})
    split = {name: {_key(key): row for key, row in rows.items()} for name, rows in tables.items()}
    return environment.get_template("bgpd.conf.db.j2").render(split)


def _key(text: str) -> str | tuple[str, ...]:
    parts = text.split("|")
    return tuple(parts) if len(parts) > 1 else text


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


@pytest.mark.parametrize(
    "routing",
    [
        Ebgp(bfd=True),
        Ebgp(unnumbered=False),
        Ebgp(downward="default", asn_plan="per_tier", aggregate=False),
    ],
    ids=["unnumbered", "numbered", "default"],
)
def test_frr_reads_what_sonic_prints(tmp_path: Path, routing: Ebgp) -> None:
    design, _ = tables_everywhere(tmp_path)
    given = design.networks[0].attributes
    pools = given.pools.model_copy(update={"fabric": "10.64.0.0/20", "fabric6": "fd00:0:0:3::/64"})
    files = rendered(Sonic(), *with_network(design, routing=routing, pools=pools))
    for path, text in files.items():
        conf = tmp_path / "frr.conf"
        conf.write_text(printed(json.loads(text)))
        done = subprocess.run(["vtysh", "-C", "-f", str(conf)], capture_output=True, text=True)
        assert done.returncode == 0, (path, done.stdout, done.stderr)


def test_every_table_reaches_frr(tmp_path: Path) -> None:
    """What the templates do not know they pass over without a word."""
    files = rendered(Sonic(), *tables_everywhere(tmp_path))
    text = printed(json.loads(files["configs/sonic/pod0-leaf0/config_db.json"]))
    bgp = block(text, "router bgp 4200000004")
    assert "neighbor Ethernet256 interface peer-group UPLINKS" in bgp and "neighbor UPLINKS timers 3 9" in bgp
    for line in ("bgp router-id 10.0.0.5", "bgp bestpath as-path multipath-relax", "neighbor UPLINKS bfd"):
        assert line in [found.strip() for found in bgp]
    assert "aggregate-address 10.128.0.0/24 summary-only" in bgp and "redistribute connected route-map CONNECTED" in bgp
    assert "aggregate-address fd00:0:0:2::/120 summary-only" in bgp and bgp.count("maximum-paths 2") == 2
    assert "neighbor UPLINKS route-map UPLINKS-OUT6 out" in bgp and "no bgp default ipv4-unicast" in bgp
    assert " set community 65000:2" in text.splitlines()
    assert "ip prefix-list LINKS seq 10 permit 10.128.0.0/24 ge 31 le 31" in text.splitlines()
