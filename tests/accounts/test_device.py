"""Browsers in words."""

import pytest

from portal.accounts.device import device_name, is_mobile

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Firefox/133.0", "Firefox, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {CHROME} Safari/537.36 Edg/131.0", "Edge, Windows"),
        (
            f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME} Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14) {CHROME} SamsungBrowser/27.0",
            "Samsung Internet, Android",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE} Safari/604.1",
            "Safari, iPhone",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE} CriOS/131.0",
            "Chrome, iPhone",
        ),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Safari/605.1.15", "Safari, Mac"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Chrome, ChromeOS"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("curl/8.11", ""),
        ("", ""),
    ],
)
def test_people_recognise_their_browser(user_agent: str, name: str):
    assert device_name(user_agent) == name


@pytest.mark.parametrize(
    ("name", "mobile"),
    [("Safari, iPhone", True), ("Android", True), ("Safari, Mac", False), ("", False)],
)
def test_what_is_carried_about_is_told_from_what_stands(name: str, mobile: bool):
    assert is_mobile(name) is mobile
