"""Models come from a hub over real sockets: broken off, stalled, lied to, and in the end whole or told."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.errors import ModelUnavailable
from etoile.speech import fetching, models
from etoile.speech.fetching import WrongContentError
from tests.needs import need
from tests.speech.fake_hub import Answer, FakeHub

WEIGHTS = bytes(range(256)) * 2000
FILES = {"config.json": b"{}", "model.bin": WEIGHTS, "tokenizer.json": b"{...}", "vocabulary.txt": b"a\nb\n"}
NAME = "Systran/faster-whisper-base"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Give a hub that has one model."""
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with FakeHub(dict(FILES)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Give a folder to fetch into."""
    folder = tmp_path / "model"
    folder.mkdir()
    return folder


def ignore(received: int, total: int | None) -> None:
    pass


def fetch(into: Path, stall_s: float = 0.3) -> None:
    fetching.fetch(NAME, into, ignore, stall_s=stall_s, pause_s=0.0)


def ranges(hub: FakeHub) -> list[str | None]:
    """Return which ranges of the weights were asked for."""
    return [span for name, span in hub.asked if name == "model.bin"]


# Troubles


def breaks_off(request: Answer, content: bytes) -> None:
    request.send(
        200 if request.start == 0 else 206,
        content[request.start : request.start + 100_000],
        _span(request, content),
        len(content) - request.start,
    )
    request.close_connection = True


def stalls(request: Answer, content: bytes) -> None:
    request.send(200, content[:100_000], None, len(content))
    request.hub.let_go.wait(60)
    request.close_connection = True


def ignores_the_range(request: Answer, content: bytes) -> None:
    request.send(200, content)


def answers_another_range(request: Answer, content: bytes) -> None:
    request.send(206, content[5:], {"Content-Range": f"bytes 5-{len(content) - 1}/{len(content)}"})


def has_no_such_range(request: Answer, content: bytes) -> None:
    request.send(416, b"", {"Content-Range": f"bytes */{len(content)}"})


def sends_too_much(request: Answer, content: bytes) -> None:
    request.send(200, content + b"more")


def sends_another_file(request: Answer, content: bytes) -> None:
    request.send(200, content[::-1])


def sends_a_page(request: Answer, content: bytes) -> None:
    request.send(200, b"<html>Please log in</html>", {"Content-Type": "text/html; charset=utf-8"})


def is_overloaded(request: Answer, content: bytes) -> None:
    request.send(503, b"")


def refuses(request: Answer, content: bytes) -> None:
    request.send(403, b"")


def chunks_that_break_off(request: Answer, content: bytes) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b"%x\r\n" % 1000 + content[:500])
    request.close_connection = True


def _span(request: Answer, content: bytes) -> dict[str, str]:
    return {"Content-Range": f"bytes {request.start}-{len(content) - 1}/{len(content)}"} if request.start else {}


def test_a_model_arrives_whole_with_what_belongs_to_it_alone(hub: FakeHub, into: Path) -> None:
    told: list[tuple[int, int | None]] = []
    fetching.fetch(NAME, into, lambda *counts: told.append(counts))
    assert {path.name: path.read_bytes() for path in into.iterdir() if path.name != models.MANIFEST} == FILES
    total = sum(map(len, FILES.values()))
    assert told[-1] == (total, total)
    assert [received for received, _ in told] == sorted(received for received, _ in told)
    assert len(told) > 5
    assert not (into.parent / "model.bin").exists()


@pytest.mark.parametrize(
    ("troubles", "asked"),
    [
        pytest.param([breaks_off, breaks_off], [None, "bytes=100000-", "bytes=200000-"], id="broken off"),
        pytest.param([stalls], [None, "bytes=100000-"], id="a stalled body"),
        pytest.param([chunks_that_break_off], [None, None], id="broken off within a chunk"),
        pytest.param([is_overloaded, is_overloaded], [None, None, None], id="overloaded"),
        pytest.param([breaks_off, ignores_the_range], [None, "bytes=100000-"], id="200 where a range was asked for"),
        pytest.param(
            [breaks_off, answers_another_range], [None, "bytes=100000-", None], id="another range than was asked for"
        ),
        pytest.param([breaks_off, has_no_such_range], [None, "bytes=100000-", None], id="416"),
        pytest.param([sends_another_file], [None, None], id="wrong once"),
    ],
)
def test_trouble_on_the_way_is_overcome(
    troubles: list[object], asked: list[str | None], hub: FakeHub, into: Path
) -> None:
    hub.troubles += troubles  # type: ignore[arg-type]
    fetch(into)
    assert (into / "model.bin").read_bytes() == WEIGHTS
    if troubles != [chunks_that_break_off]:
        assert ranges(hub) == asked


@pytest.mark.parametrize(
    ("troubles", "says"),
    [
        pytest.param([sends_too_much], "longer than the hub lists", id="too much"),
        pytest.param([sends_another_file, sends_another_file], "not what the hub lists", id="another file, twice"),
        pytest.param([sends_a_page], "a web page came", id="the page of a proxy"),
        pytest.param([refuses], "403", id="refused"),
        pytest.param([is_overloaded] * fetching.TRIES, "503", id="overloaded for too long"),
    ],
)
def test_what_is_not_the_model_never_becomes_one(troubles: list[object], says: str, hub: FakeHub, into: Path) -> None:
    hub.troubles += troubles  # type: ignore[arg-type]
    with pytest.raises(OSError, match=says):
        fetch(into)
    assert not (into / "model.bin").exists()


def test_a_page_half_way_loses_nothing(hub: FakeHub, into: Path) -> None:
    hub.troubles += [breaks_off, sends_a_page]
    with pytest.raises(WrongContentError):
        fetch(into)
    fetch(into)
    assert ranges(hub) == [None, "bytes=100000-", "bytes=100000-"]


def test_a_second_try_fetches_only_what_is_missing(hub: FakeHub, into: Path) -> None:
    fetch(into)
    (into / "config.json").unlink()
    (into / "model.bin").write_bytes(WEIGHTS[::-1])
    hub.asked.clear()
    fetch(into)
    assert [name for name, _ in hub.asked] == ["main", "config.json", "model.bin"]
    assert (into / "model.bin").read_bytes() == WEIGHTS


def test_more_on_the_disk_than_there_is_is_begun_anew(hub: FakeHub, into: Path) -> None:
    (into / "model.bin.part").write_bytes(WEIGHTS + b"more")
    fetch(into)
    assert ranges(hub) == [None]


def test_a_part_of_another_version_is_noticed(hub: FakeHub, into: Path) -> None:
    (into / "model.bin.part").write_bytes(b"\xff" * 1000)
    fetch(into)
    assert ranges(hub) == ["bytes=1000-", None]
    assert (into / "model.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("page", [b"<html>Please log in</html>", b"[]", b'{"sha": "x"}', b""])
def test_what_is_not_the_hub_is_told(page: bytes, hub: FakeHub, into: Path) -> None:
    hub.page = page
    with pytest.raises(WrongContentError, match="not the hub"):
        fetch(into)


# As the user sees it


def test_a_download_from_the_hub_is_a_model(hub: FakeHub) -> None:
    hub.troubles += [breaks_off]
    folder = models.download("base", ignore, lambda: False)
    assert models.folder("base") == folder
    assert models.installed() == ("base",)


def test_a_file_that_lost_its_end_later_is_recognised(hub: FakeHub) -> None:
    folder = models.download("base", ignore, lambda: False)
    (folder / "model.bin").write_bytes(WEIGHTS[:-1])
    assert models.installed() == ()
    with pytest.raises(ModelUnavailable, match=r"model\.bin"):
        models.folder("base")


def test_a_cancel_is_heard_within_a_stall_and_what_arrived_is_kept(hub: FakeHub) -> None:
    hub.troubles += [stalls]
    received: list[int] = []
    with pytest.raises(models.DownloadCancelled):
        models.download("base", lambda count, _: received.append(count), lambda: len(received) > 3)
    assert models.installed() == ()
    hub.asked.clear()
    models.download("base", ignore, lambda: False)
    assert ranges(hub)[0] is not None


def test_a_full_disk_half_way_keeps_what_arrived(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, response: object, part: object, start: int, progress: object) -> None:
        part.write(WEIGHTS[:1000])  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as small:
        small.setattr(fetching._Fetched, "_copy", full)
        with pytest.raises(ModelUnavailable, match=r"disk is full: 1000.B of"):
            models.download("base", ignore, lambda: False)
    models.download("base", ignore, lambda: False)
    assert models.installed() == ("base",)


def test_a_disk_that_is_full_is_final(hub: FakeHub, into: Path) -> None:
    need(Path("/dev/full").exists(), "needs /dev/full, a disk that is always full")
    (into / "config.json.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        fetch(into)
    assert caught.value.errno == errno.ENOSPC
    assert len(hub.asked) == 2


@pytest.mark.parametrize("value", ["1", "true", "ON"])
def test_offline_asks_nobody(value: str, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match="stay offline"):
        models.download("base", ignore, lambda: False, offline=True)
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    with pytest.raises(ModelUnavailable, match="stay offline"):
        models.download("base", ignore, lambda: False)
    assert hub.asked == []


def test_a_proxy_is_asked_in_place_of_the_hub(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", hub.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    models.download("base", ignore, lambda: False)
    assert models.installed() == ("base",)


def test_no_hub_is_told_at_once(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelUnavailable, match=r"could not be downloaded: .*refused"):
        models.download("base", ignore, lambda: False)
