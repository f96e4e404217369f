"""Sample records of any record type, drawn from its declaration alone; the same seed gives the same ones."""

from kechuang.records.sampling.files import write_samples
from kechuang.records.sampling.sampler import Sampler, Setting

__all__ = ["Sampler", "Setting", "write_samples"]
