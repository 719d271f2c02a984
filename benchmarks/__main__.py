"""`python -m benchmarks`: see `run`.

There is nothing else here: the workers that a benchmark starts import this module first, and their start is measured.
"""

import sys

if __name__ == "__main__":
    from benchmarks.run import main

    main(sys.argv[1:])
