"""The running app and its callers, over a real socket."""

import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commander.units import TaskUnit, UnitStatus
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.state import State
from etoile.domain.turn import Turn
from etoile.errors import EtoileError, UsageError
from etoile.ipc import client, endpoint
from etoile.ipc.callers import Callers
from etoile.ipc.server import Server
from etoile.text import Message, message
from tests.waiting import wait_until


class App:
    """Stands for the tray app: collects events, shows a state, and is asked to quit."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.state = State()
        self.confirmed: list[str] = []
        self.quit = threading.Event()
        self.callers = Callers(
            self.events.append, lambda: self.state, self.quit.set, self.confirmed.append, "fr", self.learn
        )

    def learn(self, what: str, number: int | None) -> Message:
        """Accept what has the number 1234, and know nothing else."""
        if (what, number) != ("accept", 1234):
            raise UsageError(message("Nothing was done."), message("Topics: {topics}.", topics=["1234"]))
        return message("Undone.")

    def ticket(self) -> str:
        """Wait for a typed request, and return the ticket of its caller."""
        wait_until(lambda: any(isinstance(event, on.Typed) for event in self.events))
        [typed] = [event for event in self.events if isinstance(event, on.Typed)]
        assert typed.asking.ticket is not None
        return typed.asking.ticket


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = App()
    with Server(tmp_path, app.callers.answer):
        yield app


def test_talk_from_the_command_line(app: App, tmp_path: Path) -> None:
    for key in ("press", "release", "toggle", "cancel"):
        assert client.ask_once(tmp_path, {"do": "talk", "key": key}) == {"ok": True}
    assert [type(event) for event in app.events] == [on.TalkPressed, on.TalkReleased, on.TalkToggled, on.Cancelled]


def test_what_is_unknown_is_said_to_be(app: App, tmp_path: Path) -> None:
    assert client.ask_once(tmp_path, {"do": "dance"}) == {"ok": False, "error": "unknown call 'dance'"}
    answer = client.ask_once(tmp_path, {"do": "talk", "key": "sing"})
    assert answer == {"ok": False, "error": "unknown talk key event 'sing'"}
    assert app.events == []


def test_a_new_conversation_is_begun(app: App, tmp_path: Path) -> None:
    assert client.ask_once(tmp_path, {"do": "new_conversation"}) == {"ok": True}
    assert app.events == [on.NewConversationWanted()]


def test_who_says_no_more_cancels_and_still_hears_how_it_ended(app: App, tmp_path: Path) -> None:
    with client.call(tmp_path, {"do": "ask", "text": "hello", "nodes": ["M1", "M2"], "aloud": True}, 20.0) as call:
        assert call
        ticket = app.ticket()
        [typed] = [event for event in app.events if isinstance(event, on.Typed)]
        assert (typed.asking.nodes, typed.asking.aloud) == (("M1", "M2"), True)
        app.state = State(turn=Turn(number=7, asking=typed.asking))
        call.say_no_more()
        wait_until(lambda: on.Cancelled(7) in app.events)
        outcome = do.Outcome(turn=7, text="hello", decision=None, ok=False, answer=message("It was cancelled."))
        app.callers.report(do.ReportOutcome(ticket, outcome))
        [told] = list(call)
    assert told["outcome"]["answer"] == "It was cancelled."


def test_the_state_is_told(app: App, tmp_path: Path) -> None:
    app.state = State(
        gpus=(GpuReading(uuid="GPU-1", index=0, name="RTX 3080", host="box", temperature_c=71),),
        nodes=(NodeStatus(name="M1", dialect="openai", url="http://x", state=NodeState.UP, latency_ms=1.23),),
        missing={"microphone": on.PartMissing("microphone", message("No microphone."))},
    )
    gpus = client.ask_once(tmp_path, {"do": "gpu"})
    nodes = client.ask_once(tmp_path, {"do": "nodes"})
    status = client.ask_once(tmp_path, {"do": "status"})
    assert gpus
    assert nodes
    assert status
    assert (gpus["gpus"][0]["temperature_c"], gpus["gpus"][0]["fan_percent"]) == (71, None)
    assert (nodes["nodes"][0]["state"], nodes["nodes"][0]["latency_ms"]) == ("up", 1.2)
    assert (status["phase"], status["missing"]) == ("idle", ["microphone"])


def test_a_request_streams_its_answer_and_ends_with_the_outcome(app: App, tmp_path: Path) -> None:
    with client.call(tmp_path, {"do": "ask", "text": "hello", "can_confirm": True}) as call:
        assert call
        ticket = app.ticket()
        app.callers.report(do.ReportText(ticket, "Hel"))
        app.callers.report(do.ReportText(ticket, "lo"))
        outcome = do.Outcome(turn=1, text="hello", decision=do.Decision.ROUTE, ok=True, answer=message("Hello"))
        app.callers.report(do.ReportOutcome(ticket, outcome))
        lines = list(call)
    assert lines[:2] == [{"text": "Hel"}, {"text": "lo"}]
    assert (lines[2]["outcome"]["answer"], lines[2]["outcome"]["decision"]) == ("Hello", "route")


def test_a_plan_is_passed_on_and_its_steps_come_as_they_run(app: App, tmp_path: Path) -> None:
    with client.call(tmp_path, {"do": "ask", "text": "hello", "plan": "archi", "can_confirm": True}) as call:
        assert call
        ticket = app.ticket()
        unit = TaskUnit(id="opinion", role="analyse", target="M1", status=UnitStatus.RUNNING)
        app.callers.report(do.ReportUnits(ticket, (unit,)))
        app.callers.report(do.ReportOutcome(ticket, do.Outcome(turn=1, text="hello", decision=None, ok=False)))
        [units, _] = call
    [typed] = [event for event in app.events if isinstance(event, on.Typed)]
    assert typed.asking.plan == "archi"
    assert [(line["id"], line["target"], line["status"]) for line in units["units"]] == [("opinion", "M1", "running")]


@pytest.mark.parametrize(
    ("reply", "event"),
    [
        ({"choose": 0}, on.Chosen(7, 3, 0)),
        ({"decline": True}, on.Declined(7, 3)),
        ({"choose": "yes"}, on.Declined(7, 3)),
    ],
)
def test_only_a_choice_confirms(app: App, tmp_path: Path, reply: dict[str, object], event: Event) -> None:
    option = do.Option(message("Shut down"), "power.shutdown", {}, destructive=True)
    question = do.Question(7, 3, message("Shut down?"), None, (option,))
    with client.call(tmp_path, {"do": "ask", "text": "shut down", "can_confirm": True}) as call:
        assert call
        app.callers.report(do.ReportQuestion(app.ticket(), question))
        asked = next(iter(call))["question"]
        assert (asked["asked"], asked["options"]) == ("Shut down?", ["Shut down"])
        call.send(reply)
        wait_until(lambda: event in app.events)


def test_a_caller_that_hangs_up_cancels_its_own_request_only(app: App, tmp_path: Path) -> None:
    with client.call(tmp_path, {"do": "ask", "text": "long"}) as call:
        assert call
        ticket = app.ticket()
        app.state = State(turn=Turn(number=1, asking=on.Asking(ticket=ticket)))
    wait_until(lambda: on.Cancelled(1) in app.events)

    app.events.clear()
    app.state = State()
    with client.call(tmp_path, {"do": "ask", "text": "short"}) as call:
        app.ticket()
    assert client.ask_once(tmp_path, {"do": "show"}) == {"ok": True}
    wait_until(lambda: on.WindowWanted() in app.events)
    assert not any(isinstance(event, on.Cancelled) for event in app.events)


def test_a_caller_that_hangs_up_while_the_answer_streams_cancels_it(app: App, tmp_path: Path) -> None:
    with client.call(tmp_path, {"do": "ask", "text": "a long story"}) as call:
        assert call
        ticket = app.ticket()
        app.state = State(turn=Turn(number=1, asking=on.Asking(ticket=ticket)))
        app.callers.report(do.ReportText(ticket, "Once "))
        next(iter(call))

    def streaming() -> bool:
        app.callers.report(do.ReportText(ticket, "upon a time "))
        return on.Cancelled(1) in app.events

    wait_until(streaming)


def test_without_the_token_nobody_is_answered(app: App, tmp_path: Path) -> None:
    known = endpoint.read(tmp_path)
    assert known
    for said in (b'{"do": "quit"}\n', b'{"do": "quit", "token": "guess"}\n', b"nonsense\n", b"[]\n"):
        with endpoint.connect(known, 2.0) as connection:
            connection.sendall(said)
            assert connection.recv(100) == b""
    assert not app.quit.is_set()


def test_only_the_owner_can_read_the_token_and_reach_the_socket(app: App, tmp_path: Path) -> None:
    for name in ("app.json", "app.sock"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_without_an_app_there_is_nobody_to_ask(tmp_path: Path) -> None:
    assert client.ask_once(tmp_path, {"do": "show"}) is None
    (tmp_path / "app.json").write_text("{")
    assert client.ask_once(tmp_path, {"do": "show"}) is None
    gone = {"address": str(tmp_path / "app.sock"), "port": None, "token": "t", "pid": 1}
    (tmp_path / "app.json").write_text(json.dumps(gone))
    assert client.ask_once(tmp_path, {"do": "show"}) is None


def test_closing_hangs_up_on_whoever_waits_and_leaves_no_file(tmp_path: Path) -> None:
    def wait_for_an_answer() -> None:
        with client.call(tmp_path, {"do": "ask", "text": "long"}) as call:
            assert call
            assert list(call) == []

    app = App()
    waiting = threading.Thread(target=wait_for_an_answer)
    with Server(tmp_path, app.callers.answer):
        waiting.start()
        app.ticket()
    waiting.join(60)
    assert not waiting.is_alive()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("app.")] == []


def test_a_folder_too_deep_for_a_unix_socket_is_served_by_a_loopback_port(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("d" * 60)
    deep.mkdir(parents=True)
    app = App()
    with Server(deep, app.callers.answer):
        known = endpoint.read(deep)
        assert known
        assert known.address == "127.0.0.1"
        assert client.ask_once(deep, {"do": "show"}) == {"ok": True}


def test_without_a_session_the_folder_is_the_users_own(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    folder = endpoint.runtime_folder()
    assert folder.is_relative_to(own_home)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_a_session_folder_that_others_can_enter_is_not_used(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(mode)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(open_to_all))
    assert endpoint.runtime_folder().is_relative_to(own_home)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "absent"))
    assert endpoint.runtime_folder().is_relative_to(own_home)


def test_an_app_that_does_not_answer_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.05)
    listener, address, port = endpoint.listen(tmp_path)
    with listener:
        endpoint.write(endpoint.Endpoint(address, port, "token", 1), tmp_path)
        with pytest.raises(EtoileError, match="does not answer"):
            client.ask_once(tmp_path, {"do": "show"})


def test_one_app_at_a_time(tmp_path: Path) -> None:
    held = endpoint.lock(tmp_path)
    assert held
    assert endpoint.lock(tmp_path) is None
    held.close()
    again = endpoint.lock(tmp_path)
    assert again
    again.close()


def test_what_was_learned_is_changed_in_the_words_of_the_caller(app: App, tmp_path: Path) -> None:
    learn = {"do": "learn", "what": "accept", "number": 1234, "language": "en"}
    assert client.ask_once(tmp_path, learn) == {"ok": True, "said": "Undone."}
    refused = client.ask_once(tmp_path, learn | {"number": 1})
    assert refused == {"ok": False, "error": "Nothing was done.", "remedy": "Topics: 1234."}
