"""A job that is killed: `python -m tests.privacy.dying_job JOB MOMENT TIME`.

JOB is a job's name. MOMENT is `before` its second commit, `after` it, or `never`. TIME is what its
clock shows. Batches are of two rows.
"""

import sys
from datetime import datetime

from portal import jobs
from portal.database import Session
from portal.privacy import retention
from tests.mail.dying_worker import dying


def main(name: str, moment: str, now: datetime) -> None:
    retention.BATCH = jobs.TRAIL_BATCH = 2
    if moment != "never":
        Session.commit = dying(Session.commit, first=moment == "before")
    (job,) = [each for each in jobs.JOBS if each.name == name]
    job.run(now)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]))
