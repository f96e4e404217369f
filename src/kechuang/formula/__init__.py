"""One small, closed, typed expression language, used by checks, rules and indicators alike.

``parse`` reads a formula into a tree; ``row_function`` makes it a function of one row.
"""

from kechuang.formula.parse import FormulaError, parse
from kechuang.formula.row import row_function
from kechuang.formula.tree import Node

__all__ = ["FormulaError", "Node", "parse", "row_function"]
