"""Whole sheets: each module has a function that writes one sheet."""
