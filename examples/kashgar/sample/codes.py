"""Made-up unified social credit codes that no real body has, with correct check characters.

GB 32100-2015 (the whole code, modulus 31) and GB 11714-1997 (its organisation part, modulus 11). The
organisation part always reads ``EXAM`` and a serial number, so that a reader sees it is an example.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def credit_code(kind: str, county: str, serial: int) -> str:
    """The code of example body ``serial``: two characters of ``kind``, the county's six digits, the rest.

    >>> credit_code("91", "653122", 7)
    '91653122EXAM00078M'
    """
    body = f"EXAM{serial:04d}"
    weighted = sum(BODY_ALPHABET.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = 11 - weighted % 11
    first = kind + county + body + {10: "X", 11: "0"}.get(check, str(check))
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + ALPHABET[(31 - total % 31) % 31]
