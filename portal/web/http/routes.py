"""Every plain HTTP route, with who may call it."""

from portal.accounts.models import LinkPurpose
from portal.notices.models import Audience
from portal.settings import get_settings
from portal.web.access import Access
from portal.web.http import (
    api,
    contact_documents,
    data_request,
    deletion,
    development,
    health,
    invitations,
    mailed_links,
    notices,
    own_account,
    receipts,
    recovery,
    register,
    sign_in,
    start,
    survey,
    unsubscribe,
)
from portal.web.http.downloads import COMPANY_RECORD, MY_DATA, begun, download
from portal.web.http.route import Route

_PUBLIC = (
    Route("GET", "/", Access.EVERYONE, start.start),
    Route("GET", "/{locale}", Access.EVERYONE, start.start),
    Route("GET", "/{locale}/sign-in", Access.EVERYONE, sign_in.show_sign_in),
    Route("POST", "/auth/sign-in", Access.EVERYONE, sign_in.post_sign_in),
    Route("GET", "/go/{purpose}/{token}", Access.EVERYONE, mailed_links.go),
    Route("GET", "/{locale}/activate", Access.EVERYONE, recovery.link_page(LinkPurpose.ACTIVATE)),
    Route("POST", "/auth/activate", Access.EVERYONE, recovery.post_activate),
    Route("GET", "/{locale}/reset-password", Access.EVERYONE, recovery.show_ask_reset),
    Route("POST", "/auth/ask-reset", Access.EVERYONE, recovery.post_ask_reset),
    Route("GET", "/{locale}/check-your-mail", Access.EVERYONE, recovery.show_check_mail),
    Route(
        "GET",
        "/{locale}/reset-password/new",
        Access.EVERYONE,
        recovery.link_page(LinkPurpose.RESET_PASSWORD),
    ),
    Route("POST", "/auth/reset-password", Access.EVERYONE, recovery.post_reset),
    Route(
        "GET",
        "/{locale}/confirm-email",
        Access.EVERYONE,
        recovery.link_page(LinkPurpose.CONFIRM_EMAIL),
    ),
    Route("POST", "/auth/confirm-email", Access.EVERYONE, recovery.post_confirm_email),
    Route(
        "GET", "/{locale}/undo-email", Access.EVERYONE, recovery.link_page(LinkPurpose.UNDO_EMAIL)
    ),
    Route("POST", "/auth/undo-email", Access.EVERYONE, recovery.post_undo_email),
    Route("GET", "/{locale}/invitation", Access.EVERYONE, invitations.show_invitation),
    Route("POST", "/auth/invitation/accept", Access.EVERYONE, invitations.post_accept),
    Route("POST", "/auth/invitation/decline", Access.EVERYONE, invitations.post_decline),
    Route("POST", "/auth/invitation/take-back", Access.EVERYONE, invitations.post_take_back),
    Route("POST", "/auth/invitation/not-me", Access.EVERYONE, invitations.post_not_me),
    Route("POST", "/auth/invitation/password", Access.EVERYONE, invitations.post_password),
    Route("POST", "/auth/invitation/sign-in", Access.EVERYONE, invitations.post_sign_in),
    Route("GET", "/unsubscribe/{token}", Access.EVERYONE, unsubscribe.show_link),
    Route(
        "POST",
        "/unsubscribe/{token}",
        Access.EVERYONE,
        unsubscribe.post_one_click,
        checks_origin=False,
    ),
    Route("GET", "/{locale}/unsubscribe", Access.EVERYONE, unsubscribe.show_unsubscribe),
    Route("POST", "/auth/unsubscribe", Access.EVERYONE, unsubscribe.post_unsubscribe),
    Route("GET", "/{locale}/survey", Access.EVERYONE, survey.show_survey),
    Route("GET", "/{locale}/survey/thanks", Access.EVERYONE, survey.show_thanks),
    Route("POST", "/auth/survey", Access.EVERYONE, survey.post_survey),
    Route("GET", "/{locale}/keep-account", Access.EVERYONE, deletion.show_keep),
    Route("POST", "/auth/keep-account", Access.EVERYONE, deletion.post_keep),
    Route("GET", "/{locale}/keep-account/done", Access.EVERYONE, deletion.show_kept),
    Route("GET", "/{locale}/data/deleted", Access.EVERYONE, deletion.show_deleted),
    Route("GET", "/{locale}/deletion-certificate", Access.EVERYONE, deletion.show_certificate),
    Route("GET", "/{locale}/privacy", Access.EVERYONE, notices.notice_page(Audience.CUSTOMER)),
    Route(
        "GET",
        "/{locale}/privacy/alarm-contacts",
        Access.EVERYONE,
        notices.notice_page(Audience.ALARM_CONTACT),
    ),
    Route("GET", "/{locale}/privacy/request", Access.EVERYONE, data_request.show_ask),
    Route("POST", "/auth/data-request", Access.EVERYONE, data_request.post_ask),
    Route("GET", "/{locale}/privacy/request/sent", Access.EVERYONE, data_request.show_sent),
    Route("GET", "/{locale}/privacy/request/confirm", Access.EVERYONE, data_request.show_confirm),
    Route("POST", "/auth/data-request/confirm", Access.EVERYONE, data_request.post_confirm),
    Route(
        "GET", "/{locale}/privacy/request/confirmed", Access.EVERYONE, data_request.show_confirmed
    ),
    Route("GET", "/api/call-lists", Access.EVERYONE, api.get_call_lists),
    Route(
        "POST",
        "/api/call-lists/acknowledgements",
        Access.EVERYONE,
        api.post_acknowledgement,
        checks_origin=False,
    ),
    Route(
        "POST",
        "/api/marketing/opt-outs",
        Access.EVERYONE,
        api.post_opt_outs,
        checks_origin=False,
    ),
    Route("GET", "/api/openapi.json", Access.EVERYONE, api.openapi),
    Route("GET", "/health/live", Access.EVERYONE, health.live),
    Route("GET", "/health/ready", Access.EVERYONE, health.ready),
    Route("GET", "/.well-known/change-password", Access.EVERYONE, health.change_password),
    Route("GET", "/.well-known/security.txt", Access.EVERYONE, health.security_txt),
    Route("GET", "/robots.txt", Access.EVERYONE, health.robots),
)

_SIGNED_IN = (
    Route("POST", "/auth/sign-out", Access.SIGNED_IN, sign_in.post_sign_out),
    Route("POST", "/auth/acting-for", Access.MEMBER, sign_in.post_acting_for),
    Route("GET", "/{locale}/confirm-identity", Access.SIGNED_IN, sign_in.show_confirm_identity),
    Route("POST", "/auth/confirm-identity", Access.SIGNED_IN, sign_in.post_confirm_identity),
    Route("GET", "/{locale}/account/password", Access.SIGNED_IN, own_account.show_password),
    Route("POST", "/auth/password", Access.SIGNED_IN, own_account.post_password),
    Route("GET", "/{locale}/account/email", Access.SIGNED_IN, own_account.show_email),
    Route("POST", "/auth/email", Access.SIGNED_IN, own_account.post_email),
    Route("GET", "/{locale}/account/email/sent", Access.SIGNED_IN, own_account.show_email_sent),
)

_PRIVACY = (
    Route("GET", "/{locale}/data/delete", Access.NOT_STAFF, deletion.show_choice),
    Route("GET", "/{locale}/data/delete/{scope}", Access.NOT_STAFF, deletion.show_preview),
    Route("POST", "/auth/delete", Access.NOT_STAFF, deletion.post_delete),
    Route("GET", "/{locale}/data/copy", Access.NOT_STAFF, begun(MY_DATA)),
    Route("GET", "/{locale}/data/company-record", Access.OWNER, begun(COMPANY_RECORD)),
    Route("GET", "/download/my-data", Access.NOT_STAFF, download(MY_DATA)),
    Route("GET", "/download/company-record", Access.OWNER, download(COMPANY_RECORD)),
)

_MEMBERS = (
    Route("GET", "/download/receipts", Access.MEMBER, receipts.download_receipts),
    Route("GET", "/download/receipts/{id}", Access.MEMBER, receipts.download_receipt),
)

_CONTACTS = (
    Route(
        "GET",
        "/{locale}/contacts/code-word/{id}",
        Access.MEMBER,
        contact_documents.show_code_word,
    ),
    Route(
        "GET",
        "/{locale}/my-alarms/code-word/{id}",
        Access.CONTACT,
        contact_documents.show_own_code_word,
    ),
    Route("POST", "/auth/code-word", Access.SIGNED_IN, contact_documents.post_code_word),
    Route("GET", "/{locale}/contacts/letter/{id}", Access.MEMBER, contact_documents.show_letter),
    Route("POST", "/auth/letter", Access.MEMBER, contact_documents.post_letter),
)

_STAFF = (Route("GET", "/download/register/{format}", Access.LEAD, register.download_register),)

_DEVELOPMENT = (
    Route("GET", "/dev/mailbox", Access.EVERYONE, development.mailbox),
    Route("GET", "/dev/mailbox/{name}", Access.EVERYONE, development.mail),
    Route("GET", "/dev/components", Access.EVERYONE, development.components),
)


def routes() -> tuple[Route, ...]:
    """The routes of this configuration: what helps developers does not exist in production."""
    always = _PUBLIC + _SIGNED_IN + _PRIVACY + _MEMBERS + _CONTACTS + _STAFF
    return always if get_settings().in_production else always + _DEVELOPMENT
