"""PDF plans: from glyphs and rules on pages to paragraphs, headings and tables in reading order.

The road: ``extract`` (glyphs, rules, images of a page) → ``grids`` (ruled tables) → ``rows`` and ``columns``
(lines in reading order) → ``margins`` (running heads, page numbers, notes) → ``paragraphs`` (broken lines joined,
headings told) → ``joined`` (what runs over a page end). All of it happens in a process of its own
(``worker``), with limits of memory and time, because a PDF can be made to exhaust both.
"""

from kechuang.plan.documents.pdf.process import write_pdf

__all__ = ["write_pdf"]
