"""Benchmarks: each figure is a ratio to a named peer or to the raw engine, measured in the same run."""
