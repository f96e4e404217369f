"""A report as an official document: docx in the layout of GB/T 9704-2012, its fonts embedded."""

from kechuang.publish.document.report import document

__all__ = ["document"]
