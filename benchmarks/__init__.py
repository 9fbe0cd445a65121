"""Benchmarks of speed and quality, run by `make bench*` and not part of the test suite."""
