"""One small, closed, typed expression language, used by checks, rules and indicators alike.

A formula is written like a Python expression and has only: numbers, ``'text'``, ``true``/``false``/
``null``; ``table.field``, ``param.group.name``, names (``period_start``, ``period_end``, ``year``, and
those of ``let``); ``+ - * /``; ``== != < <= > >=``; ``and or not``; ``a if condition else b``; and the
functions of :data:`FUNCTIONS`. Nothing else is read, so no formula can reach a file or run for ever.

The road of a formula: ``parse`` reads it into a tree; ``check`` and ``check_result`` give it types and
units against a ``Schema``; ``row_function`` makes it a function of one row, ``engine`` computes it over
tables; ``source`` writes it back, ``Sentence`` puts it into words.
"""

from kechuang.formula.checking import Checked, check, check_result, sides
from kechuang.formula.reading import FUNCTIONS, FormulaError, parse
from kechuang.formula.row import other_function, row_function
from kechuang.formula.schema import FieldInfo, ParameterInfo, Schema, TableInfo, Type, Words
from kechuang.formula.tree import Node
from kechuang.formula.units import Unit
from kechuang.formula.words import Named, Sentence
from kechuang.formula.writing import source

__all__ = [
    "FUNCTIONS",
    "Checked",
    "FieldInfo",
    "FormulaError",
    "Named",
    "Node",
    "ParameterInfo",
    "Schema",
    "Sentence",
    "TableInfo",
    "Type",
    "Unit",
    "Words",
    "check",
    "check_result",
    "other_function",
    "parse",
    "row_function",
    "sides",
    "source",
]
