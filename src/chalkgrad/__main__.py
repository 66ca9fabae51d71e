"""`python -m chalkgrad` is the command line."""

import sys

from chalkgrad.cli import main

if __name__ == "__main__":
    sys.exit(main())
