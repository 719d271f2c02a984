"""What every room may use: quarters, assignments, the fields of a person, files written whole, parallel work.

There is no single door: import `quarter.Quarter`, `assignment.Assignment`, `files.write_whole`, `parallel.mapped` from
their modules. This room may use `i18n` only.
"""
