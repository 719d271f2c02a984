"""Trying out a rule before it stands in a form: its edges, the next better step, a table and a picture of its scores.

Doors: `explanation.explanation` (everything about one sentence), `preview.panels` and `preview.rows` (scores at the
edges), `plot.picture` (a PNG), `next_step.next_step` (what is missing to the next step). May use rules and scoring.
"""
