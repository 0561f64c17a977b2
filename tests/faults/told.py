"""Do a job; if it cannot be done, say why and exit as the command would."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lsk.errors import LskError, file_trouble
from tests.faults import child
from tests.faults.scene import Job

child.watch()
try:
    Job(sys.argv[1]).run(Path(sys.argv[2]))
except LskError as error:
    os.writev(1, [str(error).encode()])  # not write, which is made to fail here
    sys.exit(error.exit_code)
except OSError as error:
    os.writev(1, [file_trouble(error).encode()])
    sys.exit(1)
