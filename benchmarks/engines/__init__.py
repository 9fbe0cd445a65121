"""Benchmark of the matcher's posting lists against other search engines: `make bench-engines` writes RESULTS.md."""
