"""Documents as text: Word, PDF, web pages and plain text become one text with blocks that say what it is made of."""

from kechuang.plan.documents.document import Block, Document, Grid
from kechuang.plan.documents.read import read_document

__all__ = ["Block", "Document", "Grid", "read_document"]
