"""A worker that is killed while it erases: `python -m tests.privacy.dying_worker STEP TIME`.

STEP is how many statements of the erasing transaction it lives through; `all` for a worker that
survives. TIME is what its clock shows.
"""

import os
import signal
import sys
from datetime import datetime
from typing import Any

from sqlalchemy import event

from portal.database import get_engine
from portal.jobs import erase_due


def die_after(statements: int) -> None:
    """Kill this process as the database is asked once more than that to write."""
    count = 0

    @event.listens_for(get_engine(), "before_cursor_execute")
    def _count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal count
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            count += 1
        if count > statements:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1] != "all":
        die_after(int(sys.argv[1]))
    erase_due(datetime.fromisoformat(sys.argv[2]))
