"""Puts the page together and gives it the characters it needs."""

from __future__ import annotations

import re
from html import unescape
from importlib.resources import files

from kechuang.messages import dated, say
from kechuang.publish import fonts
from kechuang.publish.content import Content
from kechuang.publish.material import ReportMaterial
from kechuang.publish.page import actions, overview, sections
from kechuang.publish.page.parts import SPRITE, tag, text
from kechuang.publish.page.target import target_section

_MARKUP = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)
#: What the style sheet sets in the serif face.
_SERIF = re.compile(
    r'<(h1|h2|blockquote)\b.*?</\1>|<p class="(?:lede|said)">.*?</p>|<svg class="seal".*?</svg>', re.DOTALL
)
_LABELS = re.compile(r'aria-label="([^"]*)"')


def page(material: ReportMaterial) -> str:
    """The whole page as HTML; KechuangError where a character has no glyph in the fonts it carries."""
    content = Content(material)
    t = content.t
    title = t(say("{title}进度监测报告", title=material.title))
    body = "".join(
        [
            _top(content),
            '<main id="main"><div class="wrap">',
            overview.head(content),
            overview.warnings(content),
            overview.targets(content),
            overview.contents(content),
            *(target_section(content, view) for view in content.targets),
            actions.alerts(content),
            sections.returns(content),
            sections.programmes(content),
            sections.safeguards(content),
            sections.method(content),
            "</div></main>",
            _foot(content),
        ]
    )
    style = files("kechuang.publish.page").joinpath("style.css").read_text("utf-8")
    used = title + unescape(_MARKUP.sub("", body)) + "0123456789%.,，。—−（）"
    fonts.require(used + "".join(_LABELS.findall(body)), ("sans",))
    serif = (
        unescape("".join(_MARKUP.sub("", found.group()) for found in _SERIF.finditer(body))) + "0123456789"
    )
    lost = set(fonts.missing(serif, "serif"))
    serif = "".join(sorted(set(serif) - lost))
    language = "en" if material.language == "en" else "zh-CN"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="Kechuang">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{text(title)}</title>\n<style>\n{_faces(used, serif)}{style}</style>\n</head>\n<body>\n"
        f"{SPRITE}{body}\n</body>\n</html>\n"
    )


def _faces(sans: str, serif: str) -> str:
    """The two fonts the page carries, used where the machine has no Chinese font of its own."""
    carried: tuple[tuple[str, fonts.Face, str], ...] = (
        ("Kechuang Sans", "sans", sans),
        ("Kechuang Serif", "serif", serif),
    )
    return "".join(
        f'@font-face {{ font-family: "{name}"; src: url("{fonts.web_font(face, used)}") format("woff"); '
        "font-display: block; }\n"
        for name, face, used in carried
    )


def _top(content: Content) -> str:
    t, material = content.t, content.material
    skip = tag("a", text(t(say("跳到正文"))), cls="skip", href="#main")
    sample = tag("span", text(t(say("示例数据"))), cls="sample") if content.sample else ""
    day = text(t(say("数据截至{day}", day=dated(material.as_of))))
    seal = (
        '<svg class="seal" viewBox="0 0 30 30" aria-hidden="true"><rect width="30" height="30" rx="2"/>'
        '<text x="15" y="19.6" text-anchor="middle">科创</text></svg>'
    )
    brand = tag("span", seal, tag("span", text(material.title)), cls="brand")
    return (
        skip
        + f'<header class="top"><div class="wrap">{brand}<div class="who">{sample}'
        + f"<span>{day}</span></div></div></header>"
    )


def _foot(content: Content) -> str:
    t, material = content.t, content.material
    said = (
        say("标有“示例数据”的数字为演示而生成，不是统计数据，不得引用。")
        if content.sample
        else say("本页数字均由台账汇总得出，可逐项查到来源单元格。")
    )
    day = say("数据截至{day}", day=dated(material.as_of))
    return (
        f'<footer class="foot"><div class="wrap"><span>{text(t(said))}</span>'
        f"<span>{text(t(day))}</span></div></footer>"
    )
