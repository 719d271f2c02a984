"""Returned workbooks: checked, marked, refreshed: `run.check`."""
