"""One module per page: its view and its state. This is the list of all of them."""

from portal.web.page import Document, Page
from portal.web.pages import (
    account,
    company,
    components_gallery,
    confirm_identity,
    email_change,
    mailbox,
    new_password,
    overview,
    recovery,
    refusals,
    sign_in,
)

# In the order of the navigation; a person starts on the first one that is for them.
PAGES: tuple[Page, ...] = (overview.PAGE, company.PAGE, account.PAGE)

DOCUMENTS: tuple[Document, ...] = (
    sign_in.DOCUMENT,
    confirm_identity.DOCUMENT,
    *new_password.DOCUMENTS,
    *recovery.DOCUMENTS,
    *email_change.DOCUMENTS,
    *refusals.DOCUMENTS,
    mailbox.DOCUMENT,
    components_gallery.DOCUMENT,
)
