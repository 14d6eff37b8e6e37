"""The pages are built when, and only when, something they are made of has changed."""

from pathlib import Path

import pytest
from reflex_base import constants

from portal import build
from portal.settings import Settings
from portal.web import bundle


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A small portal's folder, in which building only takes note of itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REFLEX_WEB_WORKDIR", raising=False)
    Path("portal/web").mkdir(parents=True)
    Path("portal/web/page.py").write_text("title = 'Company'")
    runs: list[str] = []

    Path(".web/build").mkdir(parents=True)

    def pretend(log: Path, *, first: bool, say: build.Say) -> None:
        runs.append("built")

    monkeypatch.setattr(build, "_build", pretend)
    return runs


def ensure(**settings: str) -> bool:
    return build.ensure_frontend(Settings(**settings), say=lambda line: None)  # pyright: ignore[reportArgumentType]


def test_nothing_is_built_again_when_nothing_has_changed(built: list[str]) -> None:
    assert ensure() is True
    assert ensure() is False
    assert built == ["built"]


def test_a_changed_page_is_built_again(built: list[str]) -> None:
    ensure()
    Path("portal/web/page.py").write_text("title = 'Your company'")
    assert ensure() is True


def test_another_address_needs_no_new_build(built: list[str]) -> None:
    ensure()
    assert ensure(public_url="http://localhost:3999") is False


def test_another_company_name_is_built_into_the_titles(built: list[str]) -> None:
    ensure()
    assert ensure(company_name="Nordvakt") is True


def test_a_build_that_was_cut_short_is_done_again(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(log: Path, *, first: bool, say: build.Say) -> None:
        raise build.BuildFailedError("stopped")

    with monkeypatch.context() as once:
        once.setattr(build, "_build", fails)
        with pytest.raises(build.BuildFailedError):
            ensure()
    assert ensure() is True


def test_a_failed_build_shows_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # without a portal in it, Reflex has nothing to build
    with pytest.raises(build.BuildFailedError, match=r"The whole log is in .*build\.log"):
        build._build(tmp_path / "build.log", first=False, say=lambda line: None)


def test_a_lock_that_is_only_written_differently_stays_as_it_was(
    built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = Path("reflex.lock/package.json")
    lock.parent.mkdir()
    lock.write_text('{"a": 1, "b": 2}')
    monkeypatch.setattr(
        build, "_build", lambda log, *, first, say: lock.write_text('{"b":2,"a":1}')
    )
    ensure()
    assert lock.read_text() == '{"a": 1, "b": 2}'


def test_the_installed_reflex_still_has_the_lines_that_the_bundle_replaces() -> None:
    template = constants.Templates.Dirs.WEB_TEMPLATE / "utils" / "state.js"
    once = bundle._connect_to_same_origin(template.read_text(encoding="utf-8"))
    assert "window.location.origin" in once
    assert bundle._connect_to_same_origin(once) == once


def test_unknown_generated_code_fails_the_build() -> None:
    with pytest.raises(bundle.GeneratedCodeChangedError, match="endpoint"):
        bundle._connect_to_same_origin("export const getBackendURL = other;")
