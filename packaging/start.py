"""Where the frozen program starts."""

import multiprocessing
import sys

from quartet.agents import child

if __name__ == "__main__":
    multiprocessing.freeze_support()
    if sys.argv[1:] == [child.FLAG]:
        sys.exit(child.main())
    from quartet.cli import main

    sys.exit(main())
