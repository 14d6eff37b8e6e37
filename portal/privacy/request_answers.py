"""Answering data requests: what a support lead sees and does, and what reminds them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, unnoted
from portal.customers.models import Customer
from portal.errors import (
    InvalidFieldsError,
    InvalidValueError,
    NotFoundError,
    PortalError,
    in_field,
)
from portal.mail.inert import Prose
from portal.privacy.cases import (
    RequestStatus,
    deadline_of,
    is_before_us,
    mail_asker,
    note,
    reaches_asker,
    status_of,
    tell_leads,
)
from portal.privacy.deadlines import (
    MOST_FURTHER_MONTHS,
    due_on,
    may_be_extended,
    office_day,
)
from portal.privacy.models import DataRequest, RequestKind, Verification
from portal.privacy.restriction import is_restricted
from portal.text import parse_paragraphs

LONGEST_REASON = 1000
LONGEST_ANSWER = 8000
REMINDED_BEFORE = timedelta(days=7)
LATEST_ANSWERED = 20


class NotConfirmedYetError(PortalError):
    """It is not sure whose request this is: nobody is told anything before the call back."""

    code = "not-confirmed-yet"
    status = 409


class ClosedMeanwhileError(PortalError):
    """The request was answered or closed before, in other words."""

    code = "request-closed"
    status = 409


class NotExtendableError(PortalError):
    """The answer cannot be put off: it was already, or the month is over (`code` says which)."""

    status = 409

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__("months")


@dataclass(frozen=True)
class ListedRequest:
    """A request in the leads' list. `days_left` is negative once its day is past."""

    id: UUID
    kind: RequestKind
    status: RequestStatus
    name: str
    customer: str
    received_on: date
    due_on: date
    days_left: int
    extended: bool


@dataclass(frozen=True)
class Case:
    """One request with everything that is needed to answer it.

    `further_months` are those by which the answer can still be put off; none when it is too late
    or was done before. `restricted` is None for somebody without an account.
    """

    listed: ListedRequest
    email: str
    phone: str
    words: str
    verified_by: Verification
    extension_reason: str
    answered_on: date | None
    answer: str
    further_months: tuple[int, ...]
    restricted: bool | None
    restricted_until: date | None


def due_requests(db: Session, actor: Actor, *, now: datetime) -> list[ListedRequest]:
    """What waits for an answer, the most urgent first.

    Raises:
        NotAllowedError: the actor is no support lead.
    """
    actor.require_lead()
    deadline = func.coalesce(col(DataRequest.extended_until), col(DataRequest.due_on))
    rows = db.execute(
        select(DataRequest, col(Customer.name))
        .outerjoin(Customer, col(Customer.id) == col(DataRequest.customer_id))
        .where(is_before_us())
        .order_by(deadline, col(DataRequest.received_at), col(DataRequest.id))
    )
    return [_listed(request, customer, now) for request, customer in rows]


def answered_requests(db: Session, actor: Actor, *, now: datetime) -> list[ListedRequest]:
    """The last twenty that were answered or closed.

    Raises:
        NotAllowedError: the actor is no support lead.
    """
    actor.require_lead()
    rows = db.execute(
        select(DataRequest, col(Customer.name))
        .outerjoin(Customer, col(Customer.id) == col(DataRequest.customer_id))
        .where(col(DataRequest.answered_at).is_not(None))
        .order_by(col(DataRequest.answered_at).desc(), col(DataRequest.id))
        .limit(LATEST_ANSWERED)
    )
    return [_listed(request, customer, now) for request, customer in rows]


def read_request(db: Session, actor: Actor, request_id: UUID, *, now: datetime) -> Case:
    """One request; that it was looked at stays in the trail, once an hour for the same person.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: there is no such request, or its sender has not confirmed it yet.
    """
    actor.require_lead()
    request = _known(db.get(DataRequest, request_id))
    view = View(AuditEvent.DATA_REQUEST_READ, request.customer_id, request.user_id)
    # Of people without an account the trail has no name: each reading is noted.
    if request.user_id is None or unnoted(db, actor, [view], now=now):
        note(db, AuditEvent.DATA_REQUEST_READ, actor, request, now=now)
    return _case(db, request, now=now)


def extend_request(
    db: Session, actor: Actor, request_id: UUID, months: str, reason: str, *, now: datetime
) -> bool:
    """Put the answer off by one or two months, and tell the person why. Once, and only while the
    month is not over (GDPR article 12(3)). False: they gave no e-mail address, and must be told
    otherwise. The same words twice are said once.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: there is no such request.
        NotConfirmedYetError: support has to call back first.
        ClosedMeanwhileError: it was answered.
        NotExtendableError: `already-extended` or `too-late-to-extend`.
        InvalidFieldsError: `months` (`months-required`) or `reason` (`extension-reason-required`,
            `text-too-long`).
    """
    actor.require_lead()
    request = _to_answer(_locked(db, request_id))
    further, because = _checked_extension(months, reason)
    received = office_day(request.received_at)
    until = due_on(received, further_months=further)
    if (request.extended_until, request.extension_reason) == (until, because):
        return reaches_asker(request)
    if request.extended_until is not None:
        raise NotExtendableError("already-extended")
    if not may_be_extended(received, office_day(now)):
        raise NotExtendableError("too-late-to-extend")
    request.extended_until, request.extended_at, request.extension_reason = until, now, because
    request.leads_reminded_at = None
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_EXTENDED, actor, request, now=now, months=further)
    values = {"day": request.extended_until, "because": Prose(because)}
    return mail_asker(db, request, "data-request-extended", values, now=now)


def answer_request(
    db: Session, actor: Actor, request_id: UUID, answer: str, *, now: datetime
) -> bool:
    """Answer: the words are kept, and mailed. False: the person gave no e-mail address, and must
    be told otherwise. The same words twice are sent once.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: there is no such request.
        NotConfirmedYetError: support has to call back first.
        ClosedMeanwhileError: it was answered in other words.
        InvalidValueError: `answer-words-required` or `text-too-long`, field `answer`.
    """
    actor.require_lead()
    request = _locked(db, request_id)
    with in_field("answer"):
        words = parse_paragraphs(answer, LONGEST_ANSWER)
        if not words:
            raise InvalidValueError("answer-words-required")
    if status_of(request) is RequestStatus.ANSWERED and request.answer == words:
        return reaches_asker(request)
    _to_answer(request)
    request.answer, request.answered_at = words, now
    db.add(request)
    db.flush()
    in_time = office_day(now) <= deadline_of(request)
    note(db, AuditEvent.DATA_REQUEST_ANSWERED, actor, request, now=now, in_time=in_time)
    values = {"received_on": office_day(request.received_at), "answer": Prose(words)}
    return mail_asker(db, request, "data-request-answered", values, now=now)


def confirm_by_call_back(db: Session, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """The person was called on their number and said that the request is theirs. Twice is once.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: no such request came with a number only.
        ClosedMeanwhileError: it was closed.
    """
    actor.require_lead()
    request = _to_be_called(db, request_id)
    if request.verified_at is not None:
        return
    if request.answered_at is not None:
        raise ClosedMeanwhileError
    request.verified_at, request.verified_by = now, Verification.CALL_BACK.value
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_CONFIRMED, actor, request, now=now, by=request.verified_by)


def close_unconfirmed(
    db: Session, actor: Actor, request_id: UUID, ending: str, *, now: datetime
) -> None:
    """Close a request that nobody could be found for: they were not reached, or it is not theirs.
    What was tried is kept like an answer, and mailed to nobody. The same words twice are once.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: no such request came with a number only.
        ClosedMeanwhileError: it is confirmed by now, or was closed in other words.
        InvalidValueError: `ending-required` or `text-too-long`, field `ending`.
    """
    actor.require_lead()
    request = _to_be_called(db, request_id)
    with in_field("ending"):
        words = parse_paragraphs(ending, LONGEST_REASON)
        if not words:
            raise InvalidValueError("ending-required")
    if status_of(request) is RequestStatus.CLOSED and request.answer == words:
        return
    if status_of(request) is not RequestStatus.TO_CALL_BACK:
        raise ClosedMeanwhileError
    request.answer, request.answered_at = words, now
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_CLOSED, actor, request, now=now)


def remind_leads(db: Session, *, now: datetime) -> int:
    """Tell the leads once of each request that is due within seven days; says of how many."""
    deadline = func.coalesce(col(DataRequest.extended_until), col(DataRequest.due_on))
    near = db.execute(
        select(DataRequest)
        .where(
            is_before_us(),
            col(DataRequest.leads_reminded_at).is_(None),
            deadline <= office_day(now) + REMINDED_BEFORE,
        )
        .order_by(deadline, col(DataRequest.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalars()
    count = 0
    for request in list(near):
        request.leads_reminded_at = now
        db.add(request)
        tell_leads(db, request, new=False, now=now)
        count += 1
    return count


def _case(db: Session, request: DataRequest, *, now: datetime) -> Case:
    user = db.get(User, request.user_id) if request.user_id else None
    customer = db.get(Customer, request.customer_id) if request.customer_id else None
    day = office_day(now)
    may_wait = request.extended_until is None and may_be_extended(
        office_day(request.received_at), day
    )
    return Case(
        listed=_listed(request, customer.name if customer else None, now),
        email=request.email,
        phone=request.phone,
        words=request.words,
        verified_by=Verification(request.verified_by),
        extension_reason=request.extension_reason,
        answered_on=office_day(request.answered_at) if request.answered_at else None,
        answer=request.answer,
        further_months=tuple(range(1, MOST_FURTHER_MONTHS + 1)) if may_wait else (),
        restricted=is_restricted(user, day) if user else None,
        restricted_until=user.restricted_until if user else None,
    )


def _listed(request: DataRequest, customer: str | None, now: datetime) -> ListedRequest:
    deadline = deadline_of(request)
    return ListedRequest(
        id=request.id,
        kind=RequestKind(request.kind),
        status=status_of(request),
        name=request.name,
        customer=customer or "",
        received_on=office_day(request.received_at),
        due_on=deadline,
        days_left=(deadline - office_day(now)).days,
        extended=request.extended_until is not None,
    )


def _checked_extension(months: str, reason: str) -> tuple[int, str]:
    wrong: dict[str, PortalError] = {}
    because = ""
    if months not in map(str, range(1, MOST_FURTHER_MONTHS + 1)):
        wrong["months"] = InvalidValueError("months-required", "months")
    try:
        because = parse_paragraphs(reason, LONGEST_REASON)
        if not because:
            raise InvalidValueError("extension-reason-required")
    except InvalidValueError as error:
        wrong["reason"] = error
    if wrong:
        raise InvalidFieldsError(wrong)
    return int(months), because


def _locked(db: Session, request_id: UUID) -> DataRequest:
    return _known(db.get(DataRequest, request_id, with_for_update=True, populate_existing=True))


def _to_be_called(db: Session, request_id: UUID) -> DataRequest:
    """The request, if its sender is or was to be called back."""
    request = _locked(db, request_id)
    if request.verified_by not in {Verification.NONE, Verification.CALL_BACK}:
        raise NotFoundError
    return request


def _to_answer(request: DataRequest) -> DataRequest:
    if request.answered_at is not None:
        raise ClosedMeanwhileError
    if request.verified_at is None:
        raise NotConfirmedYetError
    return request


def _known(request: DataRequest | None) -> DataRequest:
    """The request, unless its sender has still to open the mailed link."""
    if request is None or (request.verified_at is None and request.email):
        raise NotFoundError
    return request
