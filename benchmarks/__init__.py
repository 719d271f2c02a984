"""What things cost: `make bench` runs every module of `benchmarks.__main__.PARTS` and writes RESULTS.md."""
