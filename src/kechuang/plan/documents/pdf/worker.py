"""A process that reads one PDF: bytes on standard input, lines of JSON on standard output.

A PDF is a program that draws pages; one made to do so can take any amount of memory and time. Here it has
little of either, and nothing else is lost with it.
"""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

#: Bytes of address space, and of one stream when unpacked.
MEMORY = 1_500 * 1024 * 1024
LARGEST_STREAM, LARGEST_TOTAL = 150 * 1024 * 1024, 600 * 1024 * 1024


def main() -> None:
    """Reads, writes progress as {"read", "of"} and at the end {"pieces"} or {"refused", "pages", "of"}."""
    bounded()
    from kechuang.plan.documents.pdf.reading import Refusal, as_json, read_pdf

    out = sys.stdout
    sys.stdout = sys.stderr
    try:
        pieces = read_pdf(sys.stdin.buffer.read(), lambda read, of: _say(out, {"read": read, "of": of}))
        _say(out, {"pieces": as_json(pieces)})
    except Refusal as refusal:
        _say(out, {"refused": refusal.code, "pages": refusal.pages, "of": refusal.of})
    except (MemoryError, RecursionError):
        _say(out, {"refused": "complex", "pages": [], "of": 0})


def _say(out: TextIO, words: dict[str, Any]) -> None:
    out.write(json.dumps(words) + "\n")
    out.flush()


def bounded() -> None:
    """Limits this process: its memory, and what a packed stream may unpack to."""
    import logging

    logging.disable(logging.CRITICAL)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass  # a system without such limits: those below still hold
    from pdfminer import pdftypes

    vars(pdftypes)["zlib"] = _Unpacker()


class _Unpacker:
    """Stands in for ``zlib`` in pdfminer: unpacks no more than a document can need."""

    import zlib as _zlib

    error = _zlib.error
    decompressobj = staticmethod(_zlib.decompressobj)
    total = 0

    def decompress(self, data: bytes) -> bytes:
        unpacker = self._zlib.decompressobj()
        unpacked = unpacker.decompress(data, LARGEST_STREAM)
        if unpacker.unconsumed_tail:
            raise MemoryError
        self.total += len(unpacked)
        if self.total > LARGEST_TOTAL:
            raise MemoryError
        if not unpacker.eof:
            raise self.error("incomplete")
        return unpacked


if __name__ == "__main__":
    main()
