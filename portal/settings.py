"""The portal's settings: read once from the environment or `.env`, then frozen.

Every name is `PORTAL_` plus the field's name in capitals; `docs/operations.md` lists them.
What would be unsafe in production is refused here, with one sentence for each problem.
"""

import secrets
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class UnsafeSettingsError(Exception):
    """The configuration must not be used; `problems` holds a sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


INVENTED_COMPANY = {
    "company_name": "SensorNordic",
    "company_address": "Fjordgata 12, 7010 Trondheim",
    "company_email": "personvern@sensornordic.example",
    "company_phone": "+47 73 00 00 00",
    "company_country": "NO",
}
SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """What the operator decides. Frozen: a changed setting needs a restart."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_", env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    env: Environment = Environment.DEVELOPMENT
    public_url: str = "http://localhost:3000"
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    workers: int = Field(default=1, ge=1, le=64)
    outbox: Literal["embedded", "separate"] = "embedded"
    mail_url: str = "folder"
    mail_from: str = "SensorNordic <no-reply@sensornordic.example>"
    secret_key: str = Field(default="", repr=False)
    pseudonym_key: str = Field(default="", repr=False)
    company_name: str = ""
    company_address: str = ""
    company_email: str = ""
    company_phone: str = ""
    company_country: Literal["", "NO", "SE", "DK", "FI"] = ""
    rate_limits: Literal["on", "off"] = "on"
    trusted_proxies: int = Field(default=0, ge=0, le=8)
    security_contact: str = ""
    station_tokens: str = Field(default="", repr=False)
    sender_tokens: str = Field(default="", repr=False)

    @model_validator(mode="before")
    @classmethod
    def _fill_in_development(cls, given: dict[str, object]) -> dict[str, object]:
        if given.get("env", Environment.DEVELOPMENT) != Environment.DEVELOPMENT:
            return given
        filled = INVENTED_COMPANY | given
        data_dir = Path(str(filled.get("data_dir", "var")))
        for name in ("secret_key", "pseudonym_key"):
            filled.setdefault(name, _generated_once(data_dir / f"development-{name}"))
        return filled

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> "Settings":
        if problems := list(_problems(self)):
            raise UnsafeSettingsError(problems)
        return self

    @property
    def in_production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal by https: cookies are then `Secure` and `__Host-`."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address, as browsers send it in `Origin`."""
        return self.public_url.rstrip("/")

    @property
    def public_host(self) -> str:
        """Host, and port if unusual, as browsers send them in `Host`."""
        return urlsplit(self.public_url).netloc

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Keys of signed values and encrypted columns: the first signs, all verify."""
        return _split(self.secret_key)

    @property
    def station_token_list(self) -> tuple[str, ...]:
        """The tokens with which the monitoring station may fetch call lists; all are good."""
        return _split(self.station_tokens)

    @property
    def sender_token_list(self) -> tuple[str, ...]:
        """The tokens with which the mailing and SMS tools may report opt-outs; all are good."""
        return _split(self.sender_tokens)

    @property
    def database(self) -> str:
        """The database's address in SQLAlchemy's form."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'portal.sqlite3').resolve()}"

    @property
    def mail_folder(self) -> Path:
        return self.data_dir / "mail"


def _split(listed: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in listed.split(",") if each.strip())


def _problems(settings: Settings) -> list[str]:
    problems: list[str] = []
    address = urlsplit(settings.public_url)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path.strip("/"):
        problems.append(
            "PORTAL_PUBLIC_URL must be an origin such as https://portal.example, without a path."
        )
    elif settings.origin != f"{address.scheme}://{_as_browsers_send(address)}":
        problems.append(
            "PORTAL_PUBLIC_URL must be as browsers send it: small letters, no name or password, no "
            "question, no port that is the usual one."
        )
    if "@" not in parseaddr(settings.mail_from)[1]:
        problems.append("PORTAL_MAIL_FROM must hold an address: Portal <no-reply@portal.example>.")
    if not settings.database.startswith(("sqlite:", "postgresql+psycopg:")):
        problems.append("PORTAL_DATABASE_URL must begin with sqlite: or postgresql+psycopg:.")
    if settings.workers > 1 and not settings.redis_url:
        problems.append(
            "PORTAL_WORKERS above 1 needs PORTAL_REDIS_URL, because the workers share state there."
        )
    if settings.mail_url != "folder" and not settings.mail_url.startswith(("smtp://", "smtps://")):
        problems.append("PORTAL_MAIL_URL must be folder, or begin with smtp:// or smtps://.")
    if any(len(token) < SHORTEST_SECRET for token in settings.station_token_list):
        problems.append(
            f"PORTAL_STATION_TOKENS needs tokens of at least {SHORTEST_SECRET} characters: they "
            "open every call list, code words included."
        )
    if any(len(token) < SHORTEST_SECRET for token in settings.sender_token_list):
        problems.append(
            f"PORTAL_SENDER_TOKENS needs tokens of at least {SHORTEST_SECRET} characters: whoever "
            "has one can stop everybody's marketing."
        )
    if set(settings.sender_token_list) & set(settings.station_token_list):
        problems.append(
            "PORTAL_SENDER_TOKENS and PORTAL_STATION_TOKENS share a token: the companies that send "
            "mailings would read every call list."
        )
    return problems + (_production_problems(settings) if settings.in_production else [])


def _as_browsers_send(address: SplitResult) -> str:
    """Host and port as they stand in `Host` and `Origin`: any other never matches."""
    usual = {"http": ":80", "https": ":443"}[address.scheme]
    return address.netloc.rpartition("@")[2].lower().removesuffix(usual)


def _production_problems(settings: Settings) -> list[str]:
    problems: list[str] = []
    if not settings.secure:
        problems.append("PORTAL_PUBLIC_URL must begin with https:// in production.")
    if settings.mail_url == "folder":
        problems.append("PORTAL_MAIL_URL must name an SMTP server in production.")
    if "@" in settings.mail_url and not (
        settings.mail_url.startswith("smtps://") or "starttls=require" in settings.mail_url
    ):
        problems.append(
            "PORTAL_MAIL_URL would send its password in clear: use smtps://, or add "
            "?starttls=require."
        )
    if not settings.secret_keys or min(map(len, settings.secret_keys)) < SHORTEST_SECRET:
        problems.append(
            f"PORTAL_SECRET_KEY needs keys of at least {SHORTEST_SECRET} characters in production; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    if len(settings.pseudonym_key) < SHORTEST_SECRET:
        problems.append(
            f"PORTAL_PSEUDONYM_KEY needs at least {SHORTEST_SECRET} characters in production, and "
            "must never change: the audit trail names people by it."
        )
    problems.extend(
        f"PORTAL_{name.upper()} is required in production: the privacy notice names the controller."
        for name in INVENTED_COMPANY
        if not getattr(settings, name)
    )
    if settings.rate_limits == "off":
        problems.append("PORTAL_RATE_LIMITS may be off in development only.")
    return problems


def _write_new_secret(path: Path) -> None:
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        return  # another process was faster


def _generated_once(path: Path) -> str:
    """The secret kept in `path`, made at the first call; development only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_new_secret(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        sentence = f"PORTAL_DATA_DIR must be a folder that can be written to ({reason})."
        raise UnsafeSettingsError([sentence]) from error


def sentences(error: ValidationError) -> list[str]:
    """What is wrong with the settings, a sentence for each setting that has no valid value."""
    return [
        f"PORTAL_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg']}."
        for problem in error.errors()
    ]


@lru_cache
def get_settings() -> Settings:
    """The settings of this process.

    Raises:
        UnsafeSettingsError: a value is missing, malformed or unsafe.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise UnsafeSettingsError(sentences(error)) from error
