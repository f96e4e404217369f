"""Writes comparisons of plans: a page (HTML), an official table (docx), plain text, and CSV."""

from __future__ import annotations

from kechuang.publish.difference.write import FORMS, check_out, write_alignment, write_difference

__all__ = ["FORMS", "check_out", "write_alignment", "write_difference"]
