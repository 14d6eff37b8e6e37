"""The kinds of data that readers of a privacy notice know, and which columns are of which kind.

A column is found by `table.column`, or by its table. Published versions name kinds by their code:
a code is never given another meaning, and never removed.
"""

from portal.languages import N_

EVERYTHING = "everything"
KINDS: dict[str, str] = {
    EVERYTHING: N_("Everything that we keep"),
    # About customers and whoever acts for them
    "identity": N_("Name, organisation number and customer number"),
    "address": N_("Address, phone number and email of the customer"),
    "invoice-email": N_("Email for invoices"),
    "products": N_("Products, length of the contract, and since when the customer is one"),
    "customer-register": N_("What our customer register says about the same"),
    "sites": N_("The addresses that we protect, and when they move"),
    "changes": N_("Who changed which details, and when"),
    "team": N_("For which customers you act, and in which role"),
    "marketing": N_("What you chose about mail from us, and what we sent you by it"),
    "choice-record": N_("The record of your choices: what you were asked, and what you answered"),
    "survey-answers": N_("What you answered when we asked how we do"),
    "no-more": N_("Addresses that get no marketing, in a form from which nobody can read them"),
    # About alarm contacts
    "contact": N_("Name, phone number, language, and who you are to the customer"),
    "contact-email": N_("Email"),
    "own-details": N_("Phone number and language that you gave us yourself"),
    "code-word": N_("Code word"),
    "contact-of": N_("For which customer you are an alarm contact"),
    "place": N_("For which site, your place in the order, role, key, dates and answer"),
    "pause": N_("When you are away"),
    "told": N_("That the customer has told you"),
    "adult": N_("That you are an adult"),
    "introduction": N_("How far your invitation and this notice have come"),
    "invitation": N_("The invitation that we mailed you, and your answer"),
    "course": N_("That you took the course for your role"),
    "no": N_("That you said no, in a form that only tells whether somebody is the same person"),
    "list-history": N_("What changed on the call list, when, and by whom"),
    "call-lists": N_("The call lists, and what is kept about the people on them"),
    # About everybody with an account
    "account": N_("Name, email, phone number, language, and when you signed in"),
    "password": N_("Your password, in a form from which nobody can read it"),
    "devices": N_("On which devices you are signed in, and since when"),
    "links": N_("Links that we mailed you, and whether they were used"),
    "mail": N_("Mail from us that is on its way to you"),
    "log": N_("What was done in the portal, under a pseudonym"),
    "notice": N_("Which privacy notice you were given, when and how"),
    "deletion": N_("That you deleted data, what and when, without your name"),
    "request": N_("What you asked of us about your data, and our answer"),
}

_KIND_OF: dict[str, str] = {
    "customers": "identity",
    "customers.address": "address",
    "customers.postal_code": "address",
    "customers.city": "address",
    "customers.country": "address",
    "customers.phone": "address",
    "customers.email": "address",
    "customers.invoice_email": "invoice-email",
    "customers.products": "products",
    "customers.contract_start": "products",
    "customers.contract_end": "products",
    "customers.customer_since": "products",
    "customers.back_office_values": "customer-register",
    "import_conflicts": "customer-register",
    "sites": "sites",
    "sites.back_office_name": "customer-register",
    "moving_requests": "sites",
    "moving_requests.requested_by": "changes",
    "company_changes": "changes",
    "members": "team",
    "ownership_offers": "team",
    "marketing_choices": "marketing",
    "marketing_pauses": "marketing",
    "marketing_mailings": "marketing",
    "marketing_receipts": "choice-record",
    "survey_answers": "survey-answers",
    "suppressions": "no-more",
    "alarm_contacts": "introduction",
    "alarm_contacts.customer_id": "contact-of",
    "alarm_contacts.user_id": "contact-of",
    "alarm_contacts.batch_id": "contact-of",
    "alarm_contacts.name": "contact",
    "alarm_contacts.phone": "contact",
    "alarm_contacts.locale": "contact",
    "alarm_contacts.relation": "contact",
    "alarm_contacts.email": "contact-email",
    "alarm_contacts.own_phone": "own-details",
    "alarm_contacts.own_locale": "own-details",
    "alarm_contacts.code_word": "code-word",
    "alarm_contacts.told_at": "told",
    "alarm_contacts.told_by": "list-history",
    "alarm_contacts.told_words": "told",
    "alarm_contacts.adult_at": "adult",
    "call_list_entries": "place",
    "call_list_entries.paused_from": "pause",
    "call_list_entries.paused_until": "pause",
    "contact_batches": "list-history",
    "contact_changes": "list-history",
    "course_confirmations": "course",
    "course_confirmations.customer_id": "contact-of",
    "course_confirmations.contact_id": "contact-of",
    "invitations": "invitation",
    "invitations.contact_id": "links",
    "invitations.token_hash": "links",
    "invitations.reminder_hash": "links",
    "invitations.invited_by": "changes",
    "invitations.accepted_by": "links",
    "invitation_bars": "no",
    "users": "account",
    "users.password_hash": "password",
    "sessions": "devices",
    "one_time_links": "links",
    "outbox": "mail",
    "audit_entries": "log",
    "notices_given": "notice",
    "deletions": "deletion",
    "deletion_notices": "deletion",
    "data_requests": "request",
}

# What is kept about people with an account, but never about alarm contacts.
ONLY_OF_MEMBERS = frozenset({"team"})


def kind_of(table: str, column: str) -> str:
    """The kind of data in this column.

    Raises:
        LookupError: readers have no word for it yet: give it a kind above.
    """
    kind = _KIND_OF.get(f"{table}.{column}") or _KIND_OF.get(table)
    if kind is None:
        raise LookupError(f"the privacy notices have no word for {table}.{column}")
    return kind
