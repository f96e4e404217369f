"""The page around a comparison: head, foot, style, and the fonts it carries."""

from __future__ import annotations

import re
from html import unescape
from importlib.resources import files

from kechuang.messages import say
from kechuang.publish import fonts
from kechuang.publish.page.parts import tag, text

_MARKUP = re.compile(r"<[^>]*>")
_SERIF = re.compile(r'<h1\b.*?</h1>|<p class="(?:lede|same)">.*?</p>|<svg class="seal".*?</svg>', re.DOTALL)
#: Above so many characters a page carries no font of its own: it would weigh megabytes.
_MOST = 3500


def framed(title: str, brand: str, body: str, language: str) -> bytes:
    """A whole page: self-contained, in light and dark, for screen, phone and print."""
    seal = (
        '<svg class="seal" viewBox="0 0 30 30" aria-hidden="true"><rect width="30" height="30" rx="2"/>'
        '<text x="15" y="19.6" text-anchor="middle">科创</text></svg>'
    )
    skip = tag("a", text(say("跳到正文").text(language)), cls="skip", href="#main")
    mark = tag("span", seal, tag("span", text(brand)), cls="brand")
    whole = (
        f'{skip}<header class="top"><div class="wrap">{mark}</div></header>'
        f'<main id="main"><div class="wrap">{body}</div></main>'
    )
    style = "".join(
        files(package).joinpath("style.css").read_text("utf-8")
        for package in ("kechuang.publish.page", "kechuang.publish.difference")
    )
    used = title + unescape(_MARKUP.sub("", whole)) + "0123456789%.,，。—−（）"
    serif = unescape("".join(_MARKUP.sub("", found.group()) for found in _SERIF.finditer(whole)))
    tongue = "en" if language == "en" else "zh-CN"
    return (
        f'<!doctype html>\n<html lang="{tongue}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="Kechuang">\n'
        f'<link rel="icon" href="data:,">\n<title>{text(title)}</title>\n'
        f"<style>\n{_faces(used, serif)}{style}</style>\n</head>\n<body>\n{whole}\n</body>\n</html>\n"
    ).encode()


def _faces(sans: str, serif: str) -> str:
    """Fonts for a machine without Chinese ones; what they lack is left to the machine's own."""
    carried: tuple[tuple[str, fonts.Face, str], ...] = (
        ("Kechuang Sans", "sans", sans),
        ("Kechuang Serif", "serif", serif),
    )
    found = []
    for name, face, used in carried:
        known = "".join(sorted(set(used) - set(fonts.missing(used, face))))
        if len(known) <= _MOST:
            source = f'src: url("{fonts.web_font(face, known)}") format("woff")'
            found.append(f'@font-face {{ font-family: "{name}"; {source}; font-display: block; }}\n')
    return "".join(found)
