"""What is said of a PDF that cannot be read, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from kechuang.errors import KechuangError, Place
from kechuang.messages import Message, say
from kechuang.plan.documents.pdf.reading import MOST_PAGES


def refusal(reason: str, pages: Sequence[int], of: int, place: Place) -> KechuangError:
    """The error for a reason given by ``reading``."""
    code, message, remedy = _words(reason, pages, of)
    return KechuangError(code, message, place=place, remedy=remedy)


def _words(reason: str, pages: Sequence[int], of: int) -> tuple[str, Message, Message]:
    if reason == "encrypted":
        return (
            "document-encrypted",
            say("PDF加了打开密码"),
            say("请向提供者取得无密码的文件，或用PDF阅读器输入密码打开后，另存为无密码的PDF。"),
        )
    if reason == "scanned":
        return (
            "document-scanned",
            say("这是扫描件：{of}页都是图片，没有文字", of=of),
            say("请先做文字识别（OCR），保存为docx、txt或可检索的PDF后再读。"),
        )
    if reason == "partly-scanned":
        return (
            "document-scanned",
            say(
                "共{of}页，其中第{pages}页是扫描的图片，没有文字；只读其余各页会漏掉内容",
                of=of,
                pages=ranges(pages),
            ),
            say("请对这些页做文字识别（OCR），或向提供者取得全文为文字的版本后再读。"),
        )
    if reason == "unknown-signs":
        return (
            "document-no-text",
            say("PDF的字体没有给出文字编码，第{pages}页的文字读出来是乱码", pages=ranges(pages)),
            say("请向提供者取得Word原件，或用文字识别（OCR）软件处理后保存为docx或txt。"),
        )
    if reason == "many-pages":
        return (
            "file-too-large",
            say("PDF有{of}页，超过上限{limit}页", of=of, limit=MOST_PAGES),
            say("请只保留规划文本的页，另存为一个PDF后再读。"),
        )
    if reason == "complex":
        return (
            "document-too-complex",
            say("PDF的内容过于庞大或复杂，读取所需的时间或内存超过上限，已停止"),
            say("请用PDF阅读器打开，另存（打印）为新的PDF，或另存为docx或txt后再读。"),
        )
    return (
        "document-damaged",
        say("PDF已损坏，读不出来"),
        say("请重新取得文件；如能用PDF阅读器打开，请另存（打印）为新的PDF后再读。"),
    )


def ranges(pages: Sequence[int]) -> str:
    """Page numbers as people write them.

    >>> ranges([2, 3, 4, 9])
    '2-4, 9'
    """
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    named = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return ", ".join(named[:12]) + ("…" if len(named) > 12 else "")
