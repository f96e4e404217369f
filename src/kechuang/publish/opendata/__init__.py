"""Open data: one folder anybody may take away, read by a spreadsheet, a program, or a catalogue.

``writing`` writes the folder · ``tables`` its tables and what their columns mean · ``package`` the Data
Package and the DCAT catalogue that describe them · ``telling`` its README and licence.
"""

from kechuang.publish.opendata.material import Licence, Material
from kechuang.publish.opendata.writing import FILES, Written, write

__all__ = ["FILES", "Licence", "Material", "Written", "write"]
