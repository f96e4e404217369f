"""Tags of the templates: sentences in the reader's language, figures with units, marks, small drawings."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kechuang.messages import Message, dated, language, say
from kechuang.records.entering import was_typed
from kechuang.records.review import BatchInfo
from kechuang.web import drawings
from kechuang.web.gantt import Axis, lanes, scale
from kechuang.web.numbers import difference_text, figure_text, measured, size_text, unit_text

register = template.Library()
STATIC = Path(__file__).parents[1] / "static"


@register.simple_tag
def t(sentence: str, **values: Any) -> str:
    """A sentence of the interface: ``{% t "共{n}项" n=8 %}``; the Chinese text is the message id."""
    return str(Message(sentence, values))


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file, with its digest, so that a browser may keep it."""
    return f"/static/kechuang/{name}?{digest_of(name)}"


@cache
def digest_of(name: str) -> str:
    """Ten characters that change with the content of a static file."""
    return hashlib.sha256((STATIC / "kechuang" / name[:]).read_bytes()).hexdigest()[:10]


@register.filter
def capital(word: Any) -> str:
    """A word that stands alone begins with a capital, in letters that have them."""
    text = str(word)
    return text[:1].upper() + text[1:]


@register.filter
def filed(batch: BatchInfo) -> str:
    """What a batch goes by: its file, or that it was typed into a form."""
    if batch.file is None or was_typed(batch.file):
        return f"{capital(str(say('网页填报')))} {batch.id}"
    return batch.file


@register.filter
def listed(names: Any) -> str:
    """Names one after the other, with the comma of the reader's language."""
    return str(say("、")).join(map(str, names))


@register.filter
def unit(name: str | None) -> str:
    """A unit in the reader's language."""
    return unit_text(name)


@register.simple_tag
def st(mark: str, word: Any = "") -> SafeString:
    """A status: shape, word and colour, always all three."""
    return format_html(
        '<span class="st st--{}"><svg aria-hidden="true"><use href="#i-{}"/></svg>{}</span>',
        mark,
        mark,
        capital(str(word)),
    )


@register.simple_tag
def fig(value: float | None, unit: str = "", decimals: int | None = None, size: str = "") -> SafeString:
    """A figure: the number large, its unit small."""
    if value is None:
        return mark_safe('<span class="fig quiet">—</span>')
    return format_html(
        '<span class="fig{}">{}<i>{}</i></span>',
        f" fig--{size}" if size else "",
        figure_text(value, decimals),
        unit_text(unit, figure_text(value, decimals)),
    )


@register.simple_tag
def num(value: float | None, unit: str = "", decimals: int | None = None) -> str:
    """A number in running text: no space before its unit."""
    return "—" if value is None else measured(value, unit, decimals)


@register.simple_tag
def spark(row: Any) -> SafeString:
    """The small line of a target: actual, path, fan, goal."""
    return mark_safe(drawings.spark(row))


@register.simple_tag
def dots(probability: float) -> SafeString:
    """A probability as so many of ten."""
    return mark_safe(drawings.dots(probability))


@register.simple_tag
def bar(parts: list[tuple[str, float]], height: int = 8, tick: float | None = None) -> SafeString:
    """A stacked bar; widths in per cent."""
    return mark_safe(drawings.bar(parts, height, tick))


@register.simple_tag
def drive(shape: tuple[float, float, bool], zero: float) -> SafeString:
    """A part of a change as a bar from the zero line."""
    return mark_safe(drawings.drive(*shape, zero))


@register.simple_tag
def diff(value: float, unit: str = "", decimals: int | None = None) -> str:
    """A difference with its sign; of percentages in percentage points."""
    return difference_text(value, unit, decimals)


@register.simple_tag
def level(warned: Any) -> SafeString:
    """The level of a warning as a status."""
    from kechuang.progress.warnings.model import LEVEL_LABELS, MARKS

    found = warned.finding.level
    return st(MARKS[found], LEVEL_LABELS[found])


@register.simple_tag
def gantt_scale(axis: Axis) -> SafeString:
    """The years above a chart of milestones."""
    return mark_safe(scale(axis))


@register.simple_tag
def gantt_lanes(milestones: Any, axis: Axis) -> SafeString:
    """The milestones of a task on the years of the chart."""
    return mark_safe(lanes(milestones, axis))


@register.filter
def kind(part: Any) -> str:
    """What a component of a task's status is called."""
    from kechuang.progress.actions.words import KIND_LABELS

    return str(KIND_LABELS[part.kind])


@register.filter
def state(part: Any) -> str:
    """The word of a component's status."""
    from kechuang.progress.actions.words import LABELS

    return str(LABELS[part.status])


@register.filter
def share(value: float) -> str:
    """A share in whole per cent."""
    return f"{value:.0%}"


@register.filter
def whole(value: float) -> str:
    """A number without decimals."""
    return figure_text(value, 0)


@register.simple_tag
def ruler(view: Any) -> SafeString:
    """The plan's years with what has passed."""
    return mark_safe(drawings.ruler(view))


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as it is written: 2028年6月30日."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return dated(value).text(language())


@register.filter
def moment(value: datetime | None) -> str:
    """A day and the time of day."""
    return "—" if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"


@register.filter
def size(count: int) -> str:
    """How large a file is: 114字节, 1.2KB, 3.4MB."""
    return size_text(count)


@register.filter
def month(value: date) -> str:
    """A month as it is written: 2028年6月."""
    return f"{value:%B} {value.year}" if language() == "en" else f"{value.year}年{value.month}月"


@register.filter
def percent(probability: float) -> str:
    """A probability in whole per cent; a forecast is never certain, so never 0 or 100."""
    return f"{min(max(round(100 * probability), 1), 99)}%"


@register.filter
def label(value: Any) -> str:
    """A label of a pack in the reader's language."""
    return value.text(language()) if hasattr(value, "text") else str(value)


@register.filter
def exact(value: float | None) -> str:
    """A number with all its digits, as lineage shows it."""
    return "—" if value is None else f"{value:,.12g}".replace("-", "−")


@register.filter
def numeric(value: Any) -> float | None:
    """A number, or None for what is none (the key of a record that is only counted)."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """``mapping[key]``; nothing where there is none."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def number_at(columns: Any, place: int) -> bool:
    """Whether the column at a place holds numbers."""
    return bool(columns[place].number)


@register.filter
def said(value: Any) -> str:
    """A sentence given in both languages, in the reader's."""
    if isinstance(value, dict):
        return str(value.get(language()) or value.get("zh") or "")
    return str(value)


__all__ = ["register", "say"]
