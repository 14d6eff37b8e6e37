"""Telling those who pass it on that what a site is called, where it is, or whose it is has changed.

They stand on a higher floor, and register themselves here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from portal.customers.models import Site

Listener = Callable[[Session, Sequence[Site], datetime], None]
_listeners: list[Listener] = []


def register_site_listener(listener: Listener) -> Listener:
    """Let `listener` be told, in the same transaction, of every change of a site's name, address,
    or customer's name, as that transaction's last act but its mail.
    """
    _listeners.append(listener)
    return listener


def tell_sites_changed(db: Session, sites: Sequence[Site], *, now: datetime) -> None:
    """Tell everybody who registered."""
    for listener in _listeners:
        listener(db, sites, now)
