"""What the `concord` script calls: the command, and a quick way out.

Belongs here: leaving. Does not: commands (main.py).
"""

from __future__ import annotations

import atexit
import os
import sys

from orchestration.cli.main import main


def start() -> None:
    """Run the command and leave with its exit code.

    Taking millions of objects apart one by one would keep people waiting for a second after the
    last line; the operating system does it at once. What libraries registered for the end is done.
    """
    try:
        main()
    except SystemExit as end:
        code = _code(end)
    else:
        code = 0
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever read it is gone
            code = code or 1
    os._exit(code)


def _code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1
