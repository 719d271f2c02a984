"""Received forms held against what we know better: the roster, what was issued, the history, the forms of others."""
