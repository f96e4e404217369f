"""Judges records against other records: one function a kind of comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from kechuang.errors import Fault, KechuangError
from kechuang.formula import other_function, row_function
from kechuang.messages import Message, say
from kechuang.packs.model import Comparison, RecordType
from kechuang.records.checks import Checked, Findings, key_texts
from kechuang.records.comparison.entries import Entries, Standing
from kechuang.records.comparison.outliers import modified_z_scores, z_scores
from kechuang.records.fields import Named, Value, canonical

Found = Iterator[tuple[int, str | None, Message]]
"""The place of an entry that fails, the field it fails in, and what is wrong in words."""

Of = Callable[[str], Entries]


def compare(
    checked: Sequence[Checked],
    types: Mapping[str, RecordType],
    findings: Findings,
    standing: Standing,
) -> None:
    """Put into ``findings`` every incoming row that fails a ``compare`` declaration of its type."""
    known: dict[str, Entries] = {}

    def of(name: str) -> Entries:
        if name not in known:
            known[name] = Entries(types[name], checked, standing)
        return known[name]

    for name in dict.fromkeys(one.table.type.id for one in checked):
        for comparison in types[name].compare:
            entries = of(name)
            for at, field, problem in _JUDGES[comparison.kind](comparison, entries, of):
                message = Named.of(comparison.message) if comparison.message else problem
                findings.add(
                    Fault(comparison.id, message, entries.place(at, field), severity=comparison.level)
                )


def _change(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``field`` over its value a year before lies in ``low``–``high``."""
    type_, name, year = entries.type, comparison.field, entries.type.time.year
    assert name is not None and year is not None
    low = -float("inf") if comparison.low is None else comparison.low
    high = float("inf") if comparison.high is None else comparison.high
    values = entries.column(name)
    known = dict(zip(entries.keys, values, strict=True))
    earlier: list[list[Value]] = [
        [
            when - 1 if isinstance(when, int) else None
            for when in entries.column(part)[: len(entries.incoming)]
        ]
        if part == year
        else entries.column(part)[: len(entries.incoming)]
        for part in type_.key
    ]
    for at, key in zip(entries.incoming, key_texts(earlier), strict=True):
        now, before = _number(values[at]), _number(known.get(key))
        if now is None or not before or low <= now / before <= high:
            continue
        problem = say(
            "{label}由上年的{before:g}变为{now:g}，是上年的{ratio:.3g}倍，超出常见范围，请核对或说明",
            label=Named.of(type_.fields[name].label),
            before=before,
            now=now,
            ratio=now / before,
        )
        yield at, name, problem


def _outlier(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``field`` lies within ``limit`` of its group, by z-score or modified z-score."""
    name = comparison.field
    assert name is not None
    score = z_scores if comparison.method == "z" else modified_z_scores
    column = entries.column(name)
    for group in entries.groups(comparison.group).values():
        numbered = [(at, value) for at in group if (value := _number(column[at])) is not None]
        if len(numbered) < comparison.least:
            continue
        scores = score([value for _, value in numbered])
        for (at, value), far in zip(numbered, scores, strict=True):
            if at in entries.incoming and abs(far) > comparison.limit:
                problem = say(
                    "{label}为{value:g}，与同组{n}条记录相差过大（{method}分数{far:.1f}，界限{limit:g}），请核对或说明",
                    label=Named.of(entries.type.fields[name].label),
                    value=value,
                    n=len(numbered),
                    method=say("Z") if comparison.method == "z" else say("修正Z"),
                    far=far,
                    limit=comparison.limit,
                )
                yield at, name, problem


def _parts(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``field`` where ``whole`` holds equals the sum over the other records of the group."""
    name = comparison.field
    assert name is not None and comparison.whole is not None
    if not entries.complete:
        return
    whole = row_function(comparison.whole, entries.type.fields.keys())
    column = entries.column(name)
    for group in entries.groups(comparison.group).values():
        wholes = [at for at in group if whole(entries.values(at)) is True]
        parts = [at for at in group if at not in wholes]
        known = [value for at in parts if (value := _number(column[at])) is not None]
        if len(wholes) != 1 or not known or len(known) < len(parts):
            continue  # no total to hold against, or a part is not there yet
        total = _number(column[wholes[0]])
        if total is None or abs(sum(known) - total) <= comparison.tolerance:
            continue
        problem = say(
            "{label}：{n}项之和为{sum:.15g}，合计为{total:.15g}，相差{gap:.6g}",
            label=Named.of(entries.type.fields[name].label),
            n=len(known),
            sum=sum(known),
            total=total,
            gap=sum(known) - total,
        )
        yield next(at for at in (*wholes, *parts) if at in entries.incoming), name, problem


def _unique(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """No two records share the values of ``fields``."""
    fields = entries.type.fields
    for values, group in entries.groups(comparison.fields).items():
        if len(group) < 2 or any(value is None for value in values):
            continue
        said = "、".join(
            f"{fields[name].label.zh}={canonical(value)}"
            for name, value in zip(comparison.fields, values, strict=True)
        )
        for at in group:
            if at in entries.incoming:
                other = next(one for one in group if one != at)
                yield (
                    at,
                    comparison.fields[0],
                    say("与记录“{other}”重复（{said}）", other=entries.keys[other], said=said),
                )


def _lookup(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``test`` holds over this row and the record of another type with the same ``on_fields``."""
    assert comparison.other is not None and comparison.test is not None
    others = of(comparison.other)
    holds = other_function(comparison.test, entries.type.fields.keys(), others.type.fields.keys())
    listed = dict(reversed([*zip(others.rows(comparison.on_fields), range(len(others.keys)), strict=True)]))
    mine = entries.rows(comparison.on_fields)
    field = comparison.field or next(iter(comparison.fields), None)
    for at in entries.incoming:
        match = listed.get(mine[at])
        if match is None:
            continue
        try:
            failed = holds(entries.values(at), others.values(match)) is False
        except KechuangError as error:
            yield at, field, error.full()
            continue
        if failed:
            label, key = Named.of(others.type.label), others.keys[match]
            yield at, field, say("与台账“{type}”的记录“{key}”不一致，请核对", type=label, key=key)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_JUDGES: dict[str, Callable[[Comparison, Entries, Of], Found]] = {
    "change": _change,
    "outlier": _outlier,
    "parts": _parts,
    "unique": _unique,
    "lookup": _lookup,
}
