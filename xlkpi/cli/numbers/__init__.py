"""Commands that bring numbers into forms."""
