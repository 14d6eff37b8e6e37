"""What the build made: compressed once, cached for ever where the name says what is inside."""

import gzip
import re

import pytest

from portal.web.build_output import IMMUTABLE, static_files
from portal.web.site_map import DOCUMENTS
from tests.people import KARI
from tests.visitors import Browsers

# Nothing here is asked of the database but who has the session.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def script(browsers: Browsers) -> str:
    """The largest script of the bundle."""
    files = static_files()
    return max((path for path in files if path.endswith(".js")), key=lambda p: len(files[p].body))


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("br, gzip", "br"), ("gzip, deflate", "gzip"), ("", None), ("identity", None)],
)
def test_the_smallest_form_that_the_browser_takes_is_sent(
    browsers: Browsers, script: str, accepted: str, sent: str | None
) -> None:
    with browsers().stream("GET", script, headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == sent
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(body)
    whole = static_files()[script].body
    assert (len(body) < len(whole) / 2) if sent else body == whole
    if sent == "gzip":
        assert gzip.decompress(body) == whole


def test_hashed_files_are_kept_for_ever_and_others_an_hour(browsers: Browsers, script: str) -> None:
    assert browsers().get(script).headers["cache-control"] == IMMUTABLE
    assert browsers().get("/favicon.svg").headers["cache-control"] == "public, max-age=3600"


def test_every_file_has_a_type_that_browsers_accept(browsers: Browsers) -> None:
    for path, file in static_files().items():
        assert file.media_type != "application/octet-stream", path
        assert not path.endswith((".map", ".jsx", ".py", ".json", ".html")), path


def test_no_script_of_the_bundle_holds_an_address_a_secret_or_a_person(browsers: Browsers) -> None:
    for path, file in static_files().items():
        if path.endswith(".js") and "_dev_" not in path:
            text = file.body.decode()
            assert "nordlys.example" not in text, path
            assert not re.search(r"https?://localhost:\d+", text) or "env" in path, path


@pytest.mark.parametrize(
    "path", ["/assets/", "/assets/..%2f..%2fpages.json", "/assets/../pages.json", "/assets/x.js"]
)
def test_no_path_reaches_a_file_beside_the_bundle(browsers: Browsers, path: str) -> None:
    assert browsers().get(path).status_code == 404


def test_pages_and_documents_travel_compressed(browsers: Browsers, inhabited: str) -> None:
    accepted = {"Accept-Encoding": "br, gzip"}
    page = browsers().sign_in_as(KARI).get("/en/company", headers=accepted)
    assert page.headers["content-encoding"] == "br"
    document = browsers().get("/en/sign-in", headers=accepted)
    assert document.headers["content-encoding"] == "gzip"
    assert document.headers["vary"] == "Accept-Encoding"
    assert browsers().get("/en/sign-in", headers={"Accept-Encoding": ""}).text == document.text


def test_a_public_document_is_small(browsers: Browsers) -> None:
    """40 kB at most for the first load; here without the font, which is at most 20 kB."""
    visitor = browsers()
    accepted = {"Accept-Encoding": "br, gzip"}
    answer = visitor.get("/en/sign-in", headers=accepted)
    loaded = re.findall(r'<link[^>]+href="([^"]+)"', answer.text)
    size = int(answer.headers["content-length"])
    for path in loaded:
        file = visitor.get(path, headers=accepted)
        assert file.status_code == 200, path
        size += int(file.headers["content-length"])
    assert size < 20_000


def test_no_script_of_a_document_is_served(browsers: Browsers) -> None:
    """Documents load none, and those of development hold invented names."""
    served = [path for path in static_files() if path.endswith(".js")]
    for document in DOCUMENTS:
        name = "_._".join(document.path.split("/"))
        assert not [path for path in served if f"_._{name}_._index" in path]
