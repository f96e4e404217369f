"""Writes a report from its material: an HTML page, an official document (docx, PDF)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kechuang.errors import KechuangError, Place, listed
from kechuang.messages import say
from kechuang.publish.material import ReportMaterial
from kechuang.publish.saving import save

KINDS = ("progress",)

__all__ = ["KINDS", "ReportMaterial", "check_report", "write_report"]


def write_report(path: Path, material: ReportMaterial, kind: str = "progress") -> None:
    """Write the report ``kind`` of ``material`` to ``path``; its suffix says the form.

    ``.html``: one self-contained page. ``.docx``: a document in the layout of GB/T 9704-2012;
    ``.pdf``: the same typeset. The file is there whole or not at all. KechuangError for an unknown kind
    or suffix, for a folder that cannot be written, and for a character the fonts cannot show.
    """
    check_report(path, kind)
    save(path, _writer(path)(material), "report-unwritable")


def check_report(path: Path, kind: str) -> None:
    """KechuangError where the kind or the suffix is unknown: before anything is computed for it."""
    if kind not in KINDS:
        raise KechuangError(
            "report-kind",
            say("没有“{kind}”这种报告", kind=kind),
            remedy=say("可用的种类：{kinds}。", kinds=listed(KINDS)),
        )
    _writer(path)


def _writer(path: Path) -> Callable[[ReportMaterial], bytes]:
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        from kechuang.publish.page import page

        return lambda material: page(material).encode("utf-8")
    if suffix == ".docx":
        from kechuang.publish.document import document

        return document
    if suffix == ".pdf":
        from kechuang.publish.document import pdf

        return pdf
    raise KechuangError(
        "report-suffix",
        say("不认识后缀“{suffix}”，不知道写成哪种文件", suffix=suffix),
        place=Place(file=str(path)),
        remedy=say("请用 .html、.docx 或 .pdf。"),
    )
