"""The command line: the same functions for a terminal. Exit 0, 1 (the user's data), 2 (wrong usage)."""

from kechuang.cli.run import main

__all__ = ["main"]
