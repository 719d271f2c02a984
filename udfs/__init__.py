"""Functions for hosts: `udfs.kpi` is the module that xlwings loads."""
