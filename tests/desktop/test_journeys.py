"""Whole stories by keyboard and voice alone: what goes wrong, is told, and is mended."""

import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from etoile.ipc import client
from tests.desktop.app import MODEL, QUIET, START_S, App, node, running, settings_of
from tests.desktop.rig import Desktop
from tests.desktop.sound import Recording, level
from tests.gpu import pages
from tests.gpu.fake_exporter import FakeExporter
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop


def known(app: App, what: str) -> list[dict[str, Any]]:
    """Return what the running app knows of its "gpu" cards or its "nodes"."""
    told = client.ask_once(app.runtime, {"do": what}) or {}
    return list(told.get({"gpu": "gpus"}.get(what, what), ()))


def t4(temperature_c: int) -> bytes:
    """Return the page of a card on another machine."""
    return pages.dcgm(told={"GPU_TEMP": temperature_c})


def press(app: App, *keys: str) -> None:
    """Press keys in the floating window."""
    window = app.wait_for_window()
    app.desktop.xdotool("windowactivate", "--sync", str(window.id))
    app.desktop.xdotool("key", *keys)


def choose_from_history(app: App, row: int, line: int) -> None:
    """Choose a line of the menu of a row of the history, both counted from 0, by keyboard alone.

    The rows come once they are read: a key that is pressed before opens nothing, and is pressed again.
    """
    app.desktop.xdotool("mousemove", "10", "790")  # a tool tip below the pointer would look like a menu
    press(app, "ctrl+4")
    wait_until(lambda: opens_menu(app, row), START_S, what="the menu of a row of the history")
    app.desktop.xdotool("key", *["Down"] * (line + 1), "Return")
    wait_until(lambda: not app.desktop.menus("etoile"), START_S, what="the menu is gone")


def opens_menu(app: App, row: int) -> bool:
    """Return whether the menu of a row of the history is open, after the keys for it were pressed if it was not."""
    if not app.desktop.menus("etoile"):
        press(app, "ctrl+l", "ctrl+4", "Tab", *["Down"] * row, "Menu")
        with suppress(AssertionError):
            wait_until(lambda: app.desktop.menus("etoile"), 5)
    return bool(app.desktop.menus("etoile"))


def ask_again(app: App, row: int, count: int) -> dict[str, Any]:
    """Return what comes of asking a request of the history again, which makes it the exchange number `count`."""
    choose_from_history(app, row, line=2)
    return app.wait_for_answer(count)


def states(app: App) -> dict[str, str]:
    """Return how each node is."""
    return {node["name"]: node["state"] for node in known(app, "nodes")}


def test_a_hot_gpu_is_notified_once_snoozed_by_a_word_and_told_again_when_that_is_taken_back(
    desktop: Desktop, tmp_path: Path
) -> None:
    before = len(desktop.notifications())
    limits = "[thermal]\nwarning_c = 75\ncritical_c = 99\nhold_s = 0.2\n[gpu]\nperiod_s = 0.1\nfar_period_s = 1\n"
    with FakeExporter(t4(60)) as exporter, node() as (url, _):
        settings = QUIET + limits + settings_of("M1", url) + f'gpus = "{exporter.url}"\n'
        with running(desktop, tmp_path / "heat", settings, "--simulate", "heatwave@20") as app:
            wait_until(lambda: len(desktop.notifications()) > before, START_S, what="a notification")
            [hot] = desktop.notifications()[before:]
            assert hot.urgency == "normal"
            assert "simulated" in hot.summary + hot.body
            assert "snooze 600" in hot.actions
            app.type_request("snooze the alerts")
            snoozed = app.wait_for_answer()
            assert (snoozed["command"], snoozed["ok"]) == ("alert.snooze", True)
            assert "until" in snoozed["answer"]

            exporter.page = t4(80)
            wait_until(
                lambda: [card for card in known(app, "gpu") if card["far"] and card["thermal"] == "warning"],
                START_S,
                what="the card elsewhere is hot",
            )
            app.type_request("undo")
            wait_until(lambda: len(desktop.notifications()) > before + 1, START_S, what="it is told of now")
            assert "shown again" in app.wait_for_answer(2)["answer"]
            # What came while all was silent would stand before this one.
            assert any(card in desktop.notifications()[before + 1].summary for card in ("M1", "2 GPUs"))
            assert {card["simulated"] for card in app.etoile("gpu") if not card["far"]} == {True}


def test_nodes_that_die_are_told_and_asked_again_when_they_are_back(desktop: Desktop, tmp_path: Path) -> None:
    with (
        node("--answer", "one two three " * 200, "--token-ms", "30") as (first, one),
        node("--answer", "The sky is blue because of scattering.", "--dialect", "ollama") as (second, other),
    ):
        settings = QUIET + settings_of("M1", first) + settings_of("M2", second) + 'dialect = "ollama"\n'
        with running(desktop, tmp_path / "nodes", settings, "--simulate", "calm") as app:
            app.type_request("why is the sky blue?")
            wait_until(lambda: (app.status() or {})["answer_length"] > 20, START_S, what="the first node answers")
            one.kill()
            exchange = app.wait_for_answer()
            assert exchange["nodes"] == ["M1", "M2"]
            assert exchange["answer"].startswith("one two three")
            assert exchange["answer"].endswith("The sky is blue because of scattering.")
            wait_until(lambda: states(app)["M2"] == "up", START_S, what="who answers is up")
            assert states(app)["M1"] != "up"

            # Both gone: a clear message, and a window that still lives.
            other.kill()
            app.type_request("why is grass green?")
            exchange = app.wait_for_answer(2)
            assert not exchange["ok"]
            assert "M2" in exchange["answer"], exchange
            app.type_request("what time is it")
            assert app.wait_for_answer(3)["command"] == "time.now"
            with node("--answer", "Because of chlorophyll.", "--port", first.rpartition(":")[2]):
                exchange = ask_again(app, row=1, count=4)
                for count in range(5, 9):  # a node that failed a moment ago may be left alone for a while
                    exchange = exchange if exchange["ok"] else ask_again(app, row=0, count=count)
                assert (exchange["text"], exchange["answer"]) == ("why is grass green?", "Because of chlorophyll.")


def test_what_was_said_while_it_was_killed_becomes_text(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "killed"
    recordings = home / ".local/state/etoile/recordings"
    settings = f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\nspeak = "never"\n[routing]\ndiscover = false\n'
    with running(desktop, home, settings, "--simulate", "calm") as app:
        kept = app.count_kept()
        desktop.xdotool("keydown", "F9")
        app.wait_for_phase("listening")
        wait_until(desktop.microphone_runs, START_S, what="the microphone is open")
        desktop.play_into_microphone(desktop.speech("mets le volume à quarante pour cent", voice="fr"))
        wait_until(lambda: has_a_sentence(recordings), START_S, what="the sentence on the disk")
        assert list(recordings.glob("*.wav")) == []
        app.quit(signal.SIGKILL)
        assert app.count_kept() == kept
    desktop.xdotool("keyup", "F9")
    desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "90%")
    with running(desktop, home, settings, "--simulate", "calm") as app:
        wait_until(lambda: "recordings" in (app.status() or {})["missing"], START_S, what="the recording is told of")
        assert [line["text"] for line in app.history() if "recording" in line] == [None]
        choose_from_history(app, row=0, line=1)  # “Try again”
        wait_until(lambda: not list(recordings.iterdir()), START_S, what="the recording has its text")
        wait_until(lambda: app.count_kept() == kept + 1, START_S, what="the text in the history")
        [newest, *_] = app.history()
        assert newest["text"].lower().startswith("mets le volume à quarante pour cent")
        assert (newest["command"], desktop.sink_volume_percent()) == (None, 90), "what was said long ago runs nothing"


def has_a_sentence(recordings: Path) -> bool:
    """Return whether what is being recorded there holds speech, and a second of silence after it."""
    rate_hz = Recording.RATE_HZ
    for file in recordings.glob("*.growing"):
        samples = Recording(file).samples()
        return Recording(file).loud_s() > 1 and level(samples[-rate_hz:]) < 0.001
    return False
