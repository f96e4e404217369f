"""Judges records against other records: one function a kind of comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kechuang.errors import Fault, KechuangError
from kechuang.formula import other_function, row_function
from kechuang.messages import Message, say
from kechuang.packs.model import Comparison, RecordType
from kechuang.records.checks import Checked, Findings, key_text
from kechuang.records.comparison.entries import Entries, Entry, Standing
from kechuang.records.comparison.outliers import modified_z_scores, z_scores
from kechuang.records.fields import Named, Value, canonical

Found = Iterator[tuple[Entry, str | None, Message]]
"""An entry that fails, the field it fails in, and what is wrong in words."""

Of = Callable[[str], Entries]


def compare(
    checked: Sequence[Checked],
    types: dict[str, RecordType],
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
            for entry, field, problem in _JUDGES[comparison.kind](comparison, of(name), of):
                message = Named.of(comparison.message) if comparison.message else problem
                findings.add(Fault(comparison.id, message, entry.place(field), severity=comparison.level))


def _change(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``field`` over its value a year before lies in ``low``–``high``."""
    type_, name, year = entries.type, comparison.field, entries.type.time.year
    assert name is not None and year is not None
    label = Named.of(type_.fields[name].label)
    for entry in entries.incoming:
        now, when = _number(entry.values[name]), entry.values[year]
        if now is None or not isinstance(when, int):
            continue
        parts = [when - 1 if part == year else entry.values[part] for part in type_.key]
        earlier = entries.by_key.get(key_text(parts))
        before = _number(earlier.values[name]) if earlier else None
        if not before:
            continue
        ratio = now / before
        if (comparison.low is not None and ratio < comparison.low) or (
            comparison.high is not None and ratio > comparison.high
        ):
            problem = say(
                "{label}由上年的{before:g}变为{now:g}，是上年的{ratio:.3g}倍，超出常见范围，请核对或说明",
                label=label,
                before=before,
                now=now,
                ratio=ratio,
            )
            yield entry, name, problem


def _outlier(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``field`` lies within ``limit`` of its group, by z-score or modified z-score."""
    name = comparison.field
    assert name is not None
    score = z_scores if comparison.method == "z" else modified_z_scores
    label = Named.of(entries.type.fields[name].label)
    for group in entries.groups(comparison.group).values():
        numbered = [(entry, value) for entry in group if (value := _number(entry.values[name])) is not None]
        if len(numbered) < comparison.least:
            continue
        scores = score([value for _, value in numbered])
        for (entry, value), far in zip(numbered, scores, strict=True):
            if entry.comes_in and abs(far) > comparison.limit:
                problem = say(
                    "{label}为{value:g}，与同组{n}条记录相差过大（{method}分数{far:.1f}，界限{limit:g}），请核对或说明",
                    label=label,
                    value=value,
                    n=len(numbered),
                    method=say("Z") if comparison.method == "z" else say("修正Z"),
                    far=far,
                    limit=comparison.limit,
                )
                yield entry, name, problem


def _parts(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``field`` where ``whole`` holds equals the sum over the other records of the group."""
    name = comparison.field
    assert name is not None and comparison.whole is not None
    if not entries.complete:
        return
    whole = row_function(comparison.whole, entries.type.fields.keys())
    label = Named.of(entries.type.fields[name].label)
    for group in entries.groups(comparison.group).values():
        wholes = [entry for entry in group if whole(entry.values) is True]
        parts = [entry for entry in group if whole(entry.values) is not True]
        values = [_number(entry.values[name]) for entry in parts]
        known = [value for value in values if value is not None]
        if len(wholes) != 1 or not known or len(known) < len(values):
            continue  # no total to hold against, or a part is not there yet
        total = _number(wholes[0].values[name])
        if total is None or abs(sum(known) - total) <= comparison.tolerance:
            continue
        blamed = next(entry for entry in (wholes[0], *parts) if entry.comes_in)
        problem = say(
            "{label}：{n}项之和为{sum:.15g}，合计为{total:.15g}，相差{gap:.6g}",
            label=label,
            n=len(known),
            sum=sum(known),
            total=total,
            gap=sum(known) - total,
        )
        yield blamed, name, problem


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
        for entry in group:
            if entry.comes_in:
                other = next(one for one in group if one.key != entry.key)
                problem = say("与记录“{other}”重复（{said}）", other=other.key, said=said)
                yield entry, comparison.fields[0], problem


def _lookup(comparison: Comparison, entries: Entries, of: Of) -> Found:
    """``test`` holds over this row and the record of another type with the same ``on_fields``."""
    assert comparison.other is not None and comparison.test is not None
    others = of(comparison.other)
    holds = other_function(comparison.test, entries.type.fields.keys(), others.type.fields.keys())
    listed: dict[tuple[Value, ...], Entry] = {}
    for other in others.by_key.values():
        listed[tuple(other.values[name] for name in comparison.on_fields)] = other
    field = comparison.field or next(iter(comparison.fields), None)
    for entry in entries.incoming:
        match = listed.get(tuple(entry.values[name] for name in comparison.on_fields))
        if match is None:
            continue
        try:
            failed = holds(entry.values, match.values) is False
        except KechuangError as error:
            yield entry, field, error.full()
            continue
        if failed:
            label = Named.of(others.type.label)
            yield entry, field, say("与台账“{type}”的记录“{key}”不一致，请核对", type=label, key=match.key)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_JUDGES: dict[str, Callable[[Comparison, Entries, Of], Found]] = {
    "change": _change,
    "outlier": _outlier,
    "parts": _parts,
    "unique": _unique,
    "lookup": _lookup,
}
