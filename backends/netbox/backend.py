"""The whole design as an import into NetBox: types as YAML of the device type library, everything else as CSV.

The CSV files are numbered in the order of their import. Whatever they hold is counted from the plant's own columns: a
row a device, a rack, a segment, a feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.jinja import template
from .._kit.safe import folder
from .notes import notes

ROOT = "dcim/netbox"


class NetBox:
    """The backend `netbox`."""

    name = "netbox"
    summary = "NetBox import: device and module types as YAML, the plant as CSV (only when named)"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return notes(plant) if request.named and not request.shard else ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard or not request.named:
            return
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from .._kit.csv import write
        from .._kit.yaml_text import document
        from .tables import import_of

        found = import_of(plant)
        taken: set[str] = set()
        for kind, documents in (("device-types", found.device_types), ("module-types", found.module_types)):
            for content in documents:
                place = f"{ROOT}/{kind}/{folder(str(content['manufacturer']))}/{folder(str(content['model']))}"
                while place.lower() in taken:
                    place += "_"
                taken.add(place.lower())
                yield Artifact(f"{place}.yaml", document(content))
        for name, frames in found.tables:
            yield Artifact(f"{ROOT}/{name}.csv", write(frames))
        text = template(__package__, "README.md.j2").render(design=design.name, open_rack=found.open_rack)
        yield Artifact(f"{ROOT}/README.md", text.encode())
