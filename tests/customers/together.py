"""Several people who act at the same moment, each in a thread and a transaction of their own."""

import threading
from collections.abc import Callable

from sqlmodel import Session

from portal.database import transaction
from portal.errors import PortalError


def together(*acts: Callable[[Session], object]) -> list[str]:
    """What became of each: `done`, or the code of the refusal."""
    start = threading.Barrier(len(acts))
    outcomes = ["broken"] * len(acts)

    def run(number: int, act: Callable[[Session], object]) -> None:
        start.wait()
        try:
            with transaction() as db:
                act(db)
            outcomes[number] = "done"
        except PortalError as error:
            outcomes[number] = error.code

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
