"""What Excel calls in Python: `kpi` has the cell functions that xlwings loads, `ribbon` what the ribbon's buttons do.

Names in `kpi` and `ribbon` are called by name from VBA and never renamed. May use every room of xlkpi but cli.
"""
