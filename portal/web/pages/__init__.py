"""One module per page: its view and its state. This is the list of all of them."""

from portal.web.page import Document, Page
from portal.web.pages import (
    account,
    company,
    components_gallery,
    confirm_identity,
    contact_documents,
    contacts,
    course,
    email_change,
    invitation,
    mailbox,
    my_alarms,
    new_password,
    notices,
    overview,
    ownership,
    recovery,
    refusals,
    sign_in,
    support_call_lists,
    team,
)

# In the order of the navigation; a person starts on the first one that is for them.
PAGES: tuple[Page, ...] = (
    overview.PAGE,
    company.PAGE,
    contacts.PAGE,
    team.PAGE,
    ownership.PAGE,
    my_alarms.PAGE,
    course.PAGE,
    support_call_lists.PAGE,
    account.PAGE,
)

DOCUMENTS: tuple[Document, ...] = (
    sign_in.DOCUMENT,
    confirm_identity.DOCUMENT,
    *new_password.DOCUMENTS,
    *recovery.DOCUMENTS,
    *email_change.DOCUMENTS,
    *invitation.DOCUMENTS,
    *contact_documents.DOCUMENTS,
    *notices.DOCUMENTS,
    *refusals.DOCUMENTS,
    mailbox.DOCUMENT,
    components_gallery.DOCUMENT,
)
