"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage)."""

from xlkpi.cli import collect, forms, roster, rules
from xlkpi.cli.common import main

__all__ = ["collect", "forms", "main", "roster", "rules"]
