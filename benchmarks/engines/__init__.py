"""The scan behind the ranking, beside other engines, in one run: `make bench-engines` writes benchmarks/RESULTS.md."""
