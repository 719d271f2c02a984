"""Calibration (校准): a workbook in which grades are proposed, read back, and held against what was collected."""
