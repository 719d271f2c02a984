"""Inputs of a form → scores, total, grade; forms → people."""
