"""`python -m rft`, which launchers of several processes need."""

import sys

from rft.cli import main

if __name__ == "__main__":
    sys.exit(main())
