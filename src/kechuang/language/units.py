"""The units that official text counts and measures in; 万, 亿 and so on may stand before them."""

from __future__ import annotations

_MEASURES = (
    "吨标准煤 吨标煤 吨二氧化碳 立方千米 平方千米 平方公里 平方米 立方米 千瓦时 千瓦 兆瓦时 兆瓦 吉瓦时 吉瓦 公里 千米 公顷 毫米 厘米 "
    "公斤 千克 毫克 微克 毫升 微米 纳米 吨 亩 亩次 米 克 升 度 斤 担 方 立方 分贝 摄氏度 ℃ °C ㎡ ㎢ km kg mg mm cm"
)
_POWER = "EFLOPS PFLOPS EFlops PFlops TFLOPS Flops EOPS POPS GWh MWh kWh GW MW kW Gbps Mbps Tbps TB PB EB"
_TIME = "年 岁 天 小时 分钟 秒 学时 课时 个月 个工作日 工作日 人年 人·年 人天 人日"
_MONEY = "美元 欧元 元"
_TIMES = "人次 家次 项次 户次 车次 班次 架次 件次 台次 辆次 场次 人（次） 批次 次 场 期 批 届 轮 例 倍 分 个百分点 百分点 个等级 等级"
_THINGS = (
    "标准机架 标准箱 标箱 标台 机架 车位 席位 学位 床位 泊位 工位 车间 班列 台套 台（套） 家 个 所 名 位 人 项 件 张 支 座 处 条 辆 台 套 户 "
    "篇 部 册 卷 集 种 只 羽 尾 头 株 门 款 组 间 幅 对 艘 架 枚 棵 片 宗 笔 床 类 节 盏 村 镇 乡 块 根 口 眼 站 班 席 份 则 首 段 层 栋 幢 顶 轴"
)
#: Every unit, the longest first.
UNITS: tuple[str, ...] = tuple(
    sorted(" ".join((_MEASURES, _POWER, _TIME, _MONEY, _TIMES, _THINGS)).split(), key=len, reverse=True)
)
