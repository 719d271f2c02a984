"""`python -m xlkpi`: the command line, also where the folder of Python's programs is not on the path."""

from xlkpi.cli.app import main

main(prog_name="xlkpi")
