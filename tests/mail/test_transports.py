"""Mail servers as they are met: with and without encryption, with and without manners."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.mail import mailbox
from portal.mail.envelopes import enclose
from portal.mail.letters import write
from portal.mail.transports import (
    FolderTransport,
    NotNowError,
    RefusedError,
    SmtpTransport,
    UnreachableError,
    transport_for,
)
from portal.settings import get_settings
from tests.mail.conftest import KARI, LINK, VALUES, Configure, Sink, serve

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def mail(recipient: str = KARI, number: int = 1) -> EmailMessage:
    letter = write("reset-password", "nb", VALUES)
    return enclose(
        letter, recipient=recipient, locale="nb", message_id=f"<{number}@portal.example>", now=NOW
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(pem) + private)
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def starttls_sink(tls: ssl.SSLContext) -> Iterator[Sink]:
    """Offers STARTTLS, insists on it, and asks for a password."""
    sink = Sink()
    controller = serve(
        sink,
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        authenticator=sink.authenticate,
    )
    yield sink
    controller.stop()


@pytest.fixture
def smtps_sink(tls: ssl.SSLContext) -> Iterator[Sink]:
    sink = Sink()
    controller = serve(sink, tls=tls)
    yield sink
    controller.stop()


def send(url: str, *mails: EmailMessage) -> None:
    transport = SmtpTransport(url, "portal.example")
    try:
        for one in mails:
            transport.send(one)
    finally:
        transport.close()


def test_several_mails_share_a_connection(sink: Sink) -> None:
    send(sink.url, mail(), mail(number=2))
    assert sink.message_ids == ["<1@portal.example>", "<2@portal.example>"]
    assert sink.connections == 1


@pytest.mark.usefixtures("trusted")
def test_starttls_with_a_password_of_any_letters(starttls_sink: Sink) -> None:
    send(f"smtp://portal:right%20p%40ss@127.0.0.1:{starttls_sink.port}?starttls=require", mail())
    assert starttls_sink.logins == [("portal", "right p@ss")]
    assert len(starttls_sink.mails) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_loses_no_mail_and_is_not_repeated(starttls_sink: Sink) -> None:
    with pytest.raises(UnreachableError, match=r"^SMTP 535") as refusal:
        send(f"smtp://portal:wrong@127.0.0.1:{starttls_sink.port}?starttls=require", mail())
    assert "wrong" not in str(refusal.value)


def test_starttls_that_is_required_and_not_offered_sends_nothing(sink: Sink) -> None:
    with pytest.raises(UnreachableError):
        send(f"{sink.url}?starttls=require", mail())
    assert sink.mails == []


def test_a_certificate_that_nobody_vouches_for_gets_neither_password_nor_mail(
    starttls_sink: Sink, smtps_sink: Sink
) -> None:
    for url in (
        f"smtp://portal:right%20p%40ss@127.0.0.1:{starttls_sink.port}?starttls=require",
        f"smtps://127.0.0.1:{smtps_sink.port}",
    ):
        with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
            send(url, mail())
    assert starttls_sink.logins == starttls_sink.mails == smtps_sink.mails == []


@pytest.mark.usefixtures("trusted")
def test_smtps(smtps_sink: Sink) -> None:
    send(f"smtps://127.0.0.1:{smtps_sink.port}", mail())
    assert len(smtps_sink.mails) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 kari@nordlys.example unknown", RefusedError),
        ("450 4.2.1 try kari@nordlys.example later", NotNowError),
        ("421 4.3.2 going down", UnreachableError),
    ],
)
def test_what_the_server_answers_decides_and_its_words_are_not_kept(
    sink: Sink, answer: str, error: type[Exception]
) -> None:
    sink.answers[KARI] = answer
    with pytest.raises(error) as refusal:
        send(sink.url, mail())
    assert str(refusal.value) == f"SMTP {answer[:9]}"


def test_an_address_with_other_letters_is_refused_by_a_server_that_cannot_write_it() -> None:
    sink = Sink()
    controller = serve(sink, enable_SMTPUTF8=False)
    try:
        with pytest.raises(RefusedError):
            send(sink.url, mail("kåre@nordlys.example"))
    finally:
        controller.stop()


def test_a_domain_with_other_letters_is_written_in_ascii(sink: Sink) -> None:
    send(sink.url, mail("kari@blåbær.example"))
    assert sink.recipients == ["kari@xn--blbr-roah.example"]


def test_a_server_that_hangs_up_is_met_again_with_a_new_connection(sink: Sink) -> None:
    transport = SmtpTransport(sink.url, "portal.example")
    transport.send(mail())
    transport.abort()
    with pytest.raises(UnreachableError):
        transport.send(mail(number=2))
    transport.send(mail(number=3))
    transport.close()
    assert sink.message_ids == ["<1@portal.example>", "<3@portal.example>"]


def test_something_that_is_no_mail_server_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError):
        send(f"smtp://127.0.0.1:{port}", mail())


def test_the_folder_can_be_read_back_newest_first(configure: Configure, tmp_path: Path) -> None:
    configure(DATA_DIR=str(tmp_path))
    transport = transport_for(get_settings())
    for number in range(3):
        transport.send(mail(f"p{number}@firm.example", number))
    received = mailbox.received()
    assert [one.recipient for one in received] == [f"p{n}@firm.example" for n in (2, 1, 0)]
    newest = received[0]
    assert newest.links == (LINK,)
    assert (newest.subject, newest.locale, newest.sent_at) == (
        write("reset-password", "nb", VALUES).subject,
        "nb",
        NOW,
    )
    assert newest.text == write("reset-password", "nb", VALUES).text
    assert "<html" in newest.html
    assert mailbox.received_as(newest.name) == newest
    assert mailbox.received(recipient="P0@firm.example") == received[2:]


@pytest.mark.parametrize("name", ["../portal.sqlite3", "/etc/passwd", "..", "", "x.eml", "a/b.eml"])
def test_the_mailbox_shows_nothing_but_mail(
    configure: Configure, tmp_path: Path, name: str
) -> None:
    configure(DATA_DIR=str(tmp_path))
    assert mailbox.received_as(name) is None


def test_a_mail_that_is_being_written_is_not_seen(configure: Configure, tmp_path: Path) -> None:
    configure(DATA_DIR=str(tmp_path))
    get_settings().mail_folder.mkdir(parents=True)
    (get_settings().mail_folder / ".20261123T093000.000000-1.part").write_text("half a m")
    assert mailbox.received() == []


def test_a_folder_that_cannot_be_written_loses_no_mail(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(UnreachableError):
        FolderTransport(tmp_path / "mail").send(mail())


@pytest.mark.parametrize(
    "address", ["kari@nordlys.example\nBcc: x@evil.example", "a b@c.example", "nobody", "<@>", "@"]
)
def test_only_an_address_gets_into_a_header(address: str) -> None:
    with pytest.raises((ValueError, UnicodeError)):
        mail(address)


def test_the_same_mail_twice_is_the_same_mail() -> None:
    assert mail().as_bytes() == mail().as_bytes()
