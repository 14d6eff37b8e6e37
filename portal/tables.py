"""Declares every table: importing this module fills `database.metadata`."""

import portal.accounts.models
import portal.audit.models
import portal.contacts.models
import portal.customers.models
import portal.invitations.models
import portal.mail.models
import portal.marketing.models
import portal.notices.models
import portal.privacy.models  # noqa: F401
