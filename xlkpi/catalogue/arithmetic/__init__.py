"""The arithmetic of role files, `(uv - uv_prev) / uv_prev`: checked, evaluated, translated to formulas.

The door is `expression.Expression`; `tree` holds its walks over the syntax tree.
"""
