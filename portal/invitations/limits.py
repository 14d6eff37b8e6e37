"""How many invitations may be open, and how often one address may be invited."""

from datetime import timedelta

from portal.limits import Limit

OPEN_PER_CUSTOMER = 600
LIFE = timedelta(days=14)
INVITATION_PER_RECIPIENT = Limit("invitation per recipient", 10, timedelta(days=1))
ALL = (INVITATION_PER_RECIPIENT,)
