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
    data,
    data_download,
    email_change,
    invitation,
    mailbox,
    my_alarms,
    new_password,
    notices,
    overview,
    ownership,
    preferences,
    recovery,
    refusals,
    sign_in,
    support_call_lists,
    support_opt_outs,
    survey,
    team,
    unsubscribe,
)

# In the order of the navigation; a person starts on the first one that is for them.
PAGES: tuple[Page, ...] = (
    overview.PAGE,
    company.PAGE,
    contacts.PAGE,
    team.PAGE,
    ownership.PAGE,
    preferences.PAGE,
    my_alarms.PAGE,
    course.PAGE,
    support_call_lists.PAGE,
    support_opt_outs.PAGE,
    data.PAGE,
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
    *unsubscribe.DOCUMENTS,
    *survey.DOCUMENTS,
    *data_download.DOCUMENTS,
    *refusals.DOCUMENTS,
    mailbox.DOCUMENT,
    components_gallery.DOCUMENT,
)
