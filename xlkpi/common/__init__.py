"""What every room may use: quarters, assignments, files, work in parallel."""
