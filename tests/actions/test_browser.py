"""Sites, searches and the clipboard: what is opened, and what never is."""

import pytest

from etoile.actions.browser import host_of
from etoile.actions.opening import open_address
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, FakeWindows, Scene


@pytest.mark.parametrize(
    ("spoken", "host"),
    [
        ("youtube.com", "youtube.com"),
        ("  Docs.Python.ORG ", "docs.python.org"),
        ("café.fr", "xn--caf-dma.fr"),
        ("example.com.", "example.com"),
        ("a-b.co.uk", "a-b.co.uk"),
    ],
)
def test_a_host(spoken: str, host: str) -> None:
    assert host_of(spoken) == host


@pytest.mark.parametrize(
    "spoken",
    [
        "youtube",
        "",
        ".",
        "..com",
        "http://youtube.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "user@evil.com",
        "good.com@evil.com",
        "evil.com/path",
        "evil.com:8080",
        "evil.com?x=y",
        "evil.com#x",
        "127.0.0.1",
        "10.0.0.1",
        "-x.com",
        "x-.com",
        "a b.com",
        "--help",
        "x.com\nHost: y",
        "a" * 64 + ".com",
        ".".join(["abc"] * 70) + ".com",
    ],
)
def test_what_is_no_host_is_refused(spoken: str) -> None:
    with pytest.raises(ActionFailed, match="not a site's name"):
        host_of(spoken)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:x", "ftp://x.org", "https://", "-h", "mailto:a@b.c"])
def test_only_the_web_is_opened(scene: Scene, programs: FakePrograms, url: str) -> None:
    programs.add("xdg-open")
    with pytest.raises(ActionFailed, match="not an address of the web"):
        open_address(scene.context, url)
    assert programs.calls() == []


@pytest.mark.parametrize(
    ("system", "opener"),
    [
        ("linux", ("xdg-open",)),
        ("darwin", ("open",)),
        ("win32", ("rundll32.exe", "url.dll,FileProtocolHandler")),
    ],
)
def test_a_site_is_handed_to_the_desktop(programs: FakePrograms, system: str, opener: tuple[str, ...]) -> None:
    programs.add("setsid")
    programs.add(opener[0])
    Scene(system=system).do("browser.open_site", site="youtube.com")
    assert programs.calls() == [("setsid", "--fork", "--wait", *opener, "https://youtube.com/")]


def test_a_search_is_quoted(scene: Scene, programs: FakePrograms) -> None:
    programs.add("setsid")
    programs.add("xdg-open")
    scene.do("browser.search", query="tarte & crème #1 100%")
    assert programs.calls()[0][-1] == "https://duckduckgo.com/?q=tarte+%26+cr%C3%A8me+%231+100%25"


def test_the_clipboard_of_x(programs: FakePrograms) -> None:
    assert Scene(windows=FakeWindows(text=" hello ")).do("clipboard.read") == "The clipboard holds: hello"
    assert Scene().do("clipboard.read") == "The clipboard holds no text."
    assert Scene(windows=FakeWindows(text="x" * 5000)).do("clipboard.read").endswith("xxx…")


def test_the_clipboard_of_wayland(scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    programs.add("wl-paste", "hello")
    assert scene.do("clipboard.read") == "The clipboard holds: hello"
    assert programs.calls() == [("wl-paste", "--no-newline", "--type", "text")]
