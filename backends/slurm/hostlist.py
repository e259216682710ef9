"""Lists of names as Slurm writes them: `pod0-gpu[0-191]-node[0-1],pod1-gpu[0-191]-node[0-1]`.

Names that differ in their last two numbers alone are folded: those with the same numbers in the last place share a
bracket there, and then one on the left of it. Each name is in the list once, and nothing else is. Slurm reads two
brackets with the last counting fastest, as we do, and puts nodes into that order; with three it does not. Sources:
slurm.conf(5) of Slurm 22.05, NodeName (brackets, ranges, leading zeros); src/common/hostlist.c (a range has at most
65,537 numbers); what the program itself makes of such lists.
"""

from __future__ import annotations

import polars as pl

from ...compiler.plant import Ints

RANGE = 1 << 16
"""A range ends before a multiple of this, so it never has more numbers."""

BRACKETS = 2

_HOLE = "\x00"


def compress(names: pl.Series, group: Ints, count: int) -> list[str]:
    """The list of the names of each group 0 … count - 1, empty without any; names of group -1 are left out.

    Names begin with a letter or digit, and hold letters, digits, `_`, `-` and `.` alone.
    """
    frame = pl.DataFrame({"group": group, "name": names.alias("name")}).with_row_index("at")
    # Slurm takes no list that begins with a bracket or has text behind the last, so digits in front stay as they are,
    # and a name that does not end with a digit stays whole. So does one with a number of ten digits.
    head = pl.col("name").str.extract(r"^([0-9]*)", 1)
    rest = pl.col("name").str.slice(head.str.len_chars())
    frame = (
        frame.filter(pl.col("group") >= 0)
        .with_columns(head=head, rest=rest)
        .with_columns(rest=pl.when(rest.str.contains("[0-9]{10}|[^0-9]$")).then(pl.lit("")).otherwise(pl.col("rest")))
        .with_columns(head=pl.when(pl.col("rest") == "").then(pl.col("name")).otherwise(pl.col("head")))
        .with_columns(
            template=pl.concat_str("head", pl.col("rest").str.replace_all("[0-9]+", _HOLE)),
            number=pl.col("rest").str.extract_all("[0-9]+"),
        )
        .select("at", "group", "template", "number")
    )
    whole = frame.filter(pl.col("number").list.len() == 0)
    pieces = [whole.select("group", "at", pl.col("template").alias("text"))] if len(whole) else []
    foldable = frame.filter(pl.col("number").list.len() > 0)
    pieces += [_folded(part) for part in foldable.partition_by("template", maintain_order=True)]
    texts = [""] * count
    if pieces:
        joined = pl.concat(pieces).sort("group", "at").group_by("group", maintain_order=True).agg(pl.col("text"))
        for number, words in zip(joined["group"].to_list(), joined["text"].to_list(), strict=True):
            texts[number] = ",".join(words)
    return texts


def _folded(part: pl.DataFrame) -> pl.DataFrame:
    """Lists of names of one template: columns group, at (the first of its names) and text."""
    template = part["template"][0].split(_HOLE)
    places = range(len(template) - 1)
    frame = part.select("group", "at", *(pl.col("number").list.get(i).alias(f"n{i}") for i in places))
    frame = frame.with_columns(_width(frame[f"n{i}"]).alias(f"w{i}") for i in places)
    frame = frame.with_columns(pl.col(f"n{i}").cast(pl.Int64) for i in places)
    widths = [f"w{i}" for i in places]
    folded = places[-BRACKETS:]
    frame = frame.with_columns(_plain(i).alias(f"t{i}") for i in places if i not in folded)
    for place in reversed(folded):
        others = [f"n{i}" for i in folded if i < place]
        keys = ["group", *widths, *(f"t{i}" for i in places if i not in folded or i > place), *others]
        frame = _fold(frame, keys, f"n{place}", f"w{place}", f"t{place}")
    words = [pl.lit(template[0])]
    for i in places:
        words += [pl.col(f"t{i}"), pl.lit(template[i + 1])]
    return frame.select("group", "at", pl.concat_str(words).alias("text"))


def _plain(place: int) -> pl.Expr:
    return pl.col(f"n{place}").cast(pl.String).str.zfill(pl.col(f"w{place}"))


def _width(number: pl.Series) -> pl.Series:
    """How wide numbers are written: as wide as those that begin with a zero; 0 where a width is nothing to keep."""
    length = number.str.len_chars().cast(pl.Int64)
    padded = length.filter(number.str.starts_with("0") & (length > 1)).unique()
    return pl.select(pl.when(length.is_in(padded.implode())).then(length).otherwise(0)).to_series()


def _fold(frame: pl.DataFrame, keys: list[str], number: str, width: str, text: str) -> pl.DataFrame:
    """Rows that differ in one number alone as one, with the numbers as a text."""
    value = pl.col(number)
    runs = (
        frame.sort(*keys, number)
        .with_columns(key=pl.struct(keys).rle_id())
        .with_columns(
            run=((pl.col("key") != pl.col("key").shift()) | (value != value.shift() + 1) | (value % RANGE == 0))
            .fill_null(True)
            .cum_sum()
        )
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("key").first(),
            *(pl.col(k).first() for k in keys),
            *([] if width in keys else [pl.col(width).first()]),
            pl.col("at").min(),
            low=value.first(),
            high=value.last(),
        )
    )
    low, high = (pl.col(c).cast(pl.String).str.zfill(pl.col(width)) for c in ("low", "high"))
    span = pl.when(pl.col("low") == pl.col("high")).then(low).otherwise(pl.concat_str(low, high, separator="-"))
    lists = runs.with_columns(span=span).group_by("key", maintain_order=True)
    many = (pl.len() > 1) | (pl.col("low").first() < pl.col("high").first())
    joined = pl.col("span").str.join(",")
    return lists.agg(
        *(pl.col(k).first() for k in keys),
        pl.col("at").min(),
        pl.when(many).then(pl.concat_str(pl.lit("["), joined, pl.lit("]"))).otherwise(joined).alias(text),
    ).drop("key")
