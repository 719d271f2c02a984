"""Recalculation without an office program."""
