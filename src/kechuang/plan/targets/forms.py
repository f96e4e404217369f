"""Targets written without a number of their own: 覆盖全部, 翻一番, 前40位, 零突破."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.language.numerals import CHINESE, FIGURES, parse_number

_ALL = re.compile(
    r"(?P<name>[^，。；、：\s]{2,20}?)(?P<verb>(?:实现|达到)?(?:覆盖|普及))(?P<all>全部|所有|全体|各|每个|全)(?:的)?(?P<of>[\u4e00-\u9fa5]{1,12})"
)
_FULL = re.compile(
    r"(?:^|(?<=[、和]))(?!(?:全面|加快|持续|深入|积极|着力)*(?:推进|推动|构建|开展|建立|健全|完善|促进|打造|形成))(?P<name>[^，。；：“”\s]{3,60}?)(?:实现|达到)?(?P<all>全覆盖(?!的)|全面覆盖(?!的)|覆盖率?达?到?百分之百)"
)
_WHOLE = re.compile(
    r"(?P<name>[^，。；、：“”\s]{3,16}?)实现(?:全[省市县区州]|城乡|辖区|全域|县域|市域)(?P<all>覆盖)"
)
#: 县级医院全部达到二级水平.
_EVERY = re.compile(
    r"(?:(?:全部|所有)(?P<of>[^，。；：\d]{2,24}?)(?:均|都)?|(?P<name>[^，。；：]{2,24}?)(?:全部|均|都))(?P<what>(?:达到|达|实现|建成|建有|设有|配备|纳入|完成)[^，。；：\d]{2,20})"
)
_NEARLY = re.compile(r"(?<=[\u4e00-\u9fa5]{2})(?:基本|率先|全部|力争|均|都)+$")
_THAN = r"(?:比|较|相比|在)(?:20\d\d年|[“\"]?[十一二三四五六七八九]+五[”\"]?末?)(?:的?基础上)?"
_TIMES = re.compile(
    rf"(?P<name>[^，。；：]{{2,40}}?)?(?:{_THAN})?(?:力争|确保|将|要|再|基本|实现)*"
    r"(?<!个)(?P<times>翻(?P<how>[一两二三])?番|翻(?:一)?倍|(?<![双“])(?:实现)?倍增)(?![计行工培])"
)
_AS_MANY = re.compile(
    rf"(?P<name>[^，。；：]{{2,40}}?)(?:达到|是|为)+20\d\d年的(?P<n>{FIGURES}|[{CHINESE}]{{1,3}})倍"
)
_DOUBLED = {"一": 2.0, None: 2.0, "两": 4.0, "二": 4.0, "三": 8.0}
_RANK = re.compile(
    rf"(?P<name>[^，。；：]{{0,40}}?)(?P<verb>(?:保持|进入|位居|跃居|跃升至?|跃至|升至|跻身|稳居|居|位列|列|排名|迈入|进|挺进|达到|稳定|处于|排|力争)+(?:在|到)?)"
    rf"(?P<scope>[^，。；：\d前]{{0,14}}?)前(?P<n>{FIGURES}|[{CHINESE}]{{1,3}})(?:位|名|列|强|席)?(?!沿|列腺|水平)"
)
_PLACE = re.compile(
    rf"(?P<name>[^，。；：]{{0,40}}?)(?P<verb>(?:保持|位居|稳居|居|位列|列|排名|升至|进入|上升到|提升到|提升至)+(?:在|到)?)"
    rf"(?P<scope>[^，。；：\d第]{{2,14}}?)第(?P<n>{FIGURES}|[{CHINESE}]{{1,3}})(?:位|名|(?=$|[，。；]))"
)
_HALF = re.compile(
    r"(?P<name>[^，。；：]{2,40}?(?:占比|比例|比重|率))(?:力争|将)?(?:过半|超(?:过)?半数|超过?一半)"
)
_BREAK = re.compile(r"(?P<name>[^，。；：]{2,40}?)(?:实现|取得)?[“\"]?零(?:的)?[”\"]?(?:的)?突破[”\"]?")


@dataclass(frozen=True)
class Form:
    """A target without a number of its own: its raw name, value or multiple of the base, and its characters."""

    name: str
    start: int
    end: int
    value: float | None
    unit: str
    comparator: str
    multiple: float | None = None
    note: str | None = None
    #: Whether the clause itself names nothing: …，跃居全省前40位.
    nameless: bool = False


def coverage(clause: str) -> Form | None:
    """科技特派员覆盖全部行政村: 100 % of what is listed.

    >>> coverage("科技特派员覆盖全部行政村").name
    '科技特派员覆盖行政村比例'
    """
    if not any(word in clause for word in ("覆盖", "普及", "全部", "所有", "均", "都")):
        return None
    match = _ALL.search(clause) or _FULL.search(clause) or _WHOLE.search(clause)
    if match is None:
        every = _EVERY.search(clause)
        if every is None:
            return None
        of_all = every["name"] or every["of"]
        return Form(f"{of_all}{every['what']}比例", every.start(), every.end(), 100.0, "%", "=")
    of = match.groupdict().get("of")
    name = _NEARLY.sub("", match["name"]) + (f"覆盖{of}比例" if of else "覆盖率")
    return Form(name, match.start(), match.end(), 100.0, "%", "=")


def multiple(clause: str) -> Form | None:
    """比2020年翻一番: twice the base, whatever that is.

    >>> (form := multiple("规上工业产值比2020年翻两番")).multiple, form.name
    (4.0, '规上工业产值')
    """
    many = _AS_MANY.search(clause) if "倍" in clause else None
    if many is not None:
        return Form(
            many["name"], many.start(), many.end(), None, "", ">=", parse_number(many["n"]), many.group()
        )
    match = _TIMES.search(clause) if "翻" in clause or "倍" in clause else None
    if match is None:
        return None
    times = _DOUBLED[match["how"]]
    name = re.sub(rf"(?:{_THAN}|力争|确保|将|要|再|基本|实现)+$", "", match["name"] or "")
    return Form(name, match.start(), match.end(), None, "", ">=", times, match["times"])


def rank(clause: str) -> Form | None:
    """保持在全省前10位: a place of 10 or better.

    >>> (form := rank("综合指数保持在全省前十位")).value, form.name
    (10.0, '综合指数全省排名')
    """
    match = _RANK.search(clause) if "前" in clause else None
    match = match or (_PLACE.search(clause) if "第" in clause else None)
    value = parse_number(match["n"]) if match else None
    if match is None or value is None or not 1 <= value <= 1000:
        return None
    scope = match["scope"].strip("的“”")
    nameless = not match["name"].strip("并且都将力争实现达到")
    return Form(
        f"{match['name']}{scope}排名", match.start(), match.end(), value, "位", "<=", nameless=nameless
    )


def half(clause: str) -> Form | None:
    """占比过半: more than 50 %.

    >>> half("有研发活动的企业占比过半").comparator
    '>'
    """
    match = _HALF.search(clause) if "半" in clause else None
    return Form(match["name"], match.start(), match.end(), 50.0, "%", ">") if match else None


def breakthrough(clause: str) -> Form | None:
    """国家级平台实现零突破: at least one, which the text leaves to be said.

    >>> breakthrough("国家级创新平台实现“零突破”").note
    '零突破'
    """
    match = _BREAK.search(clause) if "零" in clause else None
    if match is None:
        return None
    return Form(match["name"], match.start(), match.end(), None, "", ">=", note="零突破")
