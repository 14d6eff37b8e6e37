"""A worker that is killed at a chosen moment: `python -m tests.mail.dying_worker MOMENT TIME`.

MOMENT is `before` (the mail server is not asked yet), `between` (the server has answered 250, and
the row is not marked), `after` (the row is marked) or `never`; it dies at the second mail. TIME is
what its clock shows.
"""

import os
import signal
import sys
from datetime import datetime
from typing import Any

import portal.worker  # noqa: F401 - what a worker loads
from portal.mail import delivery
from portal.mail.transports import SmtpTransport, transport_for
from portal.settings import get_settings


def dying(function: Any, *, first: bool) -> Any:
    """The function, which at its second call kills the process: before its work, or after."""
    calls = 0

    def call(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2 and first:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = function(*arguments, **options)
        if calls == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return call


def main(moment: str, now: datetime) -> None:
    if moment == "before":
        SmtpTransport.send = dying(SmtpTransport.send, first=True)
    if moment == "between":
        delivery._finish = dying(delivery._finish, first=True)
    if moment == "after":
        delivery._finish = dying(delivery._finish, first=False)
    delivery.deliver_due(transport_for(get_settings()), lambda: now)


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
