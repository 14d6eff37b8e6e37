"""Settings: what is unsafe is refused, with a sentence for each reason."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.settings import INVENTED_COMPANY, Settings, UnsafeSettingsError

SAFE = {
    "PORTAL_ENV": "production",
    "PORTAL_PUBLIC_URL": "https://portal.example",
    "PORTAL_MAIL_URL": "smtp://mail.example:587?starttls=require",
    "PORTAL_SECRET_KEY": "s" * 48,
    "PORTAL_PSEUDONYM_KEY": "p" * 48,
    **{f"PORTAL_{name.upper()}": value for name, value in INVENTED_COMPANY.items()},
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for name in SAFE:
        monkeypatch.delenv(name, raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_development_needs_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch)
    assert settings.origin == "http://localhost:3000"
    assert settings.company_name == "SensorNordic"


def test_the_development_secret_is_made_once(monkeypatch: pytest.MonkeyPatch):
    first, second = read(monkeypatch), read(monkeypatch)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) > 32
    assert first.secret_key != first.pseudonym_key


def test_the_development_secret_is_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = read(monkeypatch)
    for path in settings.data_dir.glob("development-*"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PUBLIC_URL", "http://localhost:3000?x"),
        ("PORTAL_PUBLIC_URL", "http://kari:secret@localhost:3000"),
        ("PORTAL_PUBLIC_URL", "http://LOCALHOST:3000"),
        ("PORTAL_PUBLIC_URL", "https://portal.example:443"),
        ("PORTAL_MAIL_FROM", "nobody"),
        ("PORTAL_DATA_DIR", "/proc/portal"),
    ],
)
def test_what_could_never_work_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    with pytest.raises(UnsafeSettingsError) as refused:
        read(monkeypatch, **{name: value})
    (problem,) = refused.value.problems
    assert problem.startswith(name)


@pytest.mark.parametrize("url", ["http://[::1]:3000", "https://portal.example/", "http://a.b:8080"])
def test_origins_of_every_form_are_accepted(monkeypatch: pytest.MonkeyPatch, url: str):
    assert read(monkeypatch, PORTAL_PUBLIC_URL=url).origin == url.rstrip("/")


def test_a_safe_production_is_accepted(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch, **SAFE)
    assert settings.in_production
    assert settings.secure


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORTAL_PUBLIC_URL", "http://portal.example", "https"),
        ("PORTAL_PUBLIC_URL", "https://portal.example/path", "origin"),
        ("PORTAL_MAIL_URL", "folder", "SMTP"),
        ("PORTAL_MAIL_URL", "imap://x", "smtp"),
        ("PORTAL_SECRET_KEY", "short", "PORTAL_SECRET_KEY"),
        ("PORTAL_SECRET_KEY", f"{'s' * 48},short", "PORTAL_SECRET_KEY"),
        ("PORTAL_PSEUDONYM_KEY", "short", "PORTAL_PSEUDONYM_KEY"),
        ("PORTAL_COMPANY_NAME", "", "PORTAL_COMPANY_NAME"),
        ("PORTAL_RATE_LIMITS", "off", "PORTAL_RATE_LIMITS"),
        ("PORTAL_WORKERS", "2", "PORTAL_REDIS_URL"),
        ("PORTAL_DATABASE_URL", "mysql://x", "PORTAL_DATABASE_URL"),
    ],
)
def test_an_unsafe_production_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
):
    with pytest.raises(UnsafeSettingsError) as refused:
        read(monkeypatch, **(SAFE | {name: value}))
    assert any(said in problem for problem in refused.value.problems)


@pytest.mark.parametrize("name", ["PORTAL_STATION_TOKENS", "PORTAL_SENDER_TOKENS"])
def test_a_short_token_of_a_machine_is_refused(monkeypatch: pytest.MonkeyPatch, name: str):
    with pytest.raises(UnsafeSettingsError) as refused:
        read(monkeypatch, **{name: f"{'t' * 32},short"})
    (problem,) = refused.value.problems
    assert problem.startswith(name)


def test_a_token_is_good_for_one_purpose(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch, PORTAL_SENDER_TOKENS=f" {'s' * 32}, {'t' * 32},")
    assert settings.sender_token_list == ("s" * 32, "t" * 32)
    assert "s" * 32 not in repr(settings)
    with pytest.raises(UnsafeSettingsError, match="share a token"):
        read(monkeypatch, PORTAL_STATION_TOKENS="t" * 32)


def test_every_problem_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(UnsafeSettingsError) as refused:
        read(monkeypatch, PORTAL_ENV="production")
    assert len(refused.value.problems) > 5


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch, **SAFE)
    assert "s" * 48 not in repr(settings)
    assert "p" * 48 not in repr(settings)


def test_settings_are_frozen(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_only_a_country_whose_rules_are_known_is_the_companys(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ValidationError, match="'NO', 'SE', 'DK' or 'FI'"):
        read(monkeypatch, PORTAL_COMPANY_COUNTRY="DE")
