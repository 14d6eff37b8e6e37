"""Declares every table: importing this module fills `database.metadata`."""

import portal.accounts.models
import portal.audit.models
import portal.customers.models
import portal.mail.models  # noqa: F401
