"""Keeps persons out: telephone and identity numbers, addresses of mail, and what looks like a name.

The product keeps nothing on residents. In a comment's text numbers that reach or identify a person
are hidden before anything is stored; columns of names and contacts are never read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kechuang.language.fold import fold

_SEP = r"[-\s.·]?"
_MOBILE = re.compile(rf"(?<![\d.])(?:(?:\+|00)?86{_SEP})?1[3-9]\d{_SEP}\d{{4}}{_SEP}\d{{4}}(?![\d])")
_LANDLINE = re.compile(rf"(?<![\d.])(?:\(0\d{{2,3}}\)|（0\d{{2,3}}）|0\d{{2,3}}){_SEP}[2-8]\d{{6,7}}(?!\d)")
_ID = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}(?P<born>\d{8})\d{3}[0-9Xx](?![0-9A-Za-z])")
_OLD_ID = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}(?P<born>\d{6})\d{3}(?![0-9A-Za-z])")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CHAT = re.compile(
    r"(?P<name>微信号?|QQ号?|qq号?|电话|手机号?|身份证号?码?)(?P<sign>\s*[:：为是]?\s*)[A-Za-z0-9_-]{5,20}"
)
#: What makes eleven digits an amount: a counting word or unit right behind.
_AMOUNT = re.compile(r"\s*(?:余|多)?(?:万|亿|千|元|人|户|吨|亩|公里|平方米|立方米|千瓦|%|％)")

#: Headings of columns that hold persons; 身份 alone (what kind of sender) is none.
PERSONAL = re.compile(
    r"姓名|联系人|经办人|填报人|电话|手机|联系方式|身份证|证件号|邮箱|邮件|微信|QQ|qq|住址|地址|性别|年龄|民族|出生"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
#: Words of offices and posts; a single sign counts at the end only (农业局, but 张海港 is a person).
_OFFICE = re.compile(
    r"中心|公司|集团|大学|学院|专家|教授|研究员|工程师|代表|委员|负责|单位|机构|协会|平台|基地|银行|联盟|主任|书记|经理|董事|顾问|"
    r"博士|院士|讲师|医师|群众|居民|[局处科院校会所站队厂乡镇村县市区州园]长"
    r"|[局厅委部院校所会社司县市区州盟旗乡镇村处科室站队厂矿店园场馆台办组]$"
)


@dataclass(frozen=True)
class Masked:
    """Text with what identifies a person hidden, and how many places that were."""

    text: str
    count: int


def masked(text: str) -> Masked:
    """``text`` without telephone, identity and account numbers and mail addresses.

    >>> masked("请回电 138 0013 8000，建议投入13800138000元。").text
    '请回电 〔电话已隐去〕，建议投入13800138000元。'
    """
    seen = fold(text)
    if len(seen) != len(text):
        seen = text
    places: list[tuple[int, int, str]] = []

    def hide(start: int, end: int, what: str) -> None:
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in places):
            places.append((start, end, what))

    for pattern, length in ((_ID, 8), (_OLD_ID, 6)):
        for match in pattern.finditer(seen):
            if _born(match["born"], length):
                hide(match.start(), match.end(), "证件号")
    for match in _MAIL.finditer(seen):
        hide(match.start(), match.end(), "邮箱")
    for pattern in (_MOBILE, _LANDLINE):
        for match in pattern.finditer(seen):
            if not _AMOUNT.match(seen, match.end()):
                hide(match.start(), match.end(), "电话")
    for match in _CHAT.finditer(seen):
        if any(sign.isdigit() or sign.isascii() for sign in match.group()[len(match["name"]) :]):
            hide(match.end("sign"), match.end(), "账号")
    for start, end, what in sorted(places, reverse=True):
        text = f"{text[:start]}〔{what}已隐去〕{text[end:]}"
    return Masked(text, len(places))


def _born(digits: str, length: int) -> bool:
    text = digits if length == 8 else "19" + digits
    try:
        return 1900 <= date(int(text[:4]), int(text[4:6]), int(text[6:])).year <= 2100
    except ValueError:
        return False


def like_a_name(source: str) -> bool:
    """Whether a sender looks like a person's name rather than an office, organisation or post.

    Two to four characters beginning with a usual surname, without any word of an office or post; a
    name of other peoples with its dot (阿不都·热合曼). A guard, no proof: unusual names pass.

    >>> [like_a_name(text) for text in ("王小明", "石油公司", "农业局", "高校专家", "买买提·艾力")]
    [True, False, False, False, True]
    """
    text = re.sub(r"[\s（）()、，]|先生|女士|同志", "", source)
    if "·" in text or "•" in text:
        return not _OFFICE.search(text) and len(text) <= 20
    return 2 <= len(text) <= 4 and text[0] in _SURNAMES and not _OFFICE.search(text)
