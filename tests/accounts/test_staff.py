"""Accounts of people who work for SensorNordic."""

from datetime import datetime

import pytest
from sqlmodel import Session

from portal.accounts.activation import activate
from portal.accounts.passwords import choose
from portal.accounts.sign_in import sign_in
from portal.accounts.staff import add_staff
from portal.actor import system
from portal.errors import InvalidFieldsError, NotAllowedError
from tests.accounts.people import KARI, SIRI, kari, mailed_token, mails, on_a_device, proof_of, told

COMMAND = system("command line")
NEW = "tre rare trollmenn i regnet"


@pytest.mark.parametrize(("lead", "role"), [(False, "agent"), (True, "lead")])
def test_staff_activate_their_account_like_everybody(
    db: Session, clock: datetime, lead: bool, role: str
):
    user = add_staff(db, COMMAND, email=SIRI, name="Siri Dahl", locale="nb", lead=lead, now=clock)
    assert user.staff_role == role
    assert mails(db, SIRI) == ["staff-activation"]
    token = mailed_token(db, SIRI, "staff-activation", "activate")
    activate(db, token, choose(NEW), now=clock)
    assert sign_in(db, proof_of(db, SIRI, NEW), device="", now=clock)
    assert told(db, user)[:2] == ["account created", "staff added"]


def test_who_has_an_account_already_does_not_become_staff(db: Session, clock: datetime):
    user = kari(db, clock)
    with pytest.raises(InvalidFieldsError) as refused:
        add_staff(db, COMMAND, email=KARI, name="Kari", locale="nb", lead=True, now=clock)
    assert refused.value.fields["email"].code == "email-taken"
    assert user.staff_role is None


def test_a_customer_adds_no_staff(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    with pytest.raises(NotAllowedError):
        add_staff(db, actor, email=SIRI, name="Siri", locale="nb", lead=False, now=clock)
