"""Fast writing of many similar workbooks: openpyxl writes a sheet once, which is then stamped for every person.

Door: `template.captured` takes a sheet apart, `workbook.assembled` puts stamped sheets together.
"""
