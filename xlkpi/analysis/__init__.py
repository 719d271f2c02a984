"""Trying out a rule: its edges, the next step, a table and a picture."""
