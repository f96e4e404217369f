"""A report as one self-contained HTML page: no request to anywhere, no script, its own font."""

from kechuang.publish.page.page import page

__all__ = ["page"]
