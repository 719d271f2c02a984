"""A quarter’s returned workbooks → the forms of the next quarter."""
