"""The cables again, in the forms in which tools that compare a built network with its plan read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Validation:
    """`validation/…`; see docs/reference/validation.md."""

    name = "validation"
    summary = "what cables lead where, for PTM, UFM's cable validation and Batfish (only when named)"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        if request.shard or not request.named:
            return ()
        from .nameless import nameless

        return nameless(plant)

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        if request.shard or not request.named:
            return
        from .batfish import layer1
        from .edges import ethernet, infiniband
        from .ptm import topology
        from .ufm import p2p

        by_name, by_hca = ethernet(plant), infiniband(plant)
        yield Artifact("validation/batfish/layer1_topology.json", layer1(by_name))
        yield Artifact("validation/ptm/topology.dot", topology(by_name))
        yield Artifact("validation/ufm/p2p_ethernet.csv", p2p(by_name))
        yield Artifact("validation/ufm/p2p_infiniband.csv", p2p(by_hca))
