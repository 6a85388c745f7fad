"""`python -m agentkit`, for where the command is not on PATH."""

import sys

from agentkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
