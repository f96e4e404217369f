"""The words by which a clause says that a number is a goal, or is none: kinds of things, verbs, what describes."""

from __future__ import annotations

import re

#: Things that are counted without being promised: 提出20个目标、实施六大工程.
NO_GOAL = re.compile(
    r"(?:具体|主要|重点|重大|专项|方面|个)*(?:目标|指标|方面|维度|原则|任务|工程|行动|部分|阶段|举措|措施|环节|步骤|章|条|篇|个字|关系|能力|批次|重点领域|领域|"
    r"主导产业|优势产业|新兴产业|支柱产业|产业体系|经济带|城镇群|中心|龙头|部门|年|周年|世纪|小时|分钟|重点基础设施建设项目|岁以[上下]|圈|体系|格局|定位|战略|理念|转变|统筹|层次|层级|类别|大类|专栏|附件)"
)
#: What measures nothing without what it is said of.
NO_NAME = re.compile(r"其?占比|比重|比例|总[量数额]|数量|规模|面积|其中")
ACTED_ON = re.compile(
    r"(?:加快|推进|推动|持续|积极|优化|重组|建设|培育|发展|壮大|做强|整合|布局|扩大|提升|加强)+(?P<thing>[\u4e00-\u9fa5（）]{3,16})"
)
RATE_OF_GROWTH = re.compile(r"(?:增长|增速|增幅|增长率|递增|提高|提升|下降|降低)$")
#: What a clause without a number speaks of, for the next: 收入与经济增长同步，年均增长7%.
SPOKEN_OF = re.compile(
    r"(?P<name>[^，。；]{2,24}?)(?:与[^，。；]{2,12}同步|(?:超过|高于|达到|优于|低于)[^，。；]{2,10}水平|"
    r"实现[“‘\"]|(?:稳步|持续|大幅|显著|明显|进一步|逐步|不断|较快|平稳)+(?:增长|提高|提升|增加|下降|降低|扩大|改善|缩小|壮大))"
)
#: What a note in brackets counts of the whole: 1000名（其中领军人才50名）.
INSIDE = re.compile(r"（(?:其中|含|包括|包含)(?P<inside>[^（）]{3,40})）")
TOLD_INSIDE = re.compile(r"（(?:其中|含|包括|包含)[^（）]*）")
RANKS = re.compile(r"^(?:新增|净增|新建|累计)?(?:(?:国家|省|市|县|区|州|自治区)级(?:及?以上)?)?")
RANKED = re.compile(
    r"(?:\d[\d.]*[家个项名人所座处]|[家个项名人所座处])?(?P<rank>(?:国家|省|市|县|区|州|自治区|世界)级(?:及?以上)?)"
    r"(?:不少于|达到|有)?(?:\d[\d.]*[家个项名人所座处])?(?:以上)?"
)
ON_BASE = re.compile(r"(?:比|较|在)20\d\d年的?(?:基础上)?$")
BRACKETS = re.compile(r"（[^（）]{1,12}）")
COUNTED = ("个", "项", "条", "大", "类", "章", "篇", "部分")
#: A number that only describes the noun after it: 低于90%的单位; not 达到50%的目标.
ADJECTIVE = re.compile(r"的(?!目标|要求|水平|标准|增速|速度|比例)[\u4e00-\u9fa5]")
#: Some of a kind that come to something: 推动5个一类新药进入临床试验, 为100个社区配备设施.
SOME_OF = re.compile(
    r"(?:推动|推进|支持|助力|力争|确保|争取|有|至少有|帮助|引导|促进|为|对|向|其中)(?:不少于|至少|约|近|超过)?$"
)
#: 开通至周边机场2条…航线: where a thing is done stands between the verb and the number.
PLACED = re.compile(
    r"^(?:新|重点|加快|积极)?(?:开通|建设|建成|新建|布局|落实|设立|投放|打造|培育|组建|在[^，。；]{2,20}(?:建设|建成|落实|新建|设立|布局))(?:至|到|在|于|面向|往)?[^，。；\d、]{2,10}$"
)
#: 建设低空装备、合成生物2个特色产业园.
LISTED_THINGS = re.compile(r"^[^，。；\d]{2,10}、[^，。；\d]{2,20}$")
#: What is there already is named and counted: 推进甲、乙2个园区建设.
GOES_ON_WITH = re.compile(r"(?:加快|持续|继续|重点|建设)*(?:提升|推进|推动|抓好|完善|改造提升|做好|加快)")
BECOME = re.compile(
    r"^[^，；。]{1,24}?(?:进入|达到|建成|完成|通过|获得?|入选|纳入|跻身|列入|成为|创成|创建|提供|配备|开展|建设|实施|实现|上市|升级|转型|改造|入库|认定|设立)"
)
SUBSIDY = re.compile(
    r"给予|奖励|奖补|补助(?!标准|水平)|补贴(?!性)|罚款|资助额?(?:最高|不超过)|最高(?:不超过|可|\s*\d)|每[家个人户][^，]{0,8}最高|考核结果|约谈|通报批评"
)
PROJECT = re.compile(
    r"(?:总投资|规划面积|占地(?:面积)?|建设周期|周期|建设期限?|建筑面积|起步区|概算|规划装机|装机|估算投资|用地|全长|设站|总长度?|总面积|(?:续建|新开工|开工|储备|谋划|规划|包括|共计)[^，]{0,12}项目|项目共计)$"
)
#: Plans speak of what they say: 部署23项举措, 谋划项目156个.
SAYS = re.compile(
    r"(?:^|[，、])(?:共|初步|重点)*(?:(?:谋划|部署|设置|细分为|分解为|分为|梳理|涉及|收集到?(?=[^，。；]{0,6}(?:意见|建议|问题|反馈))|采纳|收到|征求)|"
    r"(?:提出|明确)了?[^，。；]{0,8}?[\d一二三四五六七八九十]+(?:项|条|个|大|类|方面)[^，。；、]{0,10}?"
    r"(?:举措|任务|措施|目标|指标|要求|政策|意见|方面|工程|行动|方向|领域|计划|重点))"
)
EACH_HAS = re.compile(
    r"每[个一]?[\u4e00-\u9fa5（）、]{1,8}(?:至少|不少于|均)?(?:有|拥有|配备|建成|建有|达到|办好|办成|建好|打造|创建|培育|设立)(?:至少|不少于)?$"
)
PER_HEAD = re.compile(r"^每(?:[百千万]|十万)?名?(?:常住|户籍|就业|服务)?(?:人口|人员|人|户)")
TOTAL = re.compile(r"^(?:总数|总量|总额|总人数|数量|累计|保有量|总规模)$")
YEAR_LAST = re.compile(
    r"(?:20\d\d年?(?:至|—|-|~)+)?(20\d\d)年(?:底|末)?(?:力争|将|预计|共|完成|建成|新增|改造|实施)*$"
)
#: 各区床位数按户籍老年人口的2.5%配置.
BY_SHARE = re.compile(r"(?P<who>[^，。；]{2,24}?)按(?:照)?(?P<of>[^，。；]{2,24}?)(?:的|不低于|不少于|照)?$")
#: 年均分别增长7%、8%: of the subjects of the list before.
GROWS = re.compile(r"(?:年均|每年)?(?:增长|提高|提升|增加|下降|降低|减少)?")
RANK_ONLY = re.compile(r"(?:国家|省|市|县|自治区|州|区|部|地|厅|校)级(?:以上)?")
BOTH = re.compile(r"分别|(?<![人亩户平])(?<!(?<!\d)年)均|各|都")
#: What may stand between two numbers of a list.
BETWEEN = "、和及以与上约近 "
#: 做强甲、乙、丙三大支柱产业.
LISTED = re.compile(
    r"(?:聚焦|围绕|做[强大优精]|打造|发展|培育|壮大|建设|提升|布局)?(?P<list>[^，。；：“”]{2,60}?、[^，。；：]{2,40}?)[两二三四五六七八九十\d]{1,2}(?:大|个)[^，。；]{0,12}(?:产业|集群|领域|行业|基地|板块)$"
)
#: What is hoped for beyond a goal just told.
STRETCH = re.compile(
    r"(?:力争|争取|奋力|并力争|力求)(?:达到|突破|实现|冲刺|增长)?[\d.]+(?:%|个百分点)(?:以上|左右)?"
)
#: What goes on behind a count of things: 引入企业5家来市设立总部.
AFTER_THING = re.compile(
    r"[^，；。、（）]{2,6}(?:[，；。、]|$)|(?:来[我本省市县区]|落户|入驻|进驻|到[我本省市县区])"
)
#: What part of an area or of its people a share is of: 南方40%以上的县….
PART_OF = re.compile(
    r"(?:全[国省市县区州]|有|约|近|超过?|[东南西北中]部|[南北]方|城镇|农村|城市|市区|山区|平原|沿海|内陆)*"
)
STRIVING = re.compile(r"力争|确保|至少|累计")
DOWN = re.compile(
    r"死亡率|发生率|失业率|漏损率|辍学率|差错率|事故|浓度|负债率|不良率|贫困|能耗|水耗|用水量|排放量|倍差|差距|时限|耗时"
)
