"""The add-ins: the cell functions in Excel, in xlwings Lite and in LibreOffice, all from `xlkpi.functions.FUNCTIONS`.

Each host has a module with `build() -> bytes`: the same bytes for the same versions of xlkpi and of what it builds on.
"""
