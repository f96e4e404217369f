"""A report as an official document in the layout of GB/T 9704-2012: docx or PDF, its fonts embedded."""

from kechuang.publish.document.report import document, pdf

__all__ = ["document", "pdf"]
