"""The blocks of a form, from top to bottom: each module has `write_…` functions that write onto a `canvas.Canvas`."""
