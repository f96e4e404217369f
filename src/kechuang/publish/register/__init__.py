"""The register of published figures: what was said, on what it rested, and whether it still holds."""

from kechuang.publish.register.checking import Carried, Correction, Redefined, Verification, Verifier
from kechuang.publish.register.gathering import gathered
from kechuang.publish.register.publication import Document, Publication, PublishedFigure
from kechuang.publish.register.register import Register

__all__ = [
    "Carried",
    "Correction",
    "Document",
    "Publication",
    "PublishedFigure",
    "Redefined",
    "Register",
    "Verification",
    "Verifier",
    "gathered",
]
