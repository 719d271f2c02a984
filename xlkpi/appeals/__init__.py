"""Appeals (申诉): a workbook to appeal with, its ruling, and the appraisal as ruled.

Doors: `book.appeal_book` (writes one), `hearing.heard` (what came back, against the forms that count). May use
everything below its floor. A ruling gives an actual, never a score; what comes back is untrusted.
"""
