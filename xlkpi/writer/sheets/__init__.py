"""Whole sheets."""
