"""From a comparison to a file, whole or not at all; the suffix says the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kechuang.errors import KechuangError, Place, listed
from kechuang.messages import say
from kechuang.plan.compare import Alignment, Difference
from kechuang.publish.saving import save

FORMS = (".html", ".docx", ".txt", ".csv")


def check_out(path: Path) -> None:
    """Raise KechuangError (difference-suffix) where the suffix of ``path`` names none of the forms."""
    if path.suffix.lower() not in FORMS:
        raise KechuangError(
            "difference-suffix",
            say("不认识后缀“{suffix}”，不知道写成哪种文件", suffix=path.suffix),
            place=Place(file=str(path)),
            remedy=say("请用 {forms}。", forms=listed(FORMS)),
        )


def write_difference(path: Path, difference: Difference, language: str = "zh") -> None:
    """Write what changed to ``path`` (.html, .docx, .txt or .csv), its labels in ``language``.

    Raises KechuangError: difference-suffix, difference-unwritable.
    """
    check_out(path)
    save(path, _difference(path.suffix.lower())(difference, language), "difference-unwritable", folders=True)


def write_alignment(path: Path, alignment: Alignment, language: str = "zh") -> None:
    """Write what answers the plans above to ``path`` (.html, .docx, .txt or .csv), its labels in ``language``.

    Raises KechuangError: difference-suffix, difference-unwritable.
    """
    check_out(path)
    suffix = path.suffix.lower()
    if suffix == ".html":
        from kechuang.publish.difference.aligned_page import alignment_page as made
    elif suffix == ".docx":
        from kechuang.publish.difference.aligned import alignment_document as made
    elif suffix == ".csv":
        from kechuang.publish.difference.aligned import alignment_csv as made
    else:
        from kechuang.publish.difference.aligned import alignment_text as made
    save(path, made(alignment, language), "difference-unwritable", folders=True)


def _difference(suffix: str) -> Callable[[Difference, str], bytes]:
    if suffix == ".html":
        from kechuang.publish.difference.page import difference_page

        return difference_page
    if suffix == ".docx":
        from kechuang.publish.difference.document import difference_document

        return difference_document
    from kechuang.publish.difference import plain

    return plain.difference_csv if suffix == ".csv" else plain.difference_text
