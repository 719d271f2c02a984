"""Sentence → clauses: `parse.parse`."""
