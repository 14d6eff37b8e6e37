"""What the operator reads about a wrong cell. English: the operator's language is the file's."""

from portal.customers.import_file import Problem

REASONS: dict[str, str] = {
    "file-empty": "The file is empty.",
    "file-encoding": "The file is neither UTF-8 nor Windows-1252. Save it as CSV in one of them.",
    "quotes": "A quotation mark opens here and closes nowhere.",
    "column-missing": "This column is missing.",
    "column-twice": "This column stands in the file twice.",
    "column-unknown": "No such column is known. Rename it, or take it out.",
    "cells-count": "The row has {found} cells where the header has {expected}.",
    "row-twice": "This customer and site stand in line {line} already.",
    "first-row-wrong": "The customer's first row, line {line}, is wrong.",
    "differs-from-first-row": "The customer's first row, line {line}, says something else.",
    "owner-differs": "The customer's first row, line {line}, names another owner.",
    "owner-name-differs": "Line {line} has another name for this e-mail, which is one person's.",
    "owner-is-staff": "This e-mail is one of SensorNordic's own staff.",
    "owner-name-required": "The owner needs a name.",
    "owner-email-required": "The owner needs an e-mail.",
    "customer-number-required": "The customer number is missing.",
    "customer-number-characters": "A customer number has up to 20 letters, digits and . _ / -",
    "name-required": "The name is missing.",
    "address-required": "The address is missing.",
    "postal-code-required": "The postal code is missing.",
    "city-required": "The city is missing.",
    "country-required": "The country is missing.",
    "country-unknown": "The country is none of Norway, Sweden, Denmark and Finland.",
    "postal-code-digits": "The country's postal codes have {digits} digits.",
    "organisation-number-required": "A company has an organisation number.",
    "organisation-number-of-household": "A household has no organisation number.",
    "organisation-number-characters": "An organisation number is made of digits.",
    "organisation-number-too-short": "The organisation number has too few digits.",
    "organisation-number-too-long": "The organisation number has too many digits.",
    "organisation-number-unknown": "A digit of the organisation number is wrong.",
    "national-identity-number": "This is a person's identity number. It must not be kept here.",
    "phone-characters": "A phone number is made of digits.",
    "phone-too-short": "The phone number has too few digits.",
    "phone-too-long": "The phone number has too many digits.",
    "phone-unknown": "Nobody can have this phone number.",
    "email-no-at": "An e-mail address has an @.",
    "email-unknown": "No mail can go to this address.",
    "email-shared": "Several people read this mailbox. An owner signs in with their own address.",
    "text-too-long": "The text has more than {limit} characters.",
    "date-unknown": "Write dates like 2026-11-22 or 22.11.2026.",
    "contract-end-before-start": "The contract ends before it starts.",
    "language-unknown": "The language is none of nb, en, sv, da and fi.",
}


def reason(problem: Problem) -> str:
    """The sentence for a problem."""
    return REASONS[problem.code].format(**problem.details)
