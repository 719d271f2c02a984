"""Workbooks as files: opened under limits, read, edited, annotated. Nothing here knows of appraisals."""
