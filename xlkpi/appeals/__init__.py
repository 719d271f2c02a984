"""Appeals (申诉): the form of an appeal, its ruling, and the appraisal as ruled.

Doors: `form`, `ruling`. May use everything below its floor.
"""
