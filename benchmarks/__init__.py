"""Benchmarks: `make bench` runs every module in `benchmarks.__main__.PARTS` and writes RESULTS.md."""
