"""Benchmarks: `make bench` runs every module in `benchmarks.run.PARTS` and writes RESULTS.md."""
