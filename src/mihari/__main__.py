"""``python -m mihari`` is the command `mihari`."""

import sys

from mihari.cli import main

sys.exit(main())
