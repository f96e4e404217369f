"""Reads a PDF's bytes into pieces, or says in a code why it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kechuang.plan.documents.pdf.shapes import Leaf, Piece

MOST_PAGES = 3_000
#: A page without text that a picture covers to this share may be a scan.
_PICTURED = 0.4


@dataclass
class Refusal(Exception):
    """Why a PDF is not read: a code of ``refusals``, the pages it is about, how many there are."""

    code: str
    pages: list[int] = field(default_factory=list)
    of: int = 0


def read_pdf(data: bytes, progress: Callable[[int, int], None] | None = None) -> list[Piece]:
    """The pieces of a PDF; ``progress`` is told how many pages of how many are read.

    Raises Refusal: damaged, encrypted, many-pages, complex, scanned, partly-scanned, unknown-signs.
    """
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect, PDFTextExtractionNotAllowed

    from kechuang.plan.documents.pdf.extract import TooMuch

    try:
        return _read(data, progress)
    except Refusal:
        raise
    except (PDFPasswordIncorrect, PDFEncryptionError, PDFTextExtractionNotAllowed):
        raise Refusal("encrypted") from None
    except (TooMuch, MemoryError):
        raise Refusal("complex") from None
    except Exception as error:  # pdfminer raises what it meets: any of it means a damaged file
        raise Refusal("damaged") from error


def _read(data: bytes, progress: Callable[[int, int], None] | None) -> list[Piece]:
    from kechuang.plan.documents.pdf.extract import bookmarks, open_pdf, pages_of, sheets
    from kechuang.plan.documents.pdf.leaves import leaf_of
    from kechuang.plan.documents.pdf.pieces import pieces_of

    document = open_pdf(data)
    pages = pages_of(document)
    if not pages:
        raise Refusal("damaged")
    if len(pages) > MOST_PAGES:
        raise Refusal("many-pages", of=len(pages))
    leaves: list[Leaf] = []
    for sheet in sheets(pages):
        leaves.append(leaf_of(sheet))
        if progress is not None:
            progress(len(leaves), len(pages))
    _refuse_unread(leaves)
    return pieces_of(leaves, bookmarks(document))


def _refuse_unread(leaves: list[Leaf]) -> None:
    """Refuses scans, and text whose signs the file does not tell."""
    from kechuang.plan.documents.pdf.extract import FEW_SIGNS

    of = len(leaves)
    signs = sum(leaf.signs for leaf in leaves)
    unknown = sum(leaf.unknown for leaf in leaves)
    if unknown > 0.1 * signs:
        raise Refusal("unknown-signs", [leaf.page for leaf in leaves if leaf.unknown > 0.1 * leaf.signs], of)
    pictures = [leaf for leaf in leaves if leaf.signs < FEW_SIGNS and leaf.pictured > _PICTURED]
    scans = [leaf.page for leaf in pictures if leaf.scan]  # others are maps and photographs
    if pictures and all(leaf.signs < FEW_SIGNS for leaf in leaves):
        raise Refusal("scanned", [leaf.page for leaf in pictures], of)
    cover = {1, 2, of} if of > 4 else {1} if of > 1 else set()
    if any(page not in cover for page in scans):
        raise Refusal("partly-scanned", scans, of)


def as_json(pieces: list[Piece]) -> list[dict[str, Any]]:
    """Pieces as plain data, to be handed from one process to another."""
    found = []
    for piece in pieces:
        row: dict[str, Any] = {"page": piece.page, "kind": piece.kind}
        if piece.table is not None:
            row["rows"] = piece.table.rows
            row["cells"] = [
                [c.row, c.column, whole(c.text), c.row_span, c.column_span, c.page] for c in piece.table.cells
            ]
        else:
            row |= {"level": piece.level, "text": whole(piece.text)}
        found.append(row)
    return found


def whole(text: str) -> str:
    """Text that can be written in UTF-8 and on one line: half a pair of a sign becomes the mark of a lost sign."""
    return re.sub("[\ud800-\udfff]", "\ufffd", " ".join(text.splitlines()))
