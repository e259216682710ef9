"""workload.txt: a pass over layers, each with what it computes and exchanges forward and backward.

The first line has the degrees: TP groups are neighbours, DP groups stand TP * PP apart, and EP groups are of
neighbouring TP groups. A layer has three parts: forward and input gradient exchange within TP, weight gradient within
DP, unless `_EP` or `_DP_EP` is behind the word. Times are ns, sizes bytes of the whole buffer.

- A collective of all ranks, or of groups that stand apart, is the weight gradient of one layer with DP as many ranks as
  a group; that of neighbours is its forward exchange with TP as many.
- A training step has two rows for each all-gather and reduce-scatter of a layer and micro-batch, forward and, mirrored,
  backward; a third if experts exchange tokens. Before them stand the gradients: the pass ends with the first layer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...compiler.design import Workload
from ...compiler.schema import Collective, PointToPoint, Reinforcement, Training, Transformer
from ...compiler.workloads import Operation, Program

WORDS = {
    "all_reduce": "ALLREDUCE",
    "all_gather": "ALLGATHER",
    "reduce_scatter": "REDUCESCATTER",
    "all_to_all": "ALLTOALL",
}
"""SimAI takes any other word for NONE, without a word."""

MOST_ROWS = 20_000
"""Rows of a workload."""


@dataclass(frozen=True)
class Layers:
    """A workload file. `sent` are the bytes that each GPU sends, 0 where no closed form is known; they go round groups
    of `members` that stand `stride` apart. `lost` tells what is not as the workload says."""

    text: bytes
    sent: int
    what: str
    members: int = 1
    stride: int = 1
    lost: tuple[str, ...] = ()


def layers(workload: Workload, program: Program, ranks: int, each: int, in_order: bool) -> Layers | str:
    """The file, or why there is none: `ranks` are the first of the program's, `each` are in a server. With `in_order`
    ranks are GPUs."""
    attributes = workload.attributes
    if isinstance(attributes.collective, Collective):
        return _collective(attributes.collective, program.operations[0], ranks, each, program.ranks, in_order)
    if isinstance(attributes.collective, PointToPoint):
        return "a message from one rank to another is no collective"
    step, model = attributes.step, attributes.model
    if not isinstance(step, Training) or isinstance(step, Reinforcement) or model is None:
        return "its files are training passes: forward and backward through layers"
    return _training(step, model, program, ranks, in_order)


def _collective(
    collective: Collective, operation: Operation, ranks: int, each: int, total: int, in_order: bool
) -> Layers | str:
    members, stride = operation.members, collective.stride
    word, size = WORDS[collective.kind], int(collective.size.to("B"))
    lost = []
    if collective.algorithm in ("direct", "halving_doubling"):
        lost.append(f"`{collective.algorithm}`: it has the rings of NCCL")
    if members == total:
        members = ranks
    elif not in_order:
        return "groups of ranks that are not placed server by server"
    if ranks % members:
        return f"groups of {members:,} ranks, of which {ranks:,} are written"
    if members == ranks or stride * members == ranks:
        rows, tp = [_row(collective.kind, wg=(0, word, size))], ranks // members
    elif stride == 1:
        rows, tp = [_row(collective.kind, fwd=(0, word, size))], members
    else:
        apart = ranks // members
        return (
            f"groups of {members:,} ranks that stand {stride:,} apart: it has those of neighbours, or {apart:,} apart"
        )
    rounds = {"all_reduce": 2}.get(collective.kind, 1)
    part = size // members
    if collective.kind != "all_to_all":
        # A ring for each member in a server, and what they do not divide is not sent.
        rings = members // -(-members // each) if stride == 1 else max(1, each // stride)
        part = part // rings * rings
    sent = rounds * (members - 1) * part
    text, what = _file(rows, tp, 1, 1, 1, ranks), f"{collective.kind} of {size} B a rank"
    return Layers(text, sent, what, members, stride, tuple(lost))


def _training(step: Training, model: Transformer, program: Program, ranks: int, in_order: bool) -> Layers | str:
    lost = []
    if not in_order:
        return "a step whose ranks are not placed server by server"
    if step.context > 1:
        return "context parallel groups"
    if step.pipeline > 1:
        lost.append(
            "pipeline stages: every rank passes the first stage's layers, and stages do not wait for each other"
        )
    replica = step.tensor * step.pipeline
    if step.pipeline > 1 and step.expert > 1:
        return "experts within pipeline stages: it spreads them over neighbouring stages"
    if ranks % (replica * step.expert):
        return f"replicas of {replica * step.expert:,} ranks, of which {ranks:,} are written"
    mine = [o for o in program.operations if (o.groups == 0).any() and o.kind != "send"]
    forward = [o for o in mine if o.phase == "forward"]
    block = forward[: _period(forward)]
    batches = len(forward) // len(block)
    rows = _gradients([o for o in mine if o.phase == "gradients"], step)
    rows += _block(block, [o for o in mine if o.phase == "backward"][: len(block)]) * batches
    if len(rows) > MOST_ROWS:
        return f"{len(rows):,} rows, where {MOST_ROWS:,} are the most that are written"
    moved = next((o.size for o in program.operations if o.kind == "send"), 0)
    text = _file(rows, step.tensor, step.expert, step.pipeline, batches, ranks, moved)
    return Layers(text, 0, f"a training step of {batches:,} micro-batches", lost=tuple(lost))


def _period(forward: list[Operation]) -> int:
    """How many operations one micro-batch has: until the name of the first comes back."""
    key = (forward[0].name, forward[0].kind)
    return next((n for n, o in enumerate(forward) if n and (o.name, o.kind) == key), len(forward))


def _gradients(operations: Iterable[Operation], step: Training) -> list[str]:
    suffix = "_DP_EP" if step.expert > 1 else ""
    return [
        _row(
            o.name.replace(" ", "_") + f"_{o.kind}",
            wg=(0, WORDS[o.kind] + (suffix if "experts" in o.name else ""), o.size),
        )
        for o in operations
    ]


def _block(forward: list[Operation], backward: list[Operation]) -> list[str]:
    """One micro-batch: each exchange as often as it is done, in turn, with its part of the computing."""
    exchanges = [o for o in forward if o.kind != "compute"]
    fwd, back = (round(sum(o.time for o in some if o.kind == "compute")) for some in (forward, backward))
    most = max((o.times for o in exchanges), default=1)
    returned: dict[str, int] = {o.kind: o.size for o in backward if o.kind != "compute"}
    opposite: dict[str, str] = {"all_gather": "reduce_scatter", "reduce_scatter": "all_gather"}
    rows = []
    for turn in range(most):
        fwd_part, back_part = (time * (turn + 1) // most - time * turn // most for time in (fwd, back))
        if not exchanges:
            rows.append(
                _row(
                    "compute",
                    (fwd_part, "NONE", 0),
                    (back_part // 2, "NONE", 0),
                    (back_part - back_part // 2, "NONE", 0),
                )
            )
        for number, o in enumerate(exchanges):
            if turn >= o.times:
                continue
            kind = opposite.get(o.kind, o.kind)
            suffix = "_EP" if o.kind == "all_to_all" else ""
            times = (fwd_part, back_part // 2, back_part - back_part // 2) if number == 0 else (0, 0, 0)
            name = f"layer{turn // 2}_{o.kind}"
            ig = (times[1], WORDS[kind] + suffix, returned.get(kind, o.size))
            rows.append(_row(name, (times[0], WORDS[o.kind] + suffix, o.size), ig, (times[2], "NONE", 0)))
    return rows


Part = tuple[int, str, int]
_NOTHING: Part = (0, "NONE", 0)


def _row(name: str, fwd: Part = _NOTHING, ig: Part = _NOTHING, wg: Part = _NOTHING) -> str:
    """Twelve columns: name, dependency, then time, exchange and bytes of each part, then the time of the update."""
    return "\t".join(map(str, [name, -1, *fwd, *ig, *wg, 0]))


def _file(rows: list[str], tp: int, ep: int, pp: int, ga: int, gpus: int, pp_comm: int = 0) -> bytes:
    degrees = f"model_parallel_NPU_group: {tp} ep: {ep} pp: {pp} vpp: 1 ga: {ga} all_gpus: {gpus}"
    head = f"HYBRID_TRANSFORMER_FWD_IN_BCKWD {degrees} checkpoints: 0 checkpoint_initiates: 0"
    if pp > 1:
        head += f" pp_comm: {pp_comm}"
    return "\n".join([head, str(len(rows)), *rows, ""]).encode()
