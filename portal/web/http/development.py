"""What helps developers, and does not exist in production: the mailbox, and every component."""

from asyncio import to_thread
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from portal.errors import NotFoundError
from portal.languages import format_time
from portal.mail.mailbox import received, received_as
from portal.web.documents import document
from portal.web.http.visit import Visit

# The mail as its reader's program would show it: styles yes, scripts never.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)


async def mailbox(visit: Visit) -> Response:
    """The mails that the portal has sent into the folder, newest first."""
    mails = [
        {
            "address": f"/dev/mailbox/{quote(mail.name.removesuffix('.eml'))}",
            "subject": mail.subject,
            "recipient": mail.recipient,
            "sent": format_time(mail.sent_at),
            "text": mail.text,
            "links": mail.links,
        }
        for mail in await to_thread(received, limit=50)
    ]
    return document("dev/mailbox", visit.locale, mails=mails)


async def mail(visit: Visit) -> Response:
    """One mail's HTML part."""
    found = await to_thread(received_as, f"{visit.request.path_params['name']}.eml")
    if found is None:
        raise NotFoundError
    return HTMLResponse(found.html, headers={"Content-Security-Policy": MAIL_POLICY})


async def components(visit: Visit) -> Response:
    return document("dev/components", visit.locale)
