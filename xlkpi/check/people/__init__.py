"""Checks of what people say of each other on a form."""
