"""Figures to and from the formats of others: SDMX (CSV, ML, JSON), DHIS2, ADX, and a plain table.

``dataset`` gathers figures with what describes them, ``export`` writes them with their structures, ``read``
gives the observations of a file, ``figures`` makes figures of them, and ``records`` the rows of a register.
"""

from kechuang.indicators.exchange.dataset import Dataset, Naming, dataset
from kechuang.indicators.exchange.figures import figures
from kechuang.indicators.exchange.files import FORMATS, Written, export, read
from kechuang.indicators.exchange.mapping import Mapped, RecordMapping, read_mapping, records
from kechuang.indicators.exchange.message import Message, Observation
from kechuang.indicators.exchange.structure import Structure, structure_of

__all__ = [
    "FORMATS",
    "Dataset",
    "Mapped",
    "Message",
    "Naming",
    "Observation",
    "RecordMapping",
    "Structure",
    "Written",
    "dataset",
    "export",
    "figures",
    "read",
    "read_mapping",
    "records",
    "structure_of",
]
