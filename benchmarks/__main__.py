"""`python -m benchmarks`: see `run`.

There is nothing else here: every process that a benchmark starts imports this module first, and its start is measured.
"""

import sys

if __name__ == "__main__":
    from benchmarks.run import main

    main(sys.argv[1:])
