"""The arithmetic of role files, such as `(uv - uv_prev) / uv_prev`: parsed, evaluated, translated to formulas.

Door: `expression.Expression`; `tree` has the walks over its syntax tree. May use scoring, common and i18n.
"""
