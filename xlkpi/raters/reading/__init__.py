"""Reads the raters' workbooks that came back, which are untrusted: what each says, and which of several counts."""
