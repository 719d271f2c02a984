"""Clauses → rule: what only the whole sentence settles."""
