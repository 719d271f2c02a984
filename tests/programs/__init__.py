"""Other programs and our forms: programs that save them, and programs that calculate them.

`make programs` runs all of them and writes docs/programs.md. CI runs the few that are there for other reasons.
"""
