"""README in Chinese and English, and the licence as text."""

from __future__ import annotations

from kechuang.messages import in_language, say
from kechuang.publish.opendata.material import Material
from kechuang.publish.opendata.package import File


def readme(material: Material, files: list[File], language: str) -> str:
    """What the folder holds, how to read it, what is not in it."""
    withheld = sum(one.absence == "withheld" for one in material.figures)
    known = sum(one.value is not None for one in material.figures)
    with in_language(language):
        lines = [
            f"# {say('开放数据')}：{material.title}"
            if language == "zh"
            else f"# Open data: {material.title}",
            "",
            str(
                say(
                    "截至{day}；共{n}个数，{m}个指标。",
                    day=material.as_of.isoformat(),
                    n=known,
                    m=len(material.data.indicators),
                )
            ),
        ]
        if material.sample:
            lines += [
                "",
                str(say("含示例数据：随机生成，只用于演示，不是统计数据；status 列为 sample 的即是。")),
            ]
        lines += ["", f"## {say('文件')}", ""]
        lines += [f"- `{one.path}` {one.zh if language == 'zh' else one.en}" for one in files]
        lines += [
            "",
            f"## {say('怎么读')}",
            "",
            str(
                say("CSV为UTF-8编码，首行为列名；空格子是不知道，不是0。列的含义和类型见 datapackage.json。")
            ),
            "",
            str(say("status：final 正式，provisional 初步，estimated 估算，sample 示例。")),
            "",
            str(
                say(
                    "每个数都有指纹，可由定义、参数和快照重新算出；口径的条款见 data/indicators.csv，verified 为 false 的待核实。"
                )
            ),
            "",
            f"## {say('没有什么')}",
            "",
            str(
                say(
                    "不含单个单位和个人的记录。涉及的填报单位太少的数不公布（{n}个），以免由合计推出单个单位的数。",
                    n=withheld,
                )
            ),
            "",
            f"## {say('许可')}",
            "",
            licence(material),
            "",
            str(say("发布：{publisher}", publisher=material.publisher)),
            "",
        ]
    return "\n".join(lines)


def licence(material: Material) -> str:
    """The terms of use in one sentence."""
    given = " ".join(part for part in (material.licence.name, material.licence.url) if part)
    if given:
        return str(say("按“{licence}”使用。", licence=given))
    return str(say("发布单位没有声明许可：使用前请与其联系。"))
