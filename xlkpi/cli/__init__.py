"""The command line: arguments, calls, tables, exit codes (0 fine, 1 problems found, 2 wrong usage)."""

from xlkpi.cli import forms, next, roster, rules
from xlkpi.cli.common import main

__all__ = ["forms", "main", "next", "roster", "rules"]
