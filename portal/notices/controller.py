"""Who is responsible for the data, and who watches over that, by the company's country."""

from dataclasses import dataclass

from babel import Locale

from portal.languages import current_locale
from portal.settings import get_settings


@dataclass(frozen=True, slots=True)
class Authority:
    """A supervisory authority (GDPR article 51), by the name it has at home."""

    name: str
    address: str


AUTHORITIES: dict[str, Authority] = {
    "NO": Authority("Datatilsynet", "https://www.datatilsynet.no"),
    "SE": Authority("Integritetsskyddsmyndigheten (IMY)", "https://www.imy.se"),
    "DK": Authority("Datatilsynet", "https://www.datatilsynet.dk"),
    "FI": Authority("Tietosuojavaltuutetun toimisto", "https://tietosuoja.fi"),
}
# The national law beside the GDPR, by the name it has at home.
LAWS: dict[str, str] = {
    "NO": "personopplysningsloven",
    "SE": "dataskyddslagen",
    "DK": "databeskyttelsesloven",
    "FI": "tietosuojalaki",
}


def home_country() -> str:
    """The country of the company; Norway until somebody says otherwise."""
    return get_settings().company_country or "NO"


def authorities() -> list[tuple[str, Authority]]:
    """Country and authority of all four, the company's own first."""
    return sorted(AUTHORITIES.items(), key=lambda each: each[0] != home_country())


def country_name(code: str) -> str:
    """What this country is called in the current language."""
    return str(Locale.parse(current_locale()).territories[code])


def facts() -> dict[str, str]:
    """What the texts leave open, by the name of its place. `request` is where anybody asks about
    their data without an account, written out because notices are also printed.
    """
    settings = get_settings()
    return {
        "company": settings.company_name,
        "address": settings.company_address,
        "email": settings.company_email,
        "phone": settings.company_phone,
        "request": f"{settings.origin}/{current_locale()}/privacy/request",
        "law": LAWS[home_country()],
        "authority": AUTHORITIES[home_country()].name,
    }
