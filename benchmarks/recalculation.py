TITLE = "x"


def rows():
    return ()
