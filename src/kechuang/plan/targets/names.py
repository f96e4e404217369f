"""What a target is called: words of promise stripped, a subject carried on, heads shared by several names."""

from __future__ import annotations

import re

_LEAD_WORDS = re.compile(
    r"^(?:(?:[一二三四五六七八九十]是|其中|同时|此外|另外|并且|并|使得?|将|要|以及|和|及|与|到|至|力争|确保|努力|争取|实现|预计|计划|推动|保持|其|或|全面|基本(?=实现|形成|建成|完成|建立)|进一步|在(?!孵|校|园|建|册|职|研|线|岗|营|库)|"
    r"目标|预期|总体|累计|发展(?!指数|水平|速度|质量|能力|环境|强度|规模|效益)|形成|培育|培养|建成|创建|达到|构建|让|促进|建设|实施|完成|确保|稳步|着力|加快|不断|持续|通过|使用?|届时|最终|"
    r"规划期末|全国力争|全[省市县区州]力争|(?:全区|全州|全市|全县|全省)(?=新增|净增|累计|培育|建成|实现|力争|引进|组建)|(?:未来|[今此]后)?[三五35]年内?|再|共|总共)|[，、：；。\s）])+(?=\S{2})"
)
_DATE = re.compile(
    r"^(?:(?:规划|计划|预计|力争)?(?:到|至|截至|在)?(?:\d{4}年(?:底|末|前)?|[“\"]?[十一二三四五六七八九]{1,3}五[”\"]?(?:期?末|期间|时期|末期))[，,]?)"
)
_TAIL = re.compile(
    r"(?:等|力争|确保|分别|均|各|约|近|将|要|目标|数量由|由|从|共|总计|保持|稳定|进一步|全部|再|累计|达|(?<![净新])增|升|提|为|的|在|到|以)+$"
)
#: Who says what follows: 《规划》提出到2025年….
_SAID = re.compile(
    r"^[^，。；]{0,40}?(?:提出|明确|指出|要求|规定|确定|显示|称|表示)了?[，：]?"
    r"(?=(?:到|至|在|“|力争)*(?:20\d\d年|[十一二三四五六七八九]{1,3}五))"
)
#: What a name may end with that several names before it share: 小学、初中入学率.
_HEADS = re.compile(
    r"(?:(?:毛|净|年均|平均)?[\u4e00-\u9fa5]{1,2}(?:率|比例|比重|强度)|(?:产值|增加值|收入|产量|销售额|投资|消费|装机)?占比|(?:总)?(?:数量|人数|数|量|规模|产值|收入|投入|支出|面积|里程|产量|"
    r"增加值|成交额|浓度|时间|水平|指数|寿命|年限))$"
)
_OWN_HEAD = re.compile(
    r"(?:率|比|占比|比例|比重|数|量|值|额|度|面积|收入|投入|支出|水平|指数|寿命|年限|里程|次)$"
)
_GROWTH_END = re.compile(
    r"(?:年均|每年)?(?:复合)?(?:增长|增速|增幅|下降|降低|减少|提高|增加|提升|缩短|压减|缩小|上升|递增|翻番|净增|新增)$"
)
#: A clause that speaks of what the clause before named: 占GDP比重达到…, 年均增长…, 较2020年提高….
GOES_ON = re.compile(
    r"^(?:占|较|比|年均(?=复合|增|提高|提升|下降|降低|递增|减少|$)|同比|增长|提高|提升|下降|降低|减少|增速|增幅|其占)|^(?:占比|总量|总数|总额|总人数|规模|数量)$"
)


_STRIVES = re.compile(r"(?<=[\u4e00-\u9fa5]{2})(?:力争|争取|确保|努力)(?:实现|达到)?(?=[\u4e00-\u9fa5]{2})")
_TELLS = re.compile(r"成为|形成|建成|建立|完善|提升|增强|实现|打造|基本|取得|达到")
#: The longest thing that a name goes on to measure.
_SUBJECT = 12
_SAYS = re.compile(r"^(?:并|也|还)?(?:提出|明确)了?(?=[\u4e00-\u9fa5“]{2})")
#: What parts one name from the next; 及 of 及以上 does not.
_AND = re.compile(r"[、和与]|及(?!以|其)")
_RANK = re.compile(r"(?:国家|省|市|县|区|州|地|厅|部|自治区|世界)级(?:及?以上)?")
#: Words of two signs that stand before one thing: 城镇、农村居民….
_KINDS = (
    frozenset(("城镇", "城市", "城乡", "农村", "乡村")),
    frozenset(("公办", "民办", "公立", "民营", "国有")),
    frozenset(("国内", "国际", "境内", "境外", "省内", "省外")),
    frozenset(("工业", "农业", "生活", "生态")),
)


def clean(name: str) -> str:
    """``name`` without words of promise, dates and what else stands around it.

    >>> clean("到2025年，力争国家高新技术企业总数"), clean("实现（改扩建）幼儿园")
    ('国家高新技术企业总数', '幼儿园')
    """
    name = _SAYS.sub("", _SAID.sub("", name.strip(" ，。；：、")))
    for _ in range(3):
        before = name
        name = _DATE.sub("", name)
        name = re.sub(r"^（[^（）]*）", "", name)
        name = _LEAD_WORDS.sub("", name)
        if name == before:
            break
    name = _TAIL.sub("", name)
    name = _without_striving(name).strip(" ，。；：、")
    return name.strip("“”") if name.count("“") != name.count("”") else name


def _without_striving(name: str) -> str:
    """某产业力争实现产值 is 某产业产值; …成为高地力争算力规模 is 算力规模."""
    match = _STRIVES.search(name)
    if match is None:
        return name
    before = name[: match.start()]
    return (
        name[match.end() :]
        if _TELLS.search(before) or len(before) > _SUBJECT
        else before + name[match.end() :]
    )


def carried(subject: str, own: str) -> str:
    """The name of a clause that goes on from ``subject``: 规上工业产值 + 年均增长.

    >>> carried("规上工业产值较2020年增长", "年均增长"), carried("研发经费", "占GDP比重"), carried("高新技术企业", "")
    ('规上工业产值年均增长', '研发经费占GDP比重', '高新技术企业')
    """
    return base(subject) + own


def base(name: str) -> str:
    """``name`` without growth and what it is compared with."""
    name = _GROWTH_END.sub("", name)
    name = re.sub(r"^(?:全[省市县区州])?每年(?:新增|净增|新认定)(?=[\u4e00-\u9fa5]{2})", "", name)
    return (
        re.sub(
            r"(?:比|较|同比|相比)(?:20\d\d年|上年|[“\"]?[十一二三四五六七八九]+五[”\"]?末?)?(?:的[\d.%‰]+)?$",
            "",
            name,
        )
        or name
    )


def shared(name: str) -> list[str]:
    """The several names in one: each with the head the last of them has.

    >>> shared("小学、初中、高中毛入学率"), shared("甲类企业占比、乙类企业占比")
    (['小学毛入学率', '初中毛入学率', '高中毛入学率'], ['甲类企业占比', '乙类企业占比'])
    >>> shared("城镇、农村居民人均可支配收入"), shared("国家级、省级孵化器")
    (['城镇居民人均可支配收入', '农村居民人均可支配收入'], ['国家级孵化器', '省级孵化器'])
    """
    parts = [part.strip() for part in _AND.split(name) if len(part.strip()) >= 2]
    if len(parts) < 2:
        return parts or [name]
    growth = _GROWTH_END.search(parts[-1])
    verb = growth.group() if growth else ""
    plain = parts[-1][: -len(verb)] if verb else parts[-1]
    head = _HEADS.search(plain)
    shared_head = head.group() if head and len(head.group()) < len(plain) else ""
    thing = _after_the_kind(parts[:-1], plain)
    named = []
    for part in parts[:-1]:
        whole = part if _OWN_HEAD.search(part) else part + (thing or shared_head)
        named.append(whole if whole.endswith(verb) else whole + verb)
    return [*named, parts[-1]]


def _after_the_kind(parts: list[str], last: str) -> str:
    """What follows the kind in ``last`` where ``parts`` are kinds of it: 孵化器 in 省级孵化器, after 国家级."""
    if all(_RANK.fullmatch(part) for part in parts):
        rank = _RANK.match(last)
        return last[rank.end() :] if rank else ""
    pair = len(parts) == 1 and any(parts[0] in kinds and last[:2] in kinds for kinds in _KINDS)
    return last[2:] if pair and len(last) > 3 else ""
