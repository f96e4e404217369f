"""Text with holes, compressed once: what goes into the holes is put between the parts, which stay as they are.

A part ends on a whole byte and begins with an empty window, so parts and fillings can be strung together to one
valid gzip. What is secret (a token) is never compressed together with what somebody may have typed, which is how
secrets leak by the length of an answer (BREACH).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"  # an empty block that says it is the last
_MOST = 0xFFFF  # bytes of a stored block


@dataclass(frozen=True)
class Packed:
    """``parts`` with a hole after each but the last; ``holes`` are the names of what is missing."""

    parts: tuple[bytes, ...]
    holes: tuple[str, ...]
    deflated: tuple[bytes, ...]

    @classmethod
    def of(cls, parts: Sequence[bytes], holes: Sequence[str]) -> Packed:
        if len(parts) != len(holes) + 1:
            raise ValueError("a hole lies between two parts")
        return cls(tuple(parts), tuple(holes), tuple(_deflated(part) for part in parts))

    @property
    def size(self) -> int:
        return sum(map(len, self.parts)) + sum(map(len, self.deflated))

    def plain(self, fillings: Mapping[str, bytes]) -> bytes:
        """The text with its holes filled."""
        found = [self.parts[0]]
        for hole, part in zip(self.holes, self.parts[1:], strict=True):
            found += (fillings[hole], part)
        return b"".join(found)

    def gzipped(self, fillings: Mapping[str, bytes]) -> bytes:
        """The same as gzip."""
        text = self.plain(fillings)
        found = [_HEAD, self.deflated[0]]
        for hole, part in zip(self.holes, self.deflated[1:], strict=True):
            found += (_stored(fillings[hole]), part)
        found += (_END, struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF))
        return b"".join(found)


def _deflated(text: bytes) -> bytes:
    work = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return work.compress(text) + work.flush(zlib.Z_FULL_FLUSH)


def _stored(text: bytes) -> bytes:
    """Blocks that are not compressed."""
    blocks = [text[at : at + _MOST] for at in range(0, len(text), _MOST)]
    return b"".join(b"\x00" + struct.pack("<HH", len(one), len(one) ^ _MOST) + one for one in blocks)
