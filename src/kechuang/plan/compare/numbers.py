"""Numbers as plans write them."""

from __future__ import annotations


def number(value: float) -> str:
    """A number without trailing zeros or thousands separators; six digits after the point at most.

    >>> number(60.0), number(0.055), number(12000.5), number(2 / 3)
    ('60', '0.055', '12000.5', '0.666667')
    """
    return f"{round(value, 6):.15g}"
