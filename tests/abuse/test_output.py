"""What people type stays text: in documents, in mail, on the staff's side."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from sqlmodel import col, select

from portal.accounts.models import LinkPurpose, User
from portal.database import transaction
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests import people
from tests.people import KARI
from tests.running import without_address
from tests.visitors import HERE, Browsers, Configure

HOSTILE = [
    "</a> https://evil.example <script>alert(1)</script>",
    "{{7*7}}",
    "{% for x in y %}",
    "https://evil.example/pay",
    "evil.example",
    "<img src=x onerror=alert(1)>",
    "Kari\r\nBcc: all@nordlys.example",
    "\u202eevil",
]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_inert_in_mail(browsers: Browsers, inhabited: str, name: str) -> None:
    with people.changing(KARI) as kari:
        kari.name = name
    browsers().submit("/auth/ask-reset", email=KARI, locale="en")
    with transaction() as db:
        mail = db.exec(select(OutboxMessage)).one()
    assert mail.body is not None
    letter = Letter.opened(mail.body)
    tags = Tags(letter.html)
    assert not {"script", "img", "iframe", "form", "object"} & set(tags.found)
    assert all(link.startswith((HERE, "mailto:", "tel:", "#")) for link in tags.links), tags.links
    assert "49" not in without_address(letter.text)
    assert "\n" not in letter.subject
    assert "Bcc" not in letter.subject
    # Mail programs turn whatever looks like an address into a link, in plain text as well.
    own = letter.text.replace(HERE, "")
    assert not re.search(r"(?<![\w\u2060\u200b.])https?://", own)
    assert "evil.example" not in own


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_address_is_inert_in_documents(
    browsers: Browsers, inhabited: str, name: str
) -> None:
    from portal.accounts import links

    with transaction() as db:
        kari = db.exec(select(User).where(col(User.email) == KARI)).one()
        token = links.create(
            db, kari.id, LinkPurpose.CONFIRM_EMAIL, now=datetime.now(UTC), email=name
        )
    visitor = browsers(follow_redirects=True)
    answer = visitor.get(f"/go/confirm-email/{token}?l=en")
    assert answer.status_code == 200
    tags = Tags(answer.text)
    assert "script" not in tags.found
    assert "img" not in tags.found
    assert not [link for link in tags.links if "evil" in link]


def test_the_mailbox_shows_mail_without_its_scripts(browsers: Browsers, inhabited: str) -> None:
    answer = browsers().get("/dev/mailbox")
    assert answer.status_code == 200
    assert "script-src 'none'" in answer.headers["content-security-policy"]


def test_the_mailbox_and_the_components_do_not_exist_in_production(
    browsers: Browsers, inhabited: str, configure: Configure
) -> None:
    configure(
        ENV="production",
        PUBLIC_URL="https://portal.example",
        MAIL_URL="smtp://mail.example",
        SECRET_KEY="s" * 40,
        PSEUDONYM_KEY="p" * 40,
        COMPANY_NAME="SensorNordic",
        COMPANY_ADDRESS="Fjordgata 12",
        COMPANY_EMAIL="a@b.example",
        COMPANY_PHONE="+47 73 00 00 00",
        COMPANY_COUNTRY="NO",
    )
    for path in ("/dev/mailbox", "/dev/components", "/dev/mailbox/x"):
        assert browsers().get(path).status_code == 404, path
