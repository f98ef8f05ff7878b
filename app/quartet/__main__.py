"""`python -m quartet`, the same as the command `quartet`."""

import sys

from quartet.cli import main

if __name__ == "__main__":
    sys.exit(main())
