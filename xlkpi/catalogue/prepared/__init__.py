"""What is read of the shipped catalogue when the program is built, not when it runs.

Door: `shipped.prepared_versions`. Its files are written by `make prepared`.
"""
