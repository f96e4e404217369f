"""Checks for what a typist or the word processor left behind: codes, placeholders, doubled signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kechuang.messages import Message, say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.model import PlanSpan

#: Never part of a finished text.
_PROCESSOR = re.compile(
    r"\[bookmark:[^\]]*\]|(?<![A-Za-z])_(?:GoBack(?![A-Za-z])|Toc\d{5,}|Ref\d{5,})|错误[！!]\s*(?:未|使用|书签|文档|链接|不能|超链接)[^。\n]{0,14}?(?:[。.]|(?=[，；、）\n]|$))|"
    r"Error! ?(?:Reference|Bookmark|No |Not a|Hyperlink|Style|Unknown|Use the)[^.\n]{0,40}\.?|"
    r"\{\s*(?:PAGE|PAGEREF|NUMPAGES|TOC|HYPERLINK|REF|SEQ|DATE|MERGEFIELD|INCLUDEPICTURE|FORMTEXT|EQ)\b[^}\n]*\}|HYPERLINK\s+\"[^\"\n]*\"?|PAGEREF\s+_\w+|MERGEFORMAT|"
    r"&(?:nbsp|lt|gt|amp|quot|ldquo|rdquo|mdash|#\d{2,5});|</?(?:p|br|span|div|td|tr|table|font|strong|b|a|img)\b[^<>\n]{0,200}>|"
    r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|#N/A(?![A-Za-z])|\ufffd+|\[(?:批注|Comment)[^\]\n]{0,20}\]|锟斤拷|烫烫烫"
)
#: Places a writer meant to fill in.
_PENDING = re.compile(
    r"[×✕╳]{2,}|(?<![A-Za-z])[XxＸｘ]{2,}(?![A-Za-z])|(?<![A-Za-z])(?:TODO|TBD|TBC|FIXME)(?![A-Za-z])|"
    r"[【〔［\[]待[^】\]〕］\n]{0,24}[】\]〕］]|"
    r"[【\[（(〔［](?:待(?:定|补|填|核|确认|更新|续|完善|插入|审定|商)|此处|请(?:补充|填写|核实|插入|确认)|需(?:补充|核实|确认)|暂缺|空缺|插入|数据待)[^】\]）)〕］\n]{0,24}[】\]）)〕］]|"
    r"[【\[（(〔［][^】\]）)〕］\n]{0,12}(?:待定|待补|待补充|待核实|待确认|待核|待填|待更新|未定稿)[】\]）)〕］]|"
    r"此处(?:插入|填写|补充|待补|添加|需补充)[^。，；\n]{0,20}|(?<=[为达到至])(?:待定|待补充|待填)|(?:数据|数值|内容)待(?:补充|核实|更新|定)|"
    r"\*{2,}(?=[县市区镇乡村州局厅委年月日万亿%家个项人])|[○〇]{2,}(?=[县市区镇乡局厅委])|□{2,}(?=[县市区镇乡局年万亿])|[？?]{3,}|某某+(?=[县市区镇乡局厅公司])|"
    r"(?<=\d{4}年)[ 　]{2,}月(?:[ 　]{2,}日)?|20[XxＸ×]{2}年"
)
#: Marks that may be meant, but hardly are.
_DOUBLED = re.compile(
    r"，[，。；、：]|。[，。；、]|；[，。；、]|、[，。；、]|：[，。；：、]|(?<![的])的的(?!士|确)|_{4,}|(?<=[\u4e00-\u9fff])[\ue000-\uf8ff]|[\ue000-\uf8ff]"
)


def residue(case: Case) -> Iterator[Finding]:
    """One finding for each different remain, with every place where it stands."""
    if case.document is None:
        return
    text = case.document.text
    kinds: tuple[tuple[re.Pattern[str], Severity, Callable[[str], Message]], ...] = (
        (_PROCESSOR, "error", _of_processor),
        (_PENDING, "error", _of_writer),
        (_DOUBLED, "warning", _of_typist),
    )
    for pattern, severity, message in kinds:
        places: dict[str, list[PlanSpan]] = {}
        for match in pattern.finditer(text):
            span = case.span(match.start(), match.end())
            places.setdefault(match.group().strip() or match.group(), []).append(span)
        for written, spans in places.items():
            yield Finding("residue", severity, message(written), tuple(spans), "")
        text = pattern.sub(lambda match: "\x01" * len(match.group()), text)  # told once


def _of_processor(text: str) -> Message:
    return say("文字处理软件的残留：“{text}”", text=text)


def _of_writer(text: str) -> Message:
    return say("没有填完的地方：“{text}”", text=text)


def _of_typist(text: str) -> Message:
    return say("多余的标点、重复的字或无法显示的符号：“{text}”", text=text)
