"""The legal bases: one for everything that may be sent, each country's with its source."""

import inspect
import re
from itertools import product

import pytest

from portal.customers.company_fields import COUNTRIES
from portal.customers.models import CustomerKind
from portal.datamap import Person
from portal.marketing import rules
from portal.marketing.models import Basis, Channel, Topic
from portal.marketing.rules import basis_of
from portal.marketing.wordings import CELLS

TABLE = rules._rules()


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", CustomerKind)
@pytest.mark.parametrize(("topic", "channel"), CELLS)
def test_everything_that_may_be_sent_has_a_basis(
    country: str, kind: CustomerKind, topic: Topic, channel: Channel
) -> None:
    assert isinstance(basis_of(topic, channel, country=country, kind=kind), Basis)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_names_its_law_with_number_and_section(country: str) -> None:
    source = TABLE[country]["source"]
    assert re.search(r"§|\d+ §", source)
    assert re.search(r"LOV-\d{4}|\d{4}:\d+|lov nr\. \d+|\d+/\d{4}", source)


def test_table_has_these_countries_these_persons_and_nothing_else() -> None:
    assert set(TABLE) == set(COUNTRIES)
    persons = {Person.REPRESENTATIVE.value, Person.PRIVATE_CUSTOMER.value}
    for country in COUNTRIES:
        assert set(TABLE[country]) == persons | {"source"}
        for person in persons:
            cells = {
                (topic, channel)
                for topic, channels in TABLE[country][person].items()
                for channel in channels
            }
            assert cells == set(CELLS)


def test_alarm_contacts_are_not_in_it() -> None:
    """They have no marketing: there is nothing to have a basis for."""
    assert Person.ALARM_CONTACT.value not in str(TABLE)
    assert "contact" not in inspect.getsource(rules).lower()
    assert set(rules._PERSONS.values()) == {Person.REPRESENTATIVE, Person.PRIVATE_CUSTOMER}


@pytest.mark.parametrize("kind", CustomerKind)
@pytest.mark.parametrize("topic", [Topic.OFFERS, Topic.INFORMATION, Topic.SURVEYS])
@pytest.mark.parametrize("channel", Channel)
def test_denmark_asks_everybody_before_anything_that_it_counts_as_marketing(
    kind: CustomerKind, topic: Topic, channel: Channel
) -> None:
    assert basis_of(topic, channel, country="DK", kind=kind) is Basis.CONSENT


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", [kind for kind in CustomerKind if kind.personal])
@pytest.mark.parametrize("channel", Channel)
def test_private_people_are_sent_offers_with_their_consent_only(
    country: str, kind: CustomerKind, channel: Channel
) -> None:
    assert basis_of(Topic.OFFERS, channel, country=country, kind=kind) is Basis.CONSENT


@pytest.mark.parametrize("country", COUNTRIES)
def test_sms_never_needs_less_than_email_and_private_people_never_less_than_companies(
    country: str,
) -> None:
    for topic, kind in product(Topic, CustomerKind):
        by_mail, by_sms = (
            basis_of(topic, channel, country=country, kind=kind)
            for channel in (Channel.EMAIL, Channel.SMS)
        )
        assert (by_mail, by_sms) != (Basis.CONSENT, Basis.LEGITIMATE_INTEREST)
    for topic, channel in CELLS:
        company, private = (
            basis_of(topic, channel, country=country, kind=kind)
            for kind in (CustomerKind.COMPANY, CustomerKind.HOUSEHOLD)
        )
        assert (company, private) != (Basis.CONSENT, Basis.LEGITIMATE_INTEREST)


@pytest.mark.parametrize("country", ["IS", "", "no"])
def test_nothing_may_be_sent_where_the_table_has_nothing(country: str) -> None:
    with pytest.raises(LookupError):
        basis_of(Topic.OFFERS, Channel.EMAIL, country=country, kind=CustomerKind.COMPANY)
