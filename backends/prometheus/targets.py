"""Targets of file-based service discovery: who is scraped by which job, and what it is called.

Source: prometheus.io/docs/prometheus/latest/configuration, `file_sd_config`. Ports are the usual ones: 9100 of
node_exporter, 9400 of NVIDIA's dcgm-exporter, 5000 of AMD's device-metrics-exporter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ...compiler.network.addresses import dotted
from ...compiler.plant import DeviceClass, Plant
from ...compiler.schema import AcceleratorAttributes
from .._kit.network_model import services
from .._kit.planned import Members, members
from .places import Places

POWER = ("generator", "switchboard", "ups", "transfer", "pdu", "rectifier", "shelf")
COOLING = ("chiller", "tower", "cdu", "aalc", "crah", "fan")
"""Kinds of boxes that usually have a controller with an address. Busways, batteries, manifolds and doors have none."""

NODE_PORT = 9100
EXPORTERS = {"NVIDIA": 9400, "AMD": 5000}
"""The exporter of an accelerator, by its maker."""


@dataclass(frozen=True)
class Jobs:
    """The classes of devices that each job scrapes, and the port (0: an exporter elsewhere asks for it)."""

    plant: Plant

    def of(self, job: str) -> Iterator[tuple[DeviceClass, int]]:
        """The classes of a job."""
        for cls in self.plant.classes:
            kind, makers = self.plant.element_of(cls).kind, self._makers(cls)
            match job:
                case "switches" if kind == "switch":
                    yield cls, 0
                case "nodes" if kind == "server":
                    yield cls, NODE_PORT
                case "accelerators" if kind == "server" and makers & EXPORTERS.keys():
                    yield cls, EXPORTERS[sorted(makers & EXPORTERS.keys())[0]]
                case "power" if kind in POWER:
                    yield cls, 0
                case "cooling" if kind in COOLING:
                    yield cls, 0

    def _makers(self, cls: DeviceClass) -> set[str]:
        """The makers of the accelerators inside a class."""
        design = self.plant.design
        return {
            e.attributes.vendor or ""
            for e in design.elements
            if isinstance(e.attributes, AcceleratorAttributes)
            and cls.element in {c.index for c in design.chain(e.index)}
        }


JOBS = ("switches", "nodes", "accelerators", "power", "cooling")


def target_files(plant: Plant) -> Iterator[tuple[str, bytes]]:
    """A file for each job, also for one without targets: the configuration names it."""
    jobs, places, known = Jobs(plant), Places(plant), members(plant)
    told = [services(plant.at_capacity.design.networks[n.network].attributes) for n in known.networks]
    for job in JOBS:
        found = [
            _target(plant, places, known, told, device, port)
            for cls, port in jobs.of(job)
            for device in range(cls.first, cls.first + cls.count)
        ]
        yield f"targets/{job}.json", orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _target(plant: Plant, places: Places, known: Members, told: list[Any], device: int, port: int) -> dict[str, Any]:
    """A target with its labels: its management address, else its host name, which DNS must know."""
    labels = places.of(device)
    address, network = int(known.management[device]), int(known.network[device])
    where = dotted(address) if address >= 0 else plant.devices.names[device]
    if network >= 0:
        labels["network"] = plant.at_capacity.design.networks[known.networks[network].network].name
        if told[network].gnmi:
            labels["gnmi"] = f"{where}:{told[network].gnmi}"
    if known.role[device]:
        labels["role"] = known.role[device]
        labels["tier"] = str(int(known.tier[device]))
    os = plant.element_of(plant.class_of(device)).os
    if os:
        labels["os"] = os
    return {"targets": [f"{where}:{port}" if port else where], "labels": labels}
