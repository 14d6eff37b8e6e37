"""On which legal basis a topic may be sent: by country, kind of customer, topic and channel.

The table and its sources are `portal/marketing/rules.toml`, the one place where they stand.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.customers.models import CustomerKind
from portal.datamap import Person
from portal.marketing.models import Basis, Channel, Topic

_PERSONS = {True: Person.PRIVATE_CUSTOMER, False: Person.REPRESENTATIVE}


def basis_of(topic: Topic, channel: Channel, *, country: str, kind: CustomerKind) -> Basis:
    """The basis for whoever acts for a customer of this kind in this country.

    Raises:
        LookupError: the table has none; then nothing may be sent.
    """
    return Basis(_rules()[country][_PERSONS[kind.personal].value][topic][channel])


@lru_cache
def _rules() -> dict[str, Any]:
    path = Path(__file__).with_name("rules.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
