"""Checks of what people say of each other on a form, and what the history has of it."""
