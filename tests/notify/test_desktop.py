"""Desktop notifications, over a real bus."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("notifications of Linux desktops", allow_module_level=True)

from etoile import session_bus as bus_module
from etoile.domain.effects import Urgency
from etoile.domain.events import Event, NotificationActed, PartMissing, PartReady
from etoile.notify.desktop import DesktopNotifier
from tests.bus import PrivateBus
from tests.needs import need
from tests.notify.daemon import Daemon
from tests.waiting import wait_until


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """Start a bus for this test, which is its session bus."""
    need(shutil.which("dbus-daemon"), "no dbus-daemon")
    private = PrivateBus(tmp_path)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
    try:
        yield private
    finally:
        private.stop()


@pytest.fixture
def daemon(bus: PrivateBus) -> Iterator[Daemon]:
    with Daemon(bus.address) as running:
        yield running


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def notifier(bus: PrivateBus, events: list[Event]) -> Iterator[DesktopNotifier]:
    with DesktopNotifier(events.append) as running:
        yield running
    assert "notify" not in [thread.name for thread in threading.enumerate()]


def warn(notifier: DesktopNotifier, key: str = "gpu:a", title: str = "GPU 1 is hot", body: str = "86 °C") -> None:
    notifier.notify(key, title, body, Urgency.NORMAL, {"default": "Show", "acknowledge": "Acknowledge"})


def test_a_notification_arrives_whole(daemon: Daemon, notifier: DesktopNotifier, events: list[Event]) -> None:
    notifier.notify("gpu:a", "GPU 1 critical", "92 °C", Urgency.CRITICAL, {"acknowledge": "Vu"})
    wait_until(lambda: daemon.notified)
    (came,) = daemon.notified
    assert (came.app, came.replaces, came.title, came.body) == ("Etoile", 0, "GPU 1 critical", "92 °C")
    assert (came.actions, came.hints["urgency"], came.expires_ms) == (["acknowledge", "Vu"], ("y", 2), 0)
    assert events == []


@pytest.mark.parametrize(("urgency", "byte", "expires_ms"), [(Urgency.LOW, 0, -1), (Urgency.NORMAL, 1, -1)])
def test_a_lesser_one_goes_by_itself(
    daemon: Daemon, notifier: DesktopNotifier, urgency: Urgency, byte: int, expires_ms: int
) -> None:
    notifier.notify("gpu:a", "title", "body", urgency, {})
    wait_until(lambda: daemon.notified)
    assert (daemon.notified[0].hints["urgency"], daemon.notified[0].expires_ms) == (("y", byte), expires_ms)


def test_the_next_one_with_the_same_key_replaces_it(daemon: Daemon, notifier: DesktopNotifier) -> None:
    warn(notifier, "gpu:a")
    warn(notifier, "gpu:b")
    wait_until(lambda: len(daemon.notified) == 2)
    warn(notifier, "gpu:a")
    wait_until(lambda: len(daemon.notified) == 3)
    assert [came.replaces for came in daemon.notified] == [0, 0, 1]
    assert daemon.asked_capabilities == 1


def test_withdrawing_takes_it_away(daemon: Daemon, notifier: DesktopNotifier) -> None:
    warn(notifier)
    wait_until(lambda: daemon.notified)
    notifier.withdraw("gpu:a")
    notifier.withdraw("never shown")
    wait_until(lambda: daemon.closed == [1])
    warn(notifier)
    wait_until(lambda: len(daemon.notified) == 2)
    assert daemon.notified[1].replaces == 0


def test_markup_is_escaped_where_it_would_be_read(daemon: Daemon, notifier: DesktopNotifier) -> None:
    warn(notifier, title="<b>1 & 2</b>", body="<a href='x'>llama & co</a>\0 \udcff")
    wait_until(lambda: daemon.notified)
    assert daemon.notified[0].title == "<b>1 & 2</b>"
    assert daemon.notified[0].body == "&lt;a href='x'&gt;llama &amp; co&lt;/a&gt; ?"


@pytest.mark.parametrize("capabilities", [[], ["body"], ["body", "persistence"]])
def test_a_plain_service_gets_plain_text_and_no_buttons(
    bus: PrivateBus, events: list[Event], capabilities: list[str]
) -> None:
    with Daemon(bus.address, capabilities=capabilities) as plain, DesktopNotifier(events.append) as notifier:
        warn(notifier, body="llama & co")
        wait_until(lambda: plain.notified)
    assert (plain.notified[0].body, plain.notified[0].actions) == ("llama & co", [])


def test_what_the_user_presses_comes_back(daemon: Daemon, notifier: DesktopNotifier, events: list[Event]) -> None:
    warn(notifier, "gpu:a")
    warn(notifier, "gpu:b")
    wait_until(lambda: len(daemon.notified) == 2)
    daemon.act(99, "acknowledge")  # another program's
    daemon.act(2, "acknowledge")
    daemon.act(1, "default")
    wait_until(lambda: len(events) == 2)
    acted = [(event.key, event.action) for event in events if isinstance(event, NotificationActed)]
    assert acted == [("gpu:b", "acknowledge"), ("gpu:a", "default")]
    assert all(0 <= time.monotonic() - event.at_s < 60 for event in events if isinstance(event, NotificationActed))


@pytest.mark.parametrize("reason", [1, 2, 4])
def test_one_that_is_gone_is_not_replaced_but_shown_anew(
    daemon: Daemon, notifier: DesktopNotifier, reason: int
) -> None:
    """A service without persistence lets it go by itself after some seconds."""
    warn(notifier)
    wait_until(lambda: daemon.notified)
    daemon.dismiss(1, reason)
    wait_until(lambda: not notifier._shown)
    warn(notifier)
    wait_until(lambda: len(daemon.notified) == 2)
    assert daemon.notified[1].replaces == 0


def test_a_service_that_restarts_is_met_anew(bus: PrivateBus, notifier: DesktopNotifier) -> None:
    with Daemon(bus.address) as first:
        warn(notifier)
        wait_until(lambda: first.notified)
    with Daemon(bus.address, capabilities=["body"]) as second:
        warn(notifier, body="a < b")
        wait_until(lambda: second.notified)
    assert (second.notified[0].replaces, second.notified[0].body) == (0, "a < b")


def test_without_a_service_it_is_said_once_and_shown_when_one_comes(
    bus: PrivateBus, notifier: DesktopNotifier, events: list[Event]
) -> None:
    wait_until(lambda: events)
    warn(notifier, "gpu:a", title="first")
    warn(notifier, "gpu:a", title="second")
    warn(notifier, "gpu:b", title="withdrawn")
    notifier.withdraw("gpu:b")
    with Daemon(bus.address) as late:
        wait_until(lambda: len(events) == 2)
        wait_until(lambda: late.notified)
        warn(notifier, "gpu:c", title="last")
        wait_until(lambda: late.notified[-1].title == "last")
    missing, ready = events
    assert isinstance(missing, PartMissing)
    assert (missing.part, bool(missing.remedy), ready) == ("notifications", True, PartReady("notifications"))
    assert [came.title for came in late.notified] == ["second", "last"]


def test_without_a_bus_it_is_said_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, events: list[Event]) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    with DesktopNotifier(events.append) as notifier:
        for _ in range(5):
            warn(notifier)
        wait_until(lambda: events)
    assert [type(event) for event in events] == [PartMissing]


@pytest.mark.parametrize("address", ["", "nonsense", "tcp:host=localhost,port=1"])
def test_an_address_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch, address: str, events: list[Event]) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with DesktopNotifier(events.append):
        wait_until(lambda: events)
    assert [type(event) for event in events] == [PartMissing]


def test_a_bus_that_ends_is_found_again(
    bus: PrivateBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notifier: DesktopNotifier, events: list[Event]
) -> None:
    with Daemon(bus.address) as first:
        warn(notifier)
        wait_until(lambda: first.notified)
        bus.stop()
    wait_until(lambda: [type(event) for event in events[-1:]] == [PartMissing])
    again = PrivateBus(tmp_path)
    try:
        with Daemon(again.address) as second:
            warn(notifier, title="after the restart")
            wait_until(lambda: second.notified)
            assert events[-1] == PartReady("notifications")
    finally:
        again.stop()
    assert second.notified[0].title == "after the restart"


def test_a_refused_notification_is_logged_and_not_repeated(
    bus: PrivateBus, events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    with Daemon(bus.address, refuses=True), DesktopNotifier(events.append) as notifier:
        warn(notifier)
        wait_until(lambda: caplog.records)
        notifier.withdraw("gpu:a")
        wait_until(notifier._jobs.empty)
    assert [record.getMessage() for record in caplog.records if "refused" in record.getMessage()] == [
        "a notification was refused: [org.example.Refused] ('no more than three today',)"
    ]


def test_a_service_that_never_answers_holds_up_nobody(
    bus: PrivateBus, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "CALL_S", 600.0)
    with Daemon(bus.address, mute=True), DesktopNotifier(events.append) as notifier:
        started_s = time.monotonic()
        for _ in range(100):
            warn(notifier)
    assert time.monotonic() - started_s < 60, "neither who notifies nor who leaves waits for an answer"
    wait_until(lambda: "notify" not in [thread.name for thread in threading.enumerate()], what="the thread's end")


def test_a_service_that_never_answers_is_said(
    bus: PrivateBus, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "CALL_S", 0.05)
    with Daemon(bus.address, mute=True), DesktopNotifier(events.append):
        wait_until(lambda: [type(event) for event in events] == [PartMissing])


def test_leaving_takes_every_notification_away(daemon: Daemon, events: list[Event]) -> None:
    with DesktopNotifier(events.append) as notifier:
        warn(notifier, "gpu:a")
        warn(notifier, "gpu:b")
        wait_until(lambda: len(daemon.notified) == 2)
    wait_until(lambda: daemon.closed == [1, 2])
