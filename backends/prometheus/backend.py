"""Prometheus: targets, expected values and rules, written when named.

What is as large as the building is data: targets are files of service discovery, thresholds are metrics. Rules are
general and few. A design of 24,576 GPUs has 88,000 ends of links whose names are known, and would have as many alerts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.jinja import template
from .._kit.planned import members
from .._kit.safe import is_host_name, one_line
from .expected import feeds, links, temperatures, unwatched
from .exposition import exposition
from .targets import JOBS, Jobs, target_files

ROOT = "ops/prometheus"

SNMP = (("switches", "if_mib"), ("power", "if_mib"), ("cooling", "if_mib"))
"""Jobs that snmp_exporter asks, and its module; that of a PDU or CDU is its maker's."""

LIMITS = (
    ("outlet", "watts", "W"),
    ("outlet", "voltamperes", "VA"),
    ("inlet", "watts", "W"),
    ("inlet", "voltamperes", "VA"),
    ("supply", "watts", "W"),
)


class Prometheus:
    """The backend `prometheus`."""

    name = "prometheus"
    summary = "Prometheus: targets, what the plant expects, alert rules (only when named)"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(_told(plant)) if request.named else []

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if not request.named or request.shard:
            return
        files = {
            "expected/links.prom": exposition(links(plant)),
            "expected/feeds.prom": exposition(feeds(plant)),
            "expected/temperatures.prom": exposition(temperatures(plant)),
            **dict(target_files(plant)),
        }
        name = one_line(design.name)
        lossless = any(network.attributes.roce is not None for network in design.networks)
        jobs = Jobs(plant)
        counts = {job: sum(cls.count for cls, _ in jobs.of(job)) for job in JOBS}
        series = sum(data.count(b"\n") - data.count(b"# ") for path, data in files.items() if path.endswith(".prom"))
        texts: dict[str, dict[str, object]] = {
            "prometheus.yml": {"snmp": SNMP},
            "rules/measured.yml": {},
            "rules/plant.yml": {"limits": LIMITS, "lossless": lossless},
            "README.md": {
                "counts": ", ".join(f"{count:,} {job}" for job, count in counts.items()),
                "series": f"{series:,}",
            },
        }
        for path, data in files.items():
            yield Artifact(f"{ROOT}/{path}", data)
        for path, values in texts.items():
            text = template(__package__, f"{path.rpartition('/')[2]}.j2").render(design=name, **values)
            yield Artifact(f"{ROOT}/{path}", text.encode())


def _told(plant: Plant) -> Iterator[Diagnostic]:
    """RW8003 for targets that no host can be called, RW8271 for those without a management address; RW8274."""
    known, jobs = members(plant), Jobs(plant)
    nameless, example = 0, ""
    for cls in sorted({cls.index: cls for job in JOBS for cls, _ in jobs.of(job)}.values(), key=lambda c: c.index):
        names = plant.devices.names[cls.first : cls.first + cls.count]
        bad = [name for name in names if not is_host_name(name)]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            help = "use letters, digits, `-`, `_` and `.`, at most 63, and a letter or digit at both ends"
            yield diagnose("RW8003", plant.element_of(cls).origin, detail=f"`{bad[0]}`{more}", help=help)
        lacking = known.management[cls.first : cls.first + cls.count] < 0
        if lacking.any():
            example = example or names[int(lacking.argmax())]
            nameless += int(lacking.sum())
    if nameless:
        yield diagnose(
            "RW8271",
            plant.design.elements[0].origin,
            detail=f"{nameless:,} devices, such as {example}",
            help="let DNS know these names",
        )
    dark = unwatched(plant)
    if len(dark):
        of, names = plant.links, plant.devices.names
        ends = [names[int(column[dark[0]])] for column in (of.a_device, of.z_device)]
        yield diagnose(
            "RW8274",
            plant.design.elements[0].origin,
            detail=f"{len(dark):,} of {len(of):,} links, such as that from {ends[0]} to {ends[1]}",
            help='say what the system calls the ports, such as `names { linux = "…" }`, and which `os` switches run',
        )
