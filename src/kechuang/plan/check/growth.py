"""Checks on growth: a yearly or total growth against the first and the last value it is told with.

Compound growth over n years is (last/first)^(1/n) − 1. Values and growth are taken as rounded to their last digit;
a finding is what no rounding explains. Gross product and value added grow at constant prices while their values
stand at current ones, so that there a difference is only pointed out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.language.dates import plan_number_years
from kechuang.language.fold import fold
from kechuang.language.numerals import NUMBER, parse_number
from kechuang.language.quantity import Quantity, quantities
from kechuang.messages import Message, say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.check.values import decimals, plain, plain_unit

_UP = "增长|递增|增速|增幅|提高|增加|提升|上升|扩大"
_DOWN = "下降|降低|减少|递减|压减|缩小"
_YEARLY = re.compile(
    rf"(?:年均|平均每年|每年平均|年平均)(?:复合|实际|名义)?(?P<verb>{_UP}|{_DOWN})(?:率|速度|幅度)?"
    rf"(?P<bound>(?:达到?|约|为|保持在?|在|超过|不低于|不少于|高于|近|左右|力争|至少|不超过|控制在|\s)*)"
    rf"(?P<number>{NUMBER})\s*(?P<unit>%|个百分点|百分点|[\u4e00-\u9fff]{{1,4}}?(?=[，。；、）以左]|$))(?P<after>以上|左右|以内|多|余)?"
)
_TOTAL = re.compile(
    rf"(?:比|较|相比)(?P<year>20\d\d)年(?:底|末)?(?:的[^，。；]{{0,14}})?(?P<verb>增长|提高|增加|下降|降低|减少|提升|翻)(?:了|约|近|超过|\s)*"
    rf"(?P<number>{NUMBER})\s*(?P<unit>%|个百分点|番|倍)(?P<after>以上|左右|多|余)?"
)
_YEAR = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*年|“?(?P<n>十[一二三四五六七八])五”?(?:期)?末|(?P<goal>规划期末|期末|末期)|(?P<base>基期|目前|现有)"
)
_CONSTANT = re.compile(r"生产总值|GDP|增加值|可比价|不变价|实际增长|可支配收入|总产值|纯收入")
#: What may stand between values and their growth: signs, times, verbs; no other thing.
_BETWEEN = re.compile(
    r"[，,、；：（）()\s“”]|以上|左右|以内|以下|多|余|(?:19|20)\d\d年?|[—-]|到|至|期间|期末|时期|十[二三四五六七]五|[五四三二\d]年(?:来|间|内)?|实现|保持|累计|力争|预计|平均|达到?|增加|增长|提高|"
    r"由|从|为|约|翻一?番|其间|期内|规划|分别|比|较|的|年|增速|底|末|将|要|并|且|净"
)
#: Values stand so near a growth that is told of them.
_NEAR = 70
#: So much of the growth (in points) "about" may hide.
_ABOUT = 0.5
#: Growth at constant prices may lie above that of the values by so many points, where prices fall.
_PRICES = 1.0


@dataclass(frozen=True)
class Pair:
    """First and last value with their years and the half of their last digits."""

    first: float
    last: float
    half_first: float
    half_last: float
    years: tuple[int, ...]
    start: int
    stop: int

    def yearly(self) -> list[tuple[float, float, float]]:
        """(lowest, middle, highest) compound growth in per cent, for each number of years in question."""
        found = []
        for years in self.years:
            low = (max(self.last - self.half_last, 0) / (self.first + self.half_first)) ** (1 / years)
            high = ((self.last + self.half_last) / max(self.first - self.half_first, 1e-12)) ** (1 / years)
            middle = (self.last / self.first) ** (1 / years)
            found.append((100 * (low - 1), 100 * (middle - 1), 100 * (high - 1)))
        return found

    def steps(self) -> list[tuple[float, float, float]]:
        """The same for equal steps (个百分点, 家): difference over years."""
        error = self.half_first + self.half_last
        gap = self.last - self.first
        return [((gap - error) / n, gap / n, (gap + error) / n) for n in self.years]


def growth(case: Case) -> Iterator[Finding]:
    """growth-arithmetic findings in sentences and in tables."""
    for start, sentence in case.said():
        if "年均" in sentence or "平均" in sentence:
            yield from _in_sentence(case, start, sentence)
        if _TOTAL.search(sentence):
            yield from _totals(case, start, sentence)
    yield from _in_tables(case)


# -- sentences ---------------------------------------------------------------------------------------------


def _in_sentence(case: Case, start: int, sentence: str) -> Iterator[Finding]:
    rates = list(_YEARLY.finditer(sentence))
    found = [q for q in quantities(sentence) if q.unit and not _is_year(q)] if rates else []
    for place, rate in enumerate(rates):
        low = max(rates[place - 1].end() if place else 0, sentence.rfind("；", 0, rate.start()) + 1)
        stops = [at for at in (sentence.find("；", rate.end()),) if at != -1]
        stops += [rates[place + 1].start()] if place + 1 < len(rates) else []
        high = min([*stops, rate.end() + _NEAR, len(sentence)])
        number = parse_number(rate["number"])
        percent = rate["unit"] == "%"
        if number is None:
            continue
        kept = [
            q for q in found if low <= q.start and q.end <= high and not rate.start() <= q.start < rate.end()
        ]
        kept = [q for q in kept if rate.start() - q.end <= 2 * _NEAR and _of_kind(q, rate["unit"])]
        pair = _pair(case, sentence, kept, rate.start(), rate.end()) or _from_baseline(
            case, start, rate.start(), kept
        )
        if pair is None or min(pair.first, pair.last) <= 0 or not _told_of(sentence, pair, rate.span()):
            continue
        signed = -number if re.fullmatch(_DOWN, rate["verb"]) else number
        options = pair.yearly() if percent else pair.steps()
        if not _agree(options, signed, _half(rate["number"]), rate["bound"] + (rate["after"] or "")):
            unit = "%" if percent else rate["unit"]
            subject = sentence[max(0, pair.start - 40) : pair.start]
            yield _finding(case, (start, pair), rate.span(), options[0][1], unit, (rate["number"], subject))


def _told_of(sentence: str, pair: Pair, rate: tuple[int, int]) -> bool:
    """Whether nothing else is named between the values and the growth, so that it is theirs."""
    if pair.stop <= rate[0]:
        between = sentence[pair.stop : rate[0]]
    elif pair.start >= rate[1]:
        between = sentence[rate[1] : pair.start]
    else:
        return True
    return not _BETWEEN.sub("", between).strip()


def _from_baseline(case: Case, start: int, position: int, kept: list[Quantity]) -> Pair | None:
    """The target told right before a growth, with the baseline the plan gives it elsewhere (in its table)."""
    before = [q for q in kept if q.end <= position and position - q.end <= 6]
    for quantity in before[-1:]:
        for target in case.targets_at(start + quantity.start):
            base = target.baseline
            if base is None or base.value is None or target.value != quantity.value or target.year is None:
                continue
            if target.year > base.year and not target.per_year:
                halves = 0.5 * 10.0 ** -decimals(base.value), 0.5 * 10.0 ** -decimals(quantity.value)
                years = (target.year - base.year,)
                return Pair(base.value, quantity.value, *halves, years, quantity.start, quantity.end)
    return None


def _of_kind(quantity: Quantity, unit: str) -> bool:
    """Whether a growth in ``unit`` may be that of the quantity: a percentage grows by points."""
    if "百分点" in quantity.unit or ":" in quantity.unit:
        return False
    if unit == "%":
        return quantity.unit not in ("%", "‰")
    return quantity.unit == ("%" if "百分点" in unit else unit)


def _is_year(quantity: Quantity) -> bool:
    return quantity.unit in ("年", "") or quantity.unit in ("月", "日", "个月")


def _pair(case: Case, sentence: str, kept: list[Quantity], start: int, stop: int) -> Pair | None:
    """The values a growth at ``start``–``stop`` is told of: two before it, one on each side, or two behind."""
    for q in kept:  # 从100亿元到150亿元
        if (
            q.high is not None
            and q.end <= start
            and re.search(r"(?:从|由)[^，。；]{0,24}$", sentence[: q.start])
        ):
            half = _half(sentence[q.start : q.end])
            years = _years(case, sentence, q.start, q.end, True)
            return _made((q.value, q.high, q.unit), (half, half), years, q.start, q.end)
    before = [q for q in kept if q.end <= start and q.high is None]
    after = [q for q in kept if q.start >= stop and q.high is None]
    choices = [before[-2:], [*before[-1:], *after[:1]], after[:2]]
    for choice in choices:
        if len(choice) != 2:
            continue
        one, two = choice
        if plain_unit(one.unit)[0] != plain_unit(two.unit)[0]:
            continue
        between = sentence[one.end : two.start]
        since = re.search(r"(?:从|由|自)[^，。；]{0,24}$", sentence[: one.start])
        onward = since is not None and re.search(r"[到至为]", between) is not None
        years = _years(case, sentence, one.start, two.start, onward)
        if not years:
            continue
        size_one, size_two = plain_unit(one.unit)[1], plain_unit(two.unit)[1]
        values = [(one.value * size_one, _half(sentence[one.start : one.end]) * size_one)]
        values += [(two.value * size_two, _half(sentence[two.start : two.end]) * size_two)]
        if years[0] < 0:
            values.reverse()
        scale = size_two
        (first, half_first), (last, half_last) = values
        return Pair(
            first / scale,
            last / scale,
            half_first / scale,
            half_last / scale,
            tuple(abs(n) for n in years),
            one.start,
            two.end,
        )
    return None


def _made(
    values: tuple[float, float, str],
    halves: tuple[float, float],
    years: tuple[int, ...],
    start: int,
    stop: int,
) -> Pair | None:
    return Pair(values[0], values[1], *halves, years, start, stop) if years else None


def _years(case: Case, sentence: str, one: int, two: int, onward: bool) -> tuple[int, ...]:
    """Years between the values at ``one`` and ``two``; negative where the second is the earlier; () not known.

    Two values of one year are of two things. Where 从…到… names no years, the plan's period is taken: from its
    first year or from the year before it.
    """
    first, second = _year_before(case, sentence, 0, one), _year_before(case, sentence, 0, two)
    if first is not None and second is not None and first[0] != second[0]:
        return (second[0] - first[0],)
    period = case.plan.period
    if first is not None and second is not None and not onward:
        return ()
    if onward and first is not None and second is not None and first[1] == second[1]:
        if period is not None and first[0] < period[0]:
            return (period[1] - first[0],)
        if period is not None and period[0] <= first[0] == period[1]:
            return (period[1] - period[0] + 1, period[1] - period[0])
    if onward and period is not None:
        return (period[1] - period[0] + 1, period[1] - period[0])
    return ()


def _year_before(case: Case, sentence: str, low: int, position: int) -> tuple[int, int] | None:
    """The year last named before ``position``, and where."""
    found = None
    for match in _YEAR.finditer(sentence, low, position):
        if match["year"]:
            found = int(match["year"]), match.start()
        elif match["n"]:
            years = plan_number_years(match["n"])
            found = (years[1], match.start()) if years else found
        elif case.plan.period is not None:
            year = case.plan.period[1] if match["goal"] else case.plan.period[0] - 1
            found = year, match.start()
    return found


def _half(written: str) -> float:
    """Half of the last digit a number was written with."""
    number = re.search(r"\d[\d,，]*(?:\.(\d+))?", written)
    if number is None:
        return 0.0
    return 0.5 * 10.0 ** -(len(number[1]) if number[1] else 0)


def _agree(options: list[tuple[float, float, float]], stated: float, half: float, bound: str) -> bool:
    """Whether any option (low, middle, high) goes with the growth stated and its words (以上, 左右)."""
    slack = half + 1e-9
    if re.search(r"约|左右|近|多|余", bound):
        slack += max(_ABOUT, abs(stated) * 0.05)
    for low, _, high in options:
        if re.search(r"以上|超过|不低于|不少于|高于|至少", bound):
            if (high >= stated - slack) if stated >= 0 else (low <= stated + slack):
                return True
        elif re.search(r"以内|不超过|控制", bound):
            if low <= stated + slack:
                return True
        elif low - slack <= stated <= high + slack:
            return True
    return False


def _finding(
    case: Case,
    values: tuple[int, Pair],
    rate: tuple[int, int],
    right: float,
    unit: str,
    said: tuple[str, str],
) -> Finding:
    offset, pair = values
    written, subject = said
    expected = f"{plain(abs(right), _places(written) if unit == '%' else 2)}{unit}"
    spans = (
        case.span(offset + pair.start, offset + pair.stop),
        case.span(offset + rate[0], offset + rate[1]),
    )
    nominal = bool(_CONSTANT.search(subject))
    sure: Severity = _severity(nominal, right, written) if nominal or len(pair.years) == 1 else "warning"
    return Finding(
        "growth-arithmetic", sure, _words(pair, expected, written + unit, nominal), spans, expected
    )


def _severity(nominal: bool, right: float, written: str) -> Severity:
    """Prices rise: growth at constant prices lies below that of the values, hardly above it."""
    if not nominal:
        return "error"
    return "warning" if (parse_number(written) or 0) > abs(right) + _PRICES else "info"


def _words(pair: Pair, expected: str, stated: str, nominal: bool) -> Message:
    values = {"first": plain(pair.first), "last": plain(pair.last), "years": pair.years[0], "right": expected}
    if nominal:
        return say(
            "由{first}到{last}，{years}年间年均是{right}，文中写的是{stated}；如按可比价计算，请注明",
            stated=stated,
            **values,
        )
    return say("由{first}到{last}，{years}年间年均是{right}，文中写的是{stated}", stated=stated, **values)


def _places(written: str) -> int:
    number = re.search(r"\.(\d+)", written)
    return max(1, len(number[1]) if number else 1)


# -- total growth ---------------------------------------------------------------------------------------------


def _totals(case: Case, start: int, sentence: str) -> Iterator[Finding]:
    """达到150亿元，比2020年的100亿元增长50%; 比2020年翻一番."""
    found = [q for q in quantities(sentence) if q.unit and not _is_year(q) and q.high is None]
    for match in _TOTAL.finditer(sentence):
        number = parse_number(match["number"])
        cut = max(sentence.rfind("；", 0, match.start()), sentence.rfind("增长", 0, max(0, match.start())))
        base = [q for q in found if match.start() < q.start and q.end <= match.start("verb")]
        last = [q for q in found if cut < q.start and q.end <= match.start() and match.start() - q.end <= 24]
        if not base:
            base = [
                q
                for q in found
                if q not in last[-1:] and (year := _year_before(case, sentence, 0, q.start)) is not None
                if year[0] == int(match["year"]) and q.start - year[1] <= 30 and q.end <= match.start()
            ]
        if (
            number is None
            or not base
            or not last
            or not _of_kind(last[-1], match["unit"] if "百分点" in match["unit"] else "%")
        ):
            continue
        one, two = base[-1], last[-1]
        if (
            plain_unit(one.unit)[0] != plain_unit(two.unit)[0]
            or one.value <= 0
            or two.value <= 0
            or one is two
        ):
            continue
        size, scale = plain_unit(one.unit)[1], plain_unit(two.unit)[1]
        first, last_ = one.value * size / scale, two.value
        halves = _half(sentence[one.start : one.end]) * size / scale, _half(sentence[two.start : two.end])
        pair = Pair(first, last_, *halves, (1,), min(one.start, two.start), max(one.end, two.end))
        subject = sentence[max(0, pair.start - 40) : pair.start]
        yield from _total(case, start, match, pair, (number, subject))


def _total(
    case: Case, start: int, match: re.Match[str], pair: Pair, said: tuple[float, str]
) -> Iterator[Finding]:
    number, subject = said
    down = re.fullmatch(_DOWN, match["verb"]) is not None
    signed = -number if down else number
    unit = match["unit"]
    options = pair.steps() if "百分点" in unit else pair.yearly()
    if unit == "番":
        wanted, slack = 100 * (2**number - 1), 10.0
    elif unit == "倍":
        wanted, slack = 100 * number, 100 * _half(match["number"]) / 2
        if -slack <= options[0][1] - 100 * (number - 1) <= slack:
            return
    else:
        wanted, slack = signed, _half(match["number"])
    if _agree(options, wanted, slack, match["after"] or ""):
        return
    right = options[0][1]
    expected = f"{plain(abs(right), _places(match['number']))}{'个百分点' if '百分点' in unit else '%'}"
    spans = (
        case.span(start + pair.start, start + pair.stop),
        case.span(start + match.start(), start + match.end()),
    )
    nominal = bool(_CONSTANT.search(subject))
    message = say(
        "由{first}到{last}是{right}，文中写的是{stated}",
        first=plain(pair.first),
        last=plain(pair.last),
        right=expected,
        stated=match["number"] + unit,
    )
    yield Finding("growth-arithmetic", "info" if nominal else "error", message, spans, expected)


# -- tables ---------------------------------------------------------------------------------------------------


def _in_tables(case: Case) -> Iterator[Finding]:
    """Rows with a first value, a last value and 年均增速."""
    if case.document is None:
        return
    for grid in case.document.tables():
        texts = [["".join(fold(case.document.of(block)).split()) for block in row] for row in grid]
        heads = _heads(texts)
        if heads is None:
            continue
        first_row, base, goal, rate, unit = heads
        years = goal[1] - base[1]
        for number in range(first_row, len(texts)):
            row = texts[number]
            name = next((cell for cell in row if cell and not re.fullmatch(r"[\d.]+", cell)), "")
            found = _row(row, base[0], goal[0], rate, row[unit] if unit is not None else "", name, years)
            if found is None:
                continue
            right, stated, nominal, pair = found
            blocks = [grid[number][column] for column in (base[0], goal[0], rate)]
            spans = tuple(case.span(block.start, block.end) for block in blocks if block is not None)
            yield Finding(
                "growth-arithmetic",
                "info" if nominal else "error",
                _words(pair, right, stated, nominal),
                spans,
                right,
            )


_Column = tuple[int, int]


def _heads(texts: list[list[str]]) -> tuple[int, _Column, _Column, int, int | None] | None:
    """(first row of values, base column with year, goal column with year, growth column, unit column)."""
    for number, row in enumerate(texts[:3]):
        rate = next((c for c, cell in enumerate(row) if re.search(r"年均|年平均", cell)), None)
        rows = texts[: number + 1] if number else texts[:1]
        years = {}
        for above in (texts[number], *reversed(rows[:-1]), *texts[number + 1 : number + 2]):
            for column, cell in enumerate(above):
                year = re.search(r"20\d\d", cell)
                if year and column not in years and len(cell) <= 16:
                    years[column] = int(year.group())
        if rate is None:
            continue
        years.pop(rate, None)
        if len(years) < 2:
            continue
        base = min(years, key=lambda column: (years[column], column))
        goal = max(years, key=lambda column: (years[column], -column))
        unit = next((c for c, cell in enumerate(row) if re.fullmatch(r"(?:计量)?单位", cell)), None)
        if years[base] < years[goal]:
            return number + 1, (base, years[base]), (goal, years[goal]), rate, unit
    return None


def _row(
    row: list[str], base: int, goal: int, rate: int, unit: str, name: str, years: int
) -> tuple[str, str, bool, Pair] | None:
    """(right growth, stated growth, whether prices may explain it, the values); None where the row is in order."""
    cells = [row[base], row[goal], row[rate]]
    if any(re.search(r"[\[\]【】〔〕〈〉<>]|累计|[—–]|^-$|翻", cell) for cell in cells):
        return None
    numbers = [re.search(r"-?\d[\d,，]*(?:\.\d+)?", cell) for cell in cells]
    if any(number is None for number in numbers) or "～" in "".join(cells) or "~" in "".join(cells):
        return None
    written = [number.group() for number in numbers if number is not None]
    values = [float(re.sub("[,，]", "", text)) for text in written]
    if min(values[:2]) <= 0:
        return None
    pair = Pair(values[0], values[1], _half(written[0]), _half(written[1]), (years,), 0, 0)
    points = (
        unit in ("%", "‰")
        or bool(re.search(r"[（(](?:%|‰)[）)]|比重|比例|率$", name))
        or "百分点" in cells[2]
    )
    options = pair.yearly() + (pair.steps() if points else [])
    bound = cells[2] + (cells[1] if re.search(r"以上|左右|以内|[≥≤><]", cells[1]) else "")
    bound = bound.replace("≥", "以上").replace(">", "以上").replace("≤", "以内").replace("<", "以内")
    if _agree(options, values[2], _half(written[2]), bound):
        return None
    step = points and "%" not in cells[2]
    right = pair.steps()[0][1] if step else pair.yearly()[0][1]
    sign = "个百分点" if step else "%"
    nominal = bool(_CONSTANT.search(name))
    return f"{plain(right, _places(written[2]))}{sign}", f"{written[2]}{sign}", nominal, pair
