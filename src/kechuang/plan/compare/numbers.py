"""Numbers as plans write them."""

from __future__ import annotations


def number(value: float) -> str:
    """A number without trailing zeros or thousands separators.

    >>> number(60.0), number(0.055), number(12000.5)
    ('60', '0.055', '12000.5')
    """
    return f"{value:.12g}"
