"""The portal's own marketing mail, as a mail server gets it and a mail program answers it."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from portal import jobs
from portal.accounts.models import User
from portal.actor import Role
from portal.customers.models import Customer, Member
from portal.database import reading, transaction
from portal.mail import delivery, outbox
from portal.mail.letters import is_marketing, kinds
from portal.mail.models import OutboxMessage
from portal.mail.transports import SmtpTransport
from portal.marketing.choices import stop_everything
from portal.marketing.models import Channel, MarketingMailing, MarketingReceipt, Topic
from portal.marketing.pauses import pause_marketing
from portal.marketing.unsubscribe_links import opened
from tests.customers.people import People, act, add_people
from tests.mail.conftest import Clock, Sink, serve
from tests.marketing.conftest import choose, written_to
from tests.visitors import HERE, Browsers

KARI, TOR = "kari@nordlys.example", "tor@nordlys.example"
LINK = re.compile(rf"{re.escape(HERE)}(/unsubscribe/[\w-]+)\?l=\w\w")


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    controller = serve(sink)
    yield sink
    controller.stop()


@pytest.fixture
def server(sink: Sink) -> SmtpTransport:
    return SmtpTransport(sink.url, "portal.example")


@pytest.fixture
def time(clock: datetime) -> Clock:
    return Clock(clock)


@pytest.fixture
def team(database: str, clock: datetime) -> People:
    """Kari and Tor, who have both said yes to status reports and surveys; committed."""
    with transaction() as db:
        people = add_people(db, clock)
        for actor in (people.kari, people.tor):
            choose(db, actor, clock, status_reports_email=True, surveys_email=True)
    return people


def waiting() -> list[OutboxMessage]:
    with reading() as db:
        return list(db.exec(select(OutboxMessage).order_by(col(OutboxMessage.recipient))))


def audience_of(topic: Topic, now: datetime) -> list[str]:
    with reading() as db:
        return written_to(db, now, topic)


# A mail program's view (RFC 8058)


def test_one_click_takes_its_reader_out_of_the_next_batch_and_of_the_one_that_waits(
    browsers: Browsers, team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    assert jobs.send_status_reports(time.now) == 2
    delivery.deliver_due(server, time)
    mail = next(each for each in sink.mails if each["To"] == KARI)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    addresses = re.findall(r"<([^>]+)>", mail["List-Unsubscribe"])
    assert len(addresses) == 1, "one address, and no mailto beside it"
    assert addresses[0].startswith(f"{HERE}/unsubscribe/")
    time.forward(days=100)
    assert jobs.send_status_reports(time.now) == 2, "the next batch is queued already"

    program = browsers()  # no cookies, and it follows no redirect
    answer = program.post(
        addresses[0],
        content=b"List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.headers.get("location")) == (200, None)
    assert "set-cookie" not in answer.headers
    assert program.post(addresses[0], data={"List-Unsubscribe": "One-Click"}).status_code == 200

    sink.mails.clear()
    delivery.deliver_due(server, time)
    assert [each["To"] for each in sink.mails] == [TOR]
    states = {each.recipient: each.state for each in waiting() if each.created_at == time.now}
    assert states == {KARI: "stopped", TOR: "sent"}
    assert audience_of(Topic.STATUS_REPORTS, time.now) == [TOR]
    assert audience_of(Topic.SURVEYS, time.now) == [KARI, TOR], "only that topic"


@pytest.mark.parametrize("address", [KARI, "kåre@nordlys.example"])
def test_the_headers_stand_in_the_mail_letter_for_letter(
    team: People, time: Clock, sink: Sink, server: SmtpTransport, address: str
) -> None:
    """Parsers decode what a mail program would not: here the bytes themselves are read."""
    with transaction() as db:
        db.get_one(User, team.kari.user).email = address
    jobs.send_status_reports(time.now)
    delivery.deliver_due(server, time)
    assert len(sink.raw) == 2
    for raw in sink.raw:
        head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        (way_out,) = [line for line in head if line.startswith(b"List-Unsubscribe:")]
        found = re.fullmatch(rb"List-Unsubscribe: <(https?://[\x21-\x7e]+)>", way_out)
        assert found, way_out
        assert len(way_out) <= 998
        assert opened(found[1].decode().rpartition("/")[2].partition("?")[0]).address in {
            address,
            TOR,
        }
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head


def test_a_report_that_waits_rests_on_the_yes_for_its_own_customer(
    team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    with transaction() as db:
        holm = team.nils.customer_id
        other = act(
            db, db.get_one(User, team.tor.user), db.get_one(Customer, holm), Role.OWNER, time.now
        )
        choose(db, other, time.now, status_reports_email=True)
    assert jobs.send_status_reports(time.now) == 3
    with transaction() as db:
        db.execute(
            delete(Member).where(
                col(Member.user_id) == team.tor.user, col(Member.customer_id) != holm
            )
        )
    delivery.deliver_due(server, time)
    told = [each["Subject"] for each in sink.mails if each["To"] == TOR]
    assert told == ["How your alarm stands: Holm Rør ENK"]


def test_a_colleague_is_told_nothing_of_the_contract(
    team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    with transaction() as db:
        db.get_one(Customer, team.kari.customer_id).contract_end = date(2028, 5, 31)
    jobs.send_status_reports(time.now)
    delivery.deliver_due(server, time)
    told = {each["To"]: "31 May 2028" in text_of(each) for each in sink.mails}
    assert told == {KARI: True, TOR: False}


def test_the_way_out_stands_in_both_forms_of_the_mail(
    team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    jobs.send_status_reports(time.now)
    delivery.deliver_due(server, time)
    for mail in sink.mails:
        for form in ("plain", "html"):
            part = mail.get_body((form,))
            assert isinstance(part, EmailMessage)
            (path,) = set(LINK.findall(part.get_content()))
            link = opened(path.rsplit("/", 1)[1])
            assert (link.address, link.channel) == (mail["To"], Channel.EMAIL)
            assert link.topic is Topic.STATUS_REPORTS
        assert KARI not in mail["List-Unsubscribe"], "the address is not readable in the link"


def test_scanners_change_nothing_however_they_look(
    browsers: Browsers, team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    """Every address in every mail, by GET, HEAD and prefetch, again and again."""
    jobs.send_status_reports(time.now)
    jobs.send_surveys(time.now)
    delivery.deliver_due(server, time)
    assert {each["Subject"][:4] for each in sink.mails} == {"How ", "Are "}
    before = everything()
    for mail in sink.mails:
        found = set(re.findall(r"https?://[^\s<>\"]+", text_of(mail) + mail["List-Unsubscribe"]))
        assert len(found) >= 2
        for address in found:
            assert address.startswith(HERE)
            scanner = browsers(follow_redirects=True)
            for method in ("GET", "HEAD", "GET"):
                headers = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}
                answer = scanner.request(method, address, headers=headers)
                assert answer.status_code < 400, address
    assert everything() == before


def text_of(mail: EmailMessage) -> str:
    parts = [mail.get_body((form,)) for form in ("plain", "html")]
    return "\n".join(part.get_content() for part in parts if isinstance(part, EmailMessage))


def everything() -> list[object]:
    """All that marketing knows, as rows."""
    from portal.marketing import models

    tables = (
        models.MarketingChoice,
        models.MarketingReceipt,
        models.Suppression,
        models.MarketingPause,
        models.MarketingMailing,
        models.SurveyAnswer,
        OutboxMessage,
    )
    with reading() as db:
        return [
            sorted((row.model_dump_json() for row in db.exec(select(table))), key=str)
            for table in tables
        ]


# At the moment of sending


@pytest.mark.parametrize("how", ["stop", "pause", "new address", "contract over", "left"])
def test_mail_that_waits_is_stopped_by_whatever_ends_the_yes(
    team: People, time: Clock, sink: Sink, server: SmtpTransport, how: str
) -> None:
    jobs.send_status_reports(time.now)
    with transaction() as db:
        end_the_yes(db, team, how, time.now)
    delivery.deliver_due(server, time)
    assert [each["To"] for each in sink.mails] == ([] if how == "contract over" else [TOR])


def end_the_yes(db: Session, team: People, how: str, now: datetime) -> None:
    from portal.customers.models import Customer, Member

    if how == "stop":
        stop_everything(db, team.kari, locale="en", now=now)
    elif how == "pause":
        pause_marketing(db, team.kari, (now + timedelta(days=3)).date(), locale="en", now=now)
    elif how == "new address":
        user = db.get_one(User, team.kari.user)
        user.email = "kari.ny@nordlys.example"
        db.add(user)
    elif how == "contract over":
        ended = (now - timedelta(days=2)).date()
        nordlys = col(Customer.id) == team.nordlys
        db.execute(update(Customer).where(nordlys).values(contract_end=ended))
    else:
        mine = db.exec(select(Member).where(col(Member.user_id) == team.kari.user)).one()
        db.delete(mine)


def test_no_marketing_leaves_while_nobody_checks(
    team: People,
    time: Clock,
    sink: Sink,
    server: SmtpTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs.send_status_reports(time.now)
    monkeypatch.setattr(delivery, "_checks", [])
    delivery.deliver_due(server, time)
    assert sink.mails == []
    assert {each.state for each in waiting()} == {"waiting"}


# Service messages


def test_service_message_is_never_blocked_by_a_no(
    team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    with transaction() as db:
        stop_everything(db, team.kari, locale="en", now=time.now)
        outbox.post(
            db,
            kind="email-changed",
            recipient=KARI,
            locale="en",
            values={"name": "Kari Nordli"},
            now=time.now,
            user_id=team.kari.user,
        )
    delivery.deliver_due(server, time)
    (mail,) = sink.mails
    assert mail["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("kind", "topic", "way_out"),
    [
        ("email-changed", "offers", False),
        ("email-changed", "", True),
        ("marketing/survey", "", True),
        ("marketing/survey", "surveys", False),
    ],
)
def test_there_is_no_third_type_of_mail(
    db: Session, clock: datetime, kind: str, topic: str, way_out: bool
) -> None:
    values = {
        "name": "Kari",
        "customer": "Nordlys Bakeri AS",
        "link": f"{HERE}/go/survey/x",
        "days": 60,
    }
    if way_out:
        values["unsubscribe_link"] = f"{HERE}/unsubscribe/x"
    mail = outbox.Post(kind, KARI, "en", values, topic=topic)
    with pytest.raises(ValueError, match="marketing"):
        outbox.post_many(db, [mail], now=clock)


def test_every_template_is_service_or_marketing_by_its_folder() -> None:
    marketing = {kind for kind in kinds() if is_marketing(kind)}
    assert marketing == {"marketing/status-report", "marketing/survey"}


# Once each


def test_report_comes_once_a_quarter(team: People, time: Clock) -> None:
    assert jobs.send_status_reports(time.now) == 2
    assert jobs.send_status_reports(time.now) == 0
    time.forward(days=20)
    assert jobs.send_status_reports(time.now) == 0
    time.forward(days=30)
    assert jobs.send_status_reports(time.now) == 2, "another quarter has begun"


def test_survey_comes_at_most_once_in_365_days(team: People, time: Clock) -> None:
    assert jobs.send_surveys(time.now) == 2
    time.forward(days=364)
    assert jobs.send_surveys(time.now) == 0
    time.forward(days=2)
    assert jobs.send_surveys(time.now) == 2


def test_nobody_gets_what_they_did_not_choose(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        choose(db, people.kari, clock, status_reports_email=True)
        choose(db, people.tor, clock, status_reports_sms=True)
    assert jobs.send_status_reports(clock) == 1
    assert jobs.send_surveys(clock) == 0
    assert [each.recipient for each in waiting()] == [KARI]


def test_report_says_whom_we_can_call(
    team: People, time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    jobs.send_status_reports(time.now)
    delivery.deliver_due(server, time)
    said = " ".join(text_of(sink.mails[0]).split())
    assert "Storgata 4: nobody is on the call list yet." in said
    assert "You can stop these mails at once, without signing in." in said


def test_receipts_and_mailings_name_nobody(team: People, time: Clock) -> None:
    jobs.send_surveys(time.now)
    with reading() as db:
        for table in (MarketingReceipt, MarketingMailing):
            for row in db.exec(select(table)):
                assert "nordlys.example" not in row.model_dump_json()
        assert db.exec(select(func.count()).select_from(MarketingMailing)).one() == 2
