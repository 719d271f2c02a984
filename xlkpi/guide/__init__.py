"""Improvement guides, as HTML and Word."""
