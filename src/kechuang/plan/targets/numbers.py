"""Which numbers of a clause may be a target's value, and which belong to a name, a date or a list of contents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kechuang.language.bounds import bound_after, bound_before
from kechuang.language.numerals import CHINESE
from kechuang.language.quantity import Quantity

#: Verbs with which a count of things is promised: 培育100家…; a count after any other word is no target.
_ACT = (
    r"(?:重点|大力|积极|新|累计|力争|计划|再|共|至少|每年|全省|全市|全县|全区|全州|努力|争取|拟|组织|推动|推进|完成|支持|并|和|、|或|确保|总共|分批|各|年均|每年度)*"
    r"(?:引进|引育|培养|培育|选拔|选派|选聘|资助|扶持|培训|建设|建成|新建|筹建|创建|打造|新增|发展|组建|设立|认定|遴选|筛选|确定|布局|建立|孵化|转化|形成|支持|"
    r"开展|实施|推广|攻克|突破|制定|制修订|制订|修订|申请|获得|取得|组织|发动|招引|吸引|改造|完成|达到|拥有|开发|合作|与|派出|认证|扩建|改扩建|举办|聚集|集聚|"
    r"增加|落实|安排|培植|壮大|落地|引导|示范|选树|评选|命名|建好|做强|推出|研制|研发|出版|编制|发布|处置|治理|修复|完善|配备|配置|储备|整合|搭建|承担|争取|争创|创成|"
    r"招录|招募|招收|储备|提供|打通|关停|淘汰|腾退|整治|种植|栽植|造林|植树|投放|铺设|架设|更新|购置|投入|投资|实现|签订|签约|服务|解决|带动|保障|腾退|筹建|开设|开办|增设|设置|办好|办成|办|评定|开通|包含|落实|配建|培优|入库|上市|推动|收储|盘活|绿化|促成|达成|撮合|引入|开放)+"
    r"(?:形成|（[^（）]{1,6}）|培养|培育|国家级|省级|市级|自治区级|各类|重点|一批|了|不少于|不低于|不超过|达到?|有|约|近|超过?|至少|共|等|的)*"
)
ACT_HEAD = re.compile(_ACT)
ACTING = re.compile(rf"{_ACT}$")
GROWTH = re.compile(r"增长|下降|降低|减少|提高|增加|提升|缩短|压减|缩小|上升|递增|净增|新增")
FROM = re.compile(
    r"(?:由|从)(?P<when>(?:如今|目前|现在|当前|现有|现状|(?:20\d\d)年(?:底|末)?|上年|基期|[“\"]?十[一二三四五六]五[”\"]?(?:期)?末)?的?)\s*(?:不足|约|近)?$"
)
THAN = re.compile(
    r"(?:比|较|相比|相较于?)(?P<when>(?:20\d\d年(?:底|末)?|上年|基期|[“\"]?十[一二三四五六]五[”\"]?(?:期)?末))的$"
)
#: Numbers that belong to a name: 3岁以下婴幼儿, 亩均10万元以上企业, 24小时, 5G, 4A级.
_OF_A_NAME = re.compile(
    r"(?:小时|分钟|G|A级|A景区|级|号|强|号线|代|星级|D|大|类|权|型|式|核|极|带|轴|心|廊|园|山|江|湖|线城市|点半)"
)
_MORE_THAN = re.compile(r"(?:及|或|及其)?以[上下内]|左右")
#: What makes so many years a span of time: 5年内, 五年累计, 三年行动.
#: What an office does again and again is its work, not its goal: 每年督导1次.
_ROUNDS = re.compile(r"督导|调度|评估|检查|通报|会议|研究|调整|督查|考核|更新|监测")
#: 过5000万元企业达到10家: the first number says which enterprises.
_OVER = re.compile(r"(?:^|[、和及的收值税入])(?:超过?|过|上|破|满|达)$")
#: 甲、乙等N个 counts what a text can name; more than that is a number of things to do (改造食堂、厕所等112处).
_LISTED_AT_MOST = 30
_WORKS = re.compile(r"(?:新改扩建|改扩建|改造|新建|建设|修建|整治|治理|完成|更新|维修|修复)")
_SPAN_OF_YEARS = re.compile(
    r"[内来起度间]|累计|时间|期|行动|规划|计划|共|左右的?时间|多?以来|努力|一[贯个遇]"
)


def of_a_name(text: str, quantity: Quantity, rest: Sequence[Quantity]) -> bool:
    """Whether a number is part of the name of what a later one counts: 年产值10亿元以上企业5家."""
    end = quantity.end
    more = _MORE_THAN.match(text, end)
    stop = more.end() if more else end
    noun = re.match(r"的?(?![和及与以或至到])[\u4e00-\u9fa5]", text[stop:])
    if FROM.search(text[: quantity.start]) or THAN.search(text[: quantity.start]):
        return False
    head = text[: quantity.start]
    if more and text[stop : stop + 1] == "的" and quantity.unit == "%":
        return False  # a share of what follows
    if rest:
        between = text[stop : rest[0].start]
        joined = noun is not None and not re.search(r"[、；（）]|其中|和(?=[^和]{2,}$)", between)
        bound = bound_before(text, rest[0].start)
        bare = bound.start is None or bound.start <= stop
        if joined and bare and quantity.high is not None and quantity.unit.endswith("元"):
            return True  # 5亿—10亿元企业4—5家
        if joined and not bound_before(text, quantity.start).comparator and more:
            return True
        if joined and not bare and bound.start is not None and _OVER.search(head):
            return (
                re.fullmatch(r"的?[\u4e00-\u9fa5（）]{2,14}?(?:数量?|总数)?", text[stop : bound.start])
                is not None
            )
        if joined and bare and rest[0].start - stop <= 16 and not GROWTH.search(head[-4:]):
            return more is not None or re.search(r"(?:超|过|上|破|满|近)$", head) is not None
        return False
    if more is None or noun is None or text[stop : stop + 1] in "的":
        return False
    exact = bound_before(text, quantity.start)
    return (
        exact.comparator is None
        and quantity.unit in ("岁", "万元", "亿元", "元", "平方米", "亩", "人")
        and not ACTING.search(head)
    )


def counts(text: str, quantity: Quantity, per_year: bool) -> bool:
    """Whether a number in the clause may be a target's value at all."""
    start, end = quantity.start, quantity.end
    if quantity.unit == "年" and (1900 <= quantity.value <= 2200 or _SPAN_OF_YEARS.match(text, end)):
        return False
    if quantity.unit in ("", "年") and 1900 <= quantity.value <= 2200 and not quantity.words:
        return False
    if not quantity.unit and text[end : end + 1].isascii() and text[end : end + 1].isalpha():
        return False
    if quantity.unit == "岁" and quantity.high is not None and re.match(r"[\u4e00-\u9fa5]", text[end:]):
        return False  # 0—6岁儿童
    if quantity.words and quantity.value == 0:
        return False  # 零部件
    if quantity.words and quantity.unit == "期":
        return False  # 二期工程
    if re.search(r"(?:至少|不少于)(?:有|建成|建有|建设|办好|设立|配备)?$", text[:start]) and quantity.unit:
        return True  # 每个县至少有一所
    ends = end == len(text) or text[end] in "，；。、"
    several = (
        ends and text[:start].endswith("等") and "、" in text[:start] and ACT_HEAD.match(text) is not None
    )
    works = several or (quantity.value > _LISTED_AT_MOST and _WORKS.match(text[:start]) is not None)
    if re.search(r"(?:等|[一二三四五六七八九十]+、)$", text[:start]) and not works:
        return False  # 甲、乙等4张网: what is listed is counted
    if quantity.unit in ("次", "轮") and _ROUNDS.search(text[:start]):
        return False
    if quantity.unit == "场" and re.search(r"宣讲|宣贯|座谈|发布会|通气会", text[:start]):
        return False
    if quantity.words and quantity.unit == "类" and re.match(r"[\u4e00-\u9fa5、]", text[end:]):
        return False  # 三类医疗器械
    if quantity.unit == "年" and quantity.words and text[max(0, start - 1) : start] in ("", "、", "，"):
        return False  # 五年引进…
    if quantity.unit == "年" and re.search(
        r"(?:关键|黄金|头|开局|不平凡的|期限为?|历时|用时|为期|第[一二三四五六七八九十]+个)$", text[:start]
    ):
        return False
    if text[end : end + 1] in ("级", "字") or (not quantity.unit and _OF_A_NAME.match(text, end)):
        return False
    if quantity.unit in ("小时", "分钟", "天", "公里", "年", "岁") and re.match(
        r"(?:以内的?)?(?:经济|通勤|交通|生活|服务|就医|圈|制|一贯制|达|义务)", text[end:]
    ):
        return False
    span = quantity.unit in ("小时", "分钟") and re.match(r"[\u4e00-\u9fa5]", text[end:])
    if span and not bound_before(text, start).comparator and not bound_after(text, end).comparator:
        return False
    if text[max(0, start - 1) : start] in ("第", "“", "表", "图", "附", "栏"):
        return False
    if text[:start].count("（") > text[:start].count("）"):
        return False
    if text[:start].count("《") > text[:start].count("》"):
        return False
    if not quantity.unit and "一" <= text[end : end + 1] <= "龥" and not bound_after(text, end).comparator:
        rises = re.match(
            r"(?:提高|提升|增加|增长|上升|扩大|下降|降低|减少|降|升|增)(?:到|至|为)?", text[end:]
        )
        return rises is not None and FROM.search(text[:start]) is not None
    if quantity.unit == "年" and re.search(r"(?:未来|近|过去|今后|这|前|后|满)$", text[:start]):
        return False
    bare = all(sign in "十百千" for sign in text[start:end] if sign in CHINESE)
    bounded = bound_before(text, start).comparator or bound_after(text, end).comparator
    if quantity.words and quantity.unit and bare and quantity.unit != "%":
        thing = re.match(r"(?:大关|关口|台阶|以上|左右)?(?:[，。；、（]|$)", text[end:])
        return bounded is not None and thing is not None
    if quantity.words and quantity.value == 1:
        ends = end == len(text) or text[end] in "、，。；"
        acting = ends and ACT_HEAD.match(text) is not None
        if not (acting or (per_year and quantity.unit in ("个", "家", "所"))):
            return False
    return not (
        quantity.unit in ("大", "")
        and quantity.words
        and "分之" not in text[start:end]
        and text[start:end] != "一半"
    )
