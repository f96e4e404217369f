"""Checks on time: parts of a period against the whole, months in no stage, the day of issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kechuang.language.dates import MonthRange, month_ranges, months_of_duration
from kechuang.language.numerals import parse_number
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.model import PlanSpan

_N = r"[\d一二两三四五六七八九十]"
_STATED = re.compile(
    rf"(?:历时|用时|耗时|为期|共计|总计|合计|前后|共|时长|总时长为?|全程)(?P<about>约|近|将近|大约|超过|超|逾)?\s*"
    rf"(?P<length>(?:{_N}+年半|{_N}+个月|{_N}+年(?:零|又)?(?:{_N}+个月)?))(?P<more>多|余|左右)?"
)
_YEARS = re.compile(
    rf"(?P<first>20\d\d)\s*年?\s*(?:—{{1,2}}|-{{1,2}}|~|至|到)\s*(?P<last>20\d\d)\s*年(?:底|末)?[）)]?[，,（]?"
    rf"(?:规划期|期限|实施期)?(?:为期|历时|共计?|期限为?|总计|周期为?)(?P<length>{_N}+)年(?!半)"
)
#: A whole is sought so many characters behind its last part.
_NEAR = 80
#: Plans are issued in the first year of their period more often than not; later than this is told.
_LATE_MONTHS = 12


def stages(case: Case) -> Iterator[Finding]:
    """duration-sum, issue-gap and late-issue findings."""
    yield from _durations(case)
    yield from _year_spans(case)
    yield from _gap(case)
    yield from _late(case)


def _durations(case: Case) -> Iterator[Finding]:
    """Months of parts named one after another against the whole that is stated behind or before them."""
    for line in case.lines:
        ranges = month_ranges(line.text)
        if not ranges:
            continue
        for match in _STATED.finditer(line.text):
            stated = _months(match["length"])
            parts = _parts(line.text, ranges, match.start(), match.end())
            if stated is None or not parts or _fits(parts, stated, match):
                continue
            total = sum(part.months for part in parts)
            spans = [_named(case, line.start, line.text, part) for part in parts]
            spans.append(case.span(line.start + match.start(), line.start + match.end()))
            message = (
                say(
                    "各阶段合计{total}个月（{words}），文中写的是{stated}（{months}个月）",
                    total=total,
                    words=in_words(total),
                    stated=match["length"],
                    months=stated,
                )
                if len(parts) > 1
                else say(
                    "起止时间是{total}个月（{words}），文中写的是{stated}（{months}个月）",
                    total=total,
                    words=in_words(total),
                    stated=match["length"],
                    months=stated,
                )
            )
            yield Finding("duration-sum", "error", message, tuple(spans), in_words(total))


def _parts(text: str, ranges: list[MonthRange], start: int, stop: int) -> list[MonthRange]:
    """The ranges the stated whole speaks of: those right before it in a row, else those right behind."""
    before = [part for part in ranges if part.stop <= start]
    if before and start - before[-1].stop <= _NEAR and not re.search(r"[。]", text[before[-1].stop : start]):
        kept = [before[-1]]
        for part in reversed(before[:-1]):
            gap = text[part.stop : kept[0].begin]
            if len(gap) > 3 * _NEAR or (part.end >= kept[0].start):
                break
            kept.insert(0, part)
        return kept
    after = [part for part in ranges if part.begin >= stop]
    kept = []
    for part in after:
        last = kept[-1].stop if kept else stop
        if part.begin - last > _NEAR or (not kept and "。" in text[last : part.begin]):
            break
        if kept and part.start <= kept[-1].end:
            break
        kept.append(part)
    return kept if len(kept) > 1 else []


def _fits(parts: list[MonthRange], stated: int, match: re.Match[str]) -> bool:
    total = sum(part.months for part in parts)
    whole = _between(parts[0].start, parts[-1].end)
    right = {total, whole}
    if len(parts) == 1:
        right.add(total - 1)  # 2020年3月至2021年3月 is a year to many
    if match["about"] in ("超过", "超", "逾") or match["more"] in ("多", "余"):
        return any(0 <= value - stated <= 11 for value in right)
    if match["about"] in ("近", "将近"):
        return any(0 <= stated - value <= max(2, stated // 4) for value in right)
    if match["about"] or match["more"]:
        return any(abs(value - stated) <= max(2, value // 8) for value in right)
    years_only = "月" not in match["length"]
    return stated in right or (years_only and len(parts) == 1 and abs(total - stated) <= 1)


def _months(length: str) -> int | None:
    if length.endswith("年半"):
        years = parse_number(length.removesuffix("年半"))
        return int(years) * 12 + 6 if years is not None else None
    return months_of_duration(length.replace("又", ""))


def _between(first: str, last: str) -> int:
    """Months from ``first`` to ``last`` (2020-03), both included."""
    (from_year, from_month), (to_year, to_month) = (
        (int(part) for part in text.split("-")) for text in (first, last)
    )
    return (to_year - from_year) * 12 + to_month - from_month + 1


def in_words(months: int) -> str:
    """Months as official text writes them.

    >>> in_words(20), in_words(24)
    ('1年8个月', '2年')
    """
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def _named(case: Case, offset: int, text: str, part: MonthRange) -> PlanSpan:
    """The span of a part with the name before it: 研究阶段（2020年3月—6月）."""
    name = re.search(r"[\u4e00-\u9fff]{0,12}[（(：:，,\s]*$", text[: part.begin])
    start = name.start() if name else part.begin
    lead = re.match(r"(?:第?[一二三四五六七八九十]+(?:是|、)|为|即|和|及)", text[start : part.begin])
    start += lead.end() if lead else 0
    stop = part.stop + (
        1 if text[part.stop : part.stop + 1] == "）" and "（" in text[start : part.stop] else 0
    )
    return case.span(offset + start, offset + stop)


def _year_spans(case: Case) -> Iterator[Finding]:
    """2021—2025年，共4年."""
    for match in _YEARS.finditer(case.text):
        length, first, last = parse_number(match["length"]), int(match["first"]), int(match["last"])
        if length is None or last <= first or int(length) in (last - first + 1, last - first):
            continue
        years = last - first + 1
        message = say(
            "{first}—{last}年是{years}年，文中写的是{n}年", first=first, last=last, years=years, n=int(length)
        )
        yield Finding("duration-sum", "error", message, (case.span(*match.span()),), f"{years}年")


def _gap(case: Case) -> Iterator[Finding]:
    """Whole months between the last stage and the day of issue that no stage accounts for."""
    plan = case.plan
    ends = [stage.end for stage in plan.stages if stage.end]
    if not ends or not plan.issued:
        return
    try:
        issued = date.fromisoformat(plan.issued)
    except ValueError:
        return
    end = max(ends)
    year, month = (int(part) for part in end.split("-"))
    gap = (issued.year - year) * 12 + issued.month - month - 1
    if gap < 1:
        return
    span = next(stage.span for stage in plan.stages if stage.end == end)
    spans = [span] if span else []
    spans += _said_day(case, issued)
    message = say(
        "最后一个阶段结束（{end}）到印发（{issued}）之间有{gap}个月不在任何阶段内",
        end=end,
        issued=plan.issued,
        gap=gap,
    )
    yield Finding("issue-gap", "warning", message, tuple(spans))


def _late(case: Case) -> Iterator[Finding]:
    """A plan issued after its period began."""
    period = case.plan.period
    issued, spans = _issue(case)
    if period is None or issued is None:
        return
    months = (issued.year - period[0]) * 12 + issued.month - 1
    if months < 1:
        return
    severity: Severity = "warning" if months > _LATE_MONTHS else "info"
    message = (
        say(
            "规划期已于{last}年底结束，规划到{year}年{month}月才印发",
            last=period[1],
            year=issued.year,
            month=issued.month,
        )
        if issued.year > period[1]
        else say(
            "规划期从{first}年1月开始，规划到{year}年{month}月才印发，晚了{n}个月",
            first=period[0],
            year=issued.year,
            month=issued.month,
            n=months,
        )
    )
    yield Finding("late-issue", severity, message, tuple(spans), f"{period[0]}年1月前")


_DATE_LINE = re.compile(
    r"\s*(?:[\u4e00-\u9fff]{2,25}(?:局|厅|委|室|府|会)\s+)?(?:（)?(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?(?:印发)?(?:）)?\s*"
)
_ISSUED_LINE = re.compile(
    r"(?:印发|发布|发文|成文|公布)(?:日期|时间)\s*[：:]?\s*(20\d\d)[年-](\d{1,2})[月-](\d{1,2})"
)
_ISSUED_IN = re.compile(r"(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?[^。\n]{0,30}?(?:印发|发布|公布|出台)")


def _issue(case: Case) -> tuple[date | None, list[PlanSpan]]:
    """The day of issue: as read, else a line that is a date alone, near the beginning or the end."""
    if case.plan.issued:
        try:
            issued = date.fromisoformat(case.plan.issued)
        except ValueError:
            return None, []
        return issued, _said_day(case, issued)
    lines = [line for line in case.lines if line.text.strip()]
    head = [line for line in lines[:12] if len(line.text) <= 400]
    for line in [*head, *lines[12:][-6:]]:
        stated = _ISSUED_LINE.search(line.text) or _DATE_LINE.fullmatch(line.text)
        if stated is None and line in head[:6] and "《" in line.text:
            stated = _ISSUED_IN.search(line.text)
        if stated is None:
            continue
        year, month, day = (int(part) if part else 1 for part in stated.groups())
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        return found, [case.span(line.start + stated.start(), line.start + stated.end())]
    return None, []


def _said_day(case: Case, issued: date) -> list[PlanSpan]:
    at = re.search(rf"{issued.year}\s*年\s*0?{issued.month}\s*月\s*0?{issued.day}\s*日", case.text)
    return [case.span(at.start(), at.end())] if at else []
