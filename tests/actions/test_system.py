"""Services, network and the state of this computer: exact calls, and refusals."""

import http.server
import ipaddress
import re
import threading
from collections.abc import Iterator

import pytest

from etoile.actions.network import host_for, own_addresses, times_in
from etoile.actions.programs import Programs
from etoile.actions.services import service_names, units_in
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import ActionFailed
from etoile.text import render
from tests.actions.fakes import FakeDesk, FakePrograms, Scene

UNITS = """\
ollama.service            loaded active running Ollama Service
ssh.service               loaded active running OpenBSD Secure Shell server
getty@.service            enabled enabled
user@1000.service         loaded active running User Manager
not-a-service.socket      loaded active running x
"""
M1 = NodeStatus(name="M1", dialect="openai", url="http://10.5.0.2:1234", state=NodeState.UP)


def test_the_units_that_systemctl_lists() -> None:
    assert units_in(UNITS) == ("ollama", "ssh", "user@1000")
    assert units_in("") == ()


def test_services_of_the_system_and_of_the_user(programs: FakePrograms) -> None:
    tail = "list-unit-files --type=service --no-legend --no-pager --plain"
    programs.add("systemctl", {tail: UNITS, f"--user {tail}": "syncthing.service enabled enabled"})
    assert service_names(Programs(5)) == ("ollama", "ssh", "syncthing", "user@1000")


def test_no_systemd_means_no_services(programs: FakePrograms) -> None:
    assert service_names(Programs(5)) == ()


@pytest.mark.parametrize(
    ("command", "verb", "undo"),
    [("service.start", "start", "stop"), ("service.stop", "stop", "start"), ("service.restart", "restart", None)],
)
def test_a_service_of_the_system(
    scene: Scene, programs: FakePrograms, command: str, verb: str, undo: str | None
) -> None:
    program = programs.folder / "systemctl"
    programs.add("systemctl")
    # It is no service of the user's own, and is in the state that the command ends.
    fails = {"service.start": "--user is-active", "service.stop": "--user", "service.restart": "--user"}[command]
    cases = "".join(f'[ "$1" = {word} ] && exit 1\n' for word in fails.split())
    program.write_text(program.read_text().replace("case", f"{cases}case", 1))
    scene.do(command, service="ollama")
    assert [call for call in programs.calls() if "list-unit-files" not in call] == [
        ("systemctl", "--user", "cat", "ollama.service"),
        ("systemctl", "is-active", "--quiet", "ollama.service"),
        ("systemctl", verb, "ollama.service"),
    ]
    if undo:
        scene.do("assistant.undo")
        assert programs.calls()[-1] == ("systemctl", undo, "ollama.service")


def test_a_service_of_the_user(scene: Scene, programs: FakePrograms) -> None:
    programs.add("systemctl")
    assert scene.do("service.restart", service="syncthing") == "The service syncthing was restarted."
    assert programs.calls()[-1] == ("systemctl", "--user", "restart", "syncthing.service")


@pytest.mark.parametrize(
    "service", ["-H evil", "a b", "x;y", "../x", "dbus", "systemd-logind", "gdm.service", "user@0"]
)
def test_services_that_are_never_touched(scene: Scene, programs: FakePrograms, service: str) -> None:
    programs.add("systemctl")
    with pytest.raises(ActionFailed):
        scene.do("service.stop", service=service)
    assert programs.calls() == []


def test_a_service_that_there_is_not_is_never_guessed(scene: Scene, programs: FakePrograms) -> None:
    programs.add("systemctl", UNITS)
    with pytest.raises(ActionFailed, match="No service is called olama") as error:
        scene.do("service.stop", service="olama")
    assert error.value.remedy
    assert error.value.remedy.values["names"] == ("ollama",)
    assert not any("stop" in call for call in programs.calls())


def test_without_the_right_to_it_the_command_for_a_terminal_is_told(scene: Scene, programs: FakePrograms) -> None:
    programs.add("systemctl")
    # It lists nothing, knows no service of the user's, and may not stop one of the system's.
    (programs.folder / "systemctl").write_text(
        "#!/bin/sh\n"
        'case "$1" in --user) exit 1;; is-active|list-*) exit 0;; esac\n'
        "echo 'Failed to stop ollama.service: Interactive authentication required.' >&2; exit 1\n"
    )
    with pytest.raises(ActionFailed, match="You are not allowed to do this here: systemd refuses") as error:
        scene.do("service.stop", service="ollama")
    assert error.value.remedy
    assert render(error.value.remedy, "en") == "In a terminal: sudo systemctl stop ollama"


def test_services_of_windows(programs: FakePrograms) -> None:
    programs.add("powershell", "Spooler\nW32Time")
    scene = Scene(system="win32")
    assert scene.do("service.list") == "2 services run: Spooler, W32Time."
    assert scene.do("service.restart", service="Spooler") == "The service Spooler was restarted."
    assert programs.calls()[-1][-1].endswith("Restart-Service -Name ([Console]::In.ReadLine())")
    with pytest.raises(ActionFailed):
        scene.do("service.stop", service="a; Remove-Item x")


SPEED = b"x" * 400_000


class Files(http.server.BaseHTTPRequestHandler):
    """A server of files to measure against."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/big")
            self.end_headers()
            return
        body = {"/big": SPEED, "/small": b"x"}.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def files() -> Iterator[str]:
    """Give the address of a server of files."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_speed_is_measured_against_the_place_that_was_named(files: str) -> None:
    said = Scene(desk=FakeDesk(speed_url=f"{files}/big")).do("network.speedtest")
    assert re.fullmatch(r"[\d.,]+ Mbit/s from 127\.0\.0\.1, measured over .*\.", said), said


@pytest.mark.parametrize(
    ("path", "said"), [("/small", "too little"), ("/none", "cannot be measured"), ("/away", "cannot be measured")]
)
def test_what_cannot_be_measured_is_said(files: str, path: str, said: str) -> None:
    with pytest.raises(ActionFailed, match=said):
        Scene(desk=FakeDesk(speed_url=files + path)).do("network.speedtest")


def test_nobody_is_asked_for_the_speed_whom_the_user_did_not_name(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("a connection"))
    with pytest.raises(ActionFailed, match="only against a place that you name") as error:
        scene.do("network.speedtest")
    assert "speed_test_url" in (error.value.remedy.id if error.value.remedy else "")


def test_running_services(scene: Scene, programs: FakePrograms) -> None:
    programs.add("systemctl", UNITS)
    assert scene.do("service.list") == "3 services run: ollama, ssh, user@1000."


@pytest.mark.parametrize("command", ["service.list", "service.start"])
def test_without_systemd_it_is_said(scene: Scene, programs: FakePrograms, command: str) -> None:
    with pytest.raises(ActionFailed, match="systemctl is not installed"):
        scene.do(command, service="ollama")


@pytest.mark.parametrize(
    ("written", "times_ms"),
    [
        ("64 bytes from 10.5.0.2: icmp_seq=1 ttl=64 time=0.41 ms\n64 bytes: time=0.59 ms", [0.41, 0.59]),
        ("Réponse de 10.5.0.2 : octets=32 temps=4 ms TTL=64\nRéponse : temps<1 ms", [4, 1]),
        ("Reply from 10.5.0.2: bytes=32 time=4ms TTL=64", [4]),
        ("3 packets transmitted, 0 received, 100% packet loss, time 2043ms", []),
    ],
)
def test_round_trips_in_any_language(written: str, times_ms: list[float]) -> None:
    assert times_in(written) == times_ms


def test_a_node_is_pinged_by_its_name(programs: FakePrograms) -> None:
    programs.add("ping", "64 bytes from 10.5.0.2: time=0.4 ms\n64 bytes from 10.5.0.2: time=0.6 ms")
    assert Scene(desk=FakeDesk(states=(M1,))).do("network.ping", host="m1") == "m1 answers in 0.5 ms."
    assert programs.calls() == [("ping", "-c", "3", "10.5.0.2")]


def test_a_host_that_is_silent(scene: Scene, programs: FakePrograms) -> None:
    programs.add("ping", "3 packets transmitted, 0 received", code=1)
    with pytest.raises(ActionFailed, match="does not answer"):
        scene.do("network.ping", host="10.9.9.9")


@pytest.mark.parametrize("host", ["-f", "a b", "x;y", "$(id)", "-c1", "x-"])
def test_no_name_of_a_computer(host: str) -> None:
    with pytest.raises(ActionFailed, match="not the name of a computer"):
        host_for(host, ())


def test_own_addresses_are_addresses() -> None:
    assert all(ipaddress.ip_address(address) for address in own_addresses())


def test_this_computer_tells_its_state(scene: Scene) -> None:
    assert "processor" in scene.do("system.cpu")
    assert "of memory are taken" in scene.do("system.memory")
    assert "free on the disk" in scene.do("system.disk")
    said = scene.do("system.status")
    assert "processor" in said
    assert "disk" in said
