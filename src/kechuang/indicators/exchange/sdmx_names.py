"""Names SDMX-ML needs: namespaces of each version and URNs of what is referred to."""

from __future__ import annotations

from dataclasses import dataclass

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v{}/"
_URN = "urn:sdmx:org.sdmx.infomodel."


@dataclass(frozen=True)
class Version:
    """A version of SDMX-ML: ``2.1`` or ``3.0``."""

    name: str

    @property
    def root(self) -> str:
        return _ROOT.format(self.name.replace(".", "_"))

    @property
    def message(self) -> str:
        return self.root + "message"

    @property
    def common(self) -> str:
        return self.root + "common"

    @property
    def structure(self) -> str:
        return self.root + "structure"

    @property
    def specific(self) -> str:
        return self.root + "data/structurespecific"

    @property
    def by_urn(self) -> bool:
        """References are URNs from 3.0 on, elements of their own before."""
        return self.name != "2.1"


def urn(package: str, kind: str, agency: str, name: str, version: str, item: str = "") -> str:
    """The URN of an artefact, or of an ``item`` in it.

    >>> urn("codelist", "Codelist", "KECHUANG", "CL_FREQ", "1.0.0")
    'urn:sdmx:org.sdmx.infomodel.codelist.Codelist=KECHUANG:CL_FREQ(1.0.0)'
    """
    inside = f".{item}" if item else ""
    return f"{_URN}{package}.{kind}={agency}:{name}({version}){inside}"
