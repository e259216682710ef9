"""Whether the ranks of a workload can be divided as it says, and hold and compute what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity
from ..design import Design, Workload
from ..schema import (
    AcceleratorAttributes,
    Collective,
    Inference,
    PointToPoint,
    Reinforcement,
    Training,
    Transformer,
)
from ..simulation import Placed, named, place
from ..workloads import compile_program, held, rollout_held
from .facts import Facts


def workloads(facts: Facts) -> Iterator[Diagnostic]:
    """RW8131 to RW8138: what a workload asks of its ranks."""
    for workload in facts.design.workloads:
        placed = place(facts.plant, workload)
        if not isinstance(placed, Placed):
            yield placed
            continue
        collective, step = workload.attributes.collective, workload.attributes.step
        if isinstance(collective, Collective):
            yield from _groups(workload, collective)
        elif isinstance(collective, PointToPoint):
            yield from _numbers(workload, collective)
        elif step is not None:
            broken = [*_degrees(workload, step), *_peak(facts.design, workload, step), *_length(workload, step)]
            yield from broken or _extent(facts.design, workload)


def _groups(workload: Workload, collective: Collective) -> Iterator[Diagnostic]:
    ranks = named(workload)
    members = collective.group or ranks
    if ranks % (members * collective.stride):
        by = f"{members} ranks" if collective.stride == 1 else f"{members} ranks that stand {collective.stride} apart"
        yield _undivided(
            workload,
            "collective.group" if collective.group else "collective.stride",
            f"{ranks:,} ranks are no whole number of groups of {by}",
        )
    elif collective.algorithm == "halving_doubling" and collective.kind == "all_to_all":
        yield diagnose(
            "RW8133",
            workload.at("collective.algorithm"),
            "this algorithm",
            detail="halving and doubling reduces or gathers; an all_to_all has nothing to halve",
            help="use `direct`",
        )
    elif collective.algorithm == "halving_doubling" and members & (members - 1):
        yield diagnose(
            "RW8133",
            workload.at("collective.algorithm", "collective"),
            "this algorithm",
            detail=f"{members:,} ranks are no power of two",
            help="use `ring` or `hierarchical`, or groups of 2, 4, 8, …",
        )


def _numbers(workload: Workload, message: PointToPoint) -> Iterator[Diagnostic]:
    ranks = named(workload)
    receiver = ranks - 1 if message.receiver is None else message.receiver
    for name, number in (("sender", message.sender), ("receiver", receiver)):
        if number >= ranks:
            at = workload.at(f"collective.{name}", "collective")
            yield diagnose("RW8135", at, f"rank {number:,}", detail=f"ranks are numbered 0..{ranks - 1}")
            return
    if message.sender == receiver:
        detail = f"the sender and the receiver are rank {receiver:,}"
        at = workload.at("collective.receiver", "collective.sender", "collective")
        yield diagnose("RW8135", at, "one rank", detail=detail, help="name two")


def _undivided(workload: Workload, attribute: str, detail: str, help: str = "") -> Diagnostic:
    return diagnose("RW8132", workload.at(attribute, "step", "collective"), "this one", detail=detail, help=help)


@dataclass(frozen=True)
class _Rule:
    """Something that must hold of a step; `attribute` is what to point at if it does not: of the step, unless it says
    `model.`"""

    holds: bool
    attribute: str
    detail: str
    help: str = ""


def _degrees(workload: Workload, step: Training | Inference) -> Iterator[Diagnostic]:
    """The first rule that is broken: the others often follow from it."""
    model = workload.attributes.model
    assert model is not None
    rules = [*_model_rules(model, step)]
    ranks = named(workload)
    rules += _training_rules(ranks, step) if isinstance(step, Training) else _inference_rules(ranks, step)
    broken = next((rule for rule in rules if not rule.holds), None)
    if broken is not None:
        inside = broken.attribute if "." in broken.attribute else f"step.{broken.attribute}"
        yield _undivided(workload, inside, broken.detail, broken.help)


def _model_rules(model: Transformer, step: Training | Inference) -> Iterator[_Rule]:
    yield _Rule(
        model.hidden % model.heads == 0,
        "model.heads",
        f"{model.hidden:,} values of a token are no whole number for each of {model.heads} heads",
    )
    yield _Rule(
        model.heads % (model.kv_heads or model.heads) == 0,
        "model.kv_heads",
        f"{model.heads} attention heads are not divided by {model.kv_heads} heads of keys and values",
        "as many heads of attention share each head of keys and values",
    )
    yield _Rule(
        model.active <= model.experts,
        "model.active",
        f"a token chooses {model.active:,} experts, and a layer has {model.experts:,}",
        "`experts` is how many there are to choose from",
    )
    yield _Rule(
        model.heads % step.tensor == 0,
        "tensor",
        f"{model.heads} attention heads are not divided by {step.tensor} ranks",
        "every rank has whole heads",
    )
    yield _Rule(
        step.pipeline <= model.layers,
        "pipeline",
        f"{model.layers} layers do not fill {step.pipeline} stages",
    )
    yield _Rule(
        model.experts % step.expert == 0,
        "expert",
        f"{model.experts} experts are not divided by {step.expert} ranks",
        "every rank has whole experts",
    )


def _training_rules(ranks: int, step: Training) -> Iterator[_Rule]:
    each = step.tensor * step.context * step.pipeline
    made = f"{step.tensor} tensor * {step.context} context * {step.pipeline} pipeline"
    if step.data is None:
        yield _Rule(
            ranks % each == 0, "pipeline", f"{ranks:,} ranks are no whole number of replicas of {made} = {each:,}"
        )
        data = max(1, ranks // each)
    else:
        data = step.data
        yield _Rule(
            each * data == ranks,
            "data",
            f"{made} * {data} data = {each * data:,}, and there are {ranks:,} ranks",
            "every rank has a part; take fewer ranks with `count`, or leave `data` out",
        )
    yield _Rule(data % step.expert == 0, "expert", f"{data:,} replicas are not divided by {step.expert}")
    yield _Rule(
        step.batch % (data * step.micro_batch) == 0,
        "batch",
        f"{step.batch:,} sequences are no whole number of micro-batches of {step.micro_batch} for {data:,} replicas",
    )
    yield _Rule(
        step.sequence % step.context == 0,
        "context",
        f"{step.sequence:,} tokens are not divided by {step.context}",
    )
    if isinstance(step, Reinforcement):
        tensor = step.rollout_tensor or step.tensor
        yield _Rule(ranks % tensor == 0, "rollout_tensor", f"{ranks:,} ranks are not divided by {tensor}")
        yield _Rule(
            step.prompt < step.sequence,
            "prompt",
            f"a prompt of {step.prompt:,} leaves no token of a sequence of {step.sequence:,} to generate",
        )


def _inference_rules(ranks: int, step: Inference) -> Iterator[_Rule]:
    each = step.tensor * step.pipeline * step.expert
    made = f"{step.tensor} tensor * {step.pipeline} pipeline * {step.expert} expert = {each:,}"
    if step.prefill is not None:
        yield _Rule(step.prefill < ranks, "prefill", f"of {ranks:,} ranks {step.prefill:,} prefill and none decodes")
        yield _Rule(step.prefill % each == 0, "prefill", f"{step.prefill:,} ranks are no whole number of {made}")
    rest = ranks - (step.prefill or 0)
    yield _Rule(rest % each == 0, "tensor", f"{rest:,} ranks are no whole number of {made}")


def _peak(design: Design, workload: Workload, step: Training | Inference) -> Iterator[Diagnostic]:
    accelerator, model = design.elements[workload.ranks], workload.attributes.model
    attributes = accelerator.attributes
    assert isinstance(attributes, AcceleratorAttributes) and model is not None
    lacking: list[str] = [model.operations] if getattr(attributes, model.operations) is None else []
    if not isinstance(step, Training) or isinstance(step, Reinforcement):
        lacking += ["memory_bandwidth"] if attributes.memory_bandwidth is None else []
    if lacking:
        yield diagnose(
            "RW8134",
            workload.at("step"),
            "this step",
            detail=f"`{accelerator.definition}` states no {' and no '.join(f'`{name}`' for name in lacking)}",
            help="state it in the part"
            + (", or set `operations` of the model to what the part has" if model.operations in lacking else ""),
            also=[(accelerator.origin, "the accelerator")],
        )


MOST_PASSES = 20_000
"""Most passes of micro-batches through stages of one step: programs of 150,000 operations, planned in seconds."""


def _length(workload: Workload, step: Training | Inference) -> Iterator[Diagnostic]:
    if not isinstance(step, Training):
        return
    data = step.data or max(1, named(workload) // (step.tensor * step.context * step.pipeline))
    passes = step.batch // (data * step.micro_batch) * step.pipeline
    if passes > MOST_PASSES:
        yield diagnose(
            "RW8137",
            workload.at("step.batch"),
            "this batch",
            detail=f"every stage passes {passes // step.pipeline:,} micro-batches, {passes:,} passes in all",
            help=f"at most {MOST_PASSES:,}: make the batch smaller, or `micro_batch` larger",
        )


MOST = 10**18
"""Most bytes, and most ns (32 years), of what is alike in a step: numbers that formats of simulators hold."""


def _extent(design: Design, workload: Workload) -> Iterator[Diagnostic]:
    step = workload.attributes.step
    if isinstance(step, Training):
        # All that a replica takes as one micro-batch: as much in fewer operations.
        data = step.data or max(1, named(workload) // (step.tensor * step.context * step.pipeline))
        step = step.model_copy(update={"micro_batch": step.batch // data})
    attributes = workload.attributes.model_copy(update={"step": step})
    for operation in compile_program(design, workload.model_copy(update={"attributes": attributes})).operations:
        size, time = operation.size * operation.times, operation.time * operation.times
        if size > MOST or time > MOST:
            years = f"{float(time) / NS_PER_YEAR:,.0f} years of a rank"
            yield diagnose(
                "RW8138",
                workload.at("step"),
                "this step",
                detail=f"{operation.phase}: {years if time else f'{size:,} B of a rank'} in one kind of operation",
                help="look for a number with too many digits, in the step or in its model",
            )
            return


NS_PER_YEAR = 365 * 24 * 3600 * 10**9


def memory(facts: Facts) -> Iterator[Diagnostic]:
    """RW8136: a model that does not fit."""
    for workload in facts.design.workloads:
        step, model = workload.attributes.step, workload.attributes.model
        attributes = facts.design.elements[workload.ranks].attributes
        assert isinstance(attributes, AcceleratorAttributes)
        if step is None or model is None or attributes.memory is None or not named(workload):
            continue
        replicas = max(1, named(workload) // (step.tensor * step.pipeline))
        needed = held(model, step, replicas)
        if isinstance(step, Reinforcement):
            needed = max(needed, rollout_held(model, step, named(workload)))
        if needed > attributes.memory.to("B"):
            yield diagnose(
                "RW8136",
                workload.at("step"),
                "this step",
                detail=f"a rank has to hold at least {Quantity.of(Fraction(ceil(needed / 10**8), 10), 'GB')}, and has "
                f"{attributes.memory}",
                help="divide the model by more ranks: `tensor`, `pipeline`, `expert`",
            )
