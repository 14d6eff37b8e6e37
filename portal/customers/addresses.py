"""Addresses, wherever they stand: of a site, of a move, of a row in the back office's file."""

from typing import Protocol


class Address(Protocol):
    """What has an address."""

    @property
    def address(self) -> str: ...

    @property
    def postal_code(self) -> str: ...

    @property
    def city(self) -> str: ...


def one_line(place: Address) -> str:
    """The address as people read it, such as `Storgata 4, 7030 Trondheim`."""
    return f"{place.address}, {place.postal_code} {place.city}"


def named_line(name: str, place: Address) -> str:
    """The site's name before its address, where it is not just the street."""
    return one_line(place) if name == place.address else f"{name}, {one_line(place)}"
