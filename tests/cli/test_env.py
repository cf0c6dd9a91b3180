"""`etoile env`: what is written is what a server gets, by a real shell and by the rules of systemd and PowerShell."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from etoile import logs
from etoile.cli import main
from tests.needs import need

BIG = "GPU-51a00002-0000-4000-8000-000000000000"
WILD = [
    "/srv/models",
    "/srv/my models",
    '/srv/it\'s "quoted"',
    "/srv/$HOME/`id`/$(id)",
    "/srv/100%h and %%",
    "/srv/back\\slash\\",
    "/srv/semi;colon & # hash",
    "/srv/été ‘quotes’",
    "/srv/!bang *",
]


@pytest.fixture(autouse=True)
def quiet_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)


def env(*arguments: str) -> int:
    try:
        return main(["env", "--simulate", "calm", *arguments])
    except SystemExit as wrong:
        return int(str(wrong.code))


def written(tmp_path: Path, *arguments: str) -> Path:
    """Return the file that `etoile env ARGUMENTS` writes."""
    path = tmp_path / f"env{len(list(tmp_path.iterdir()))}"
    assert env(*arguments, "--output", str(path)) == 0
    return path


def by_systemd(text: str) -> dict[str, str]:
    """Return the environment as systemd reads it: systemd.syntax (quoting), systemd.exec (Environment=)."""
    found, section = {}, None
    for line in text.splitlines():
        if not line or line.startswith(("#", ";")):
            continue
        assert not line.endswith("\\")
        if line.startswith("["):
            section = line
            continue
        key, _, value = line.partition("=")
        assert (section, key) == ("[Service]", "Environment")
        quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', value)
        assert quoted, line
        expanded = re.sub(r"%(.)", lambda match: {"%": "%"}[match[1]], quoted[1])
        name, _, content = re.sub(r"\\(.)", lambda match: {"\\": "\\", '"': '"'}[match[1]], expanded).partition("=")
        found[name] = content
    return found


def by_powershell(text: str) -> dict[str, str]:
    """Return the variables as PowerShell reads them: any two of its single quotes in a row are one."""
    quotes = "['\u2018\u2019\u201a\u201b]"
    string = rf"{quotes}((?:[^'\u2018-\u201b]|{quotes}{{2}})*){quotes}"
    call = re.compile(rf"\[Environment\]::SetEnvironmentVariable\({string}, {string}, 'User'\)")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            matched = call.fullmatch(line)
            assert matched, line
            found[matched[1]] = re.sub(rf"{quotes}({quotes})", r"\1", matched[2])
    return found


@pytest.mark.parametrize("models", WILD)
def test_systemd_reads_what_was_meant(tmp_path: Path, models: str) -> None:
    values = by_systemd(written(tmp_path, "--format", "systemd", "--models", models).read_text("utf-8"))
    assert values["OLLAMA_MODELS"] == models
    assert values["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


@pytest.mark.parametrize("models", WILD)
def test_a_shell_reads_what_was_meant(tmp_path: Path, models: str) -> None:
    need(shutil.which("bash"), "needs bash")
    path = written(tmp_path, "--format", "shell", "--models", models, "--host", "[::1]:11434")
    script = '. "$0" && printf "%s\\0" "$OLLAMA_MODELS" "$OLLAMA_HOST" "$CUDA_VISIBLE_DEVICES"'
    ran = subprocess.run(["bash", "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split("\0")[:2] == [models, "[::1]:11434"]
    assert ran.stderr == ""
    assert BIG in ran.stdout


@pytest.mark.parametrize("models", ["C:\\My Models", "D:\\it's ‘so’ $env:HOME `n", "\\\\server\\share\\été"])
def test_powershell_reads_what_was_meant(tmp_path: Path, models: str) -> None:
    path = written(tmp_path, "--format", "powershell", "--models", models)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert by_powershell(path.read_text("utf-8-sig"))["OLLAMA_MODELS"] == models


def test_the_excluded_card_is_forbidden_and_simulated_ones_are_labelled(capsys: pytest.CaptureFixture[str]) -> None:
    assert env("--format", "systemd", "--exclude", "3080") == 0
    text = capsys.readouterr().out
    assert BIG not in by_systemd(text)["CUDA_VISIBLE_DEVICES"]
    assert by_systemd(text)["CUDA_VISIBLE_DEVICES"].count("GPU-") == 5
    assert "# SIMULATED" in text
    assert re.search(rf"# GPU 2, .*3080, {BIG}: is forbidden", text)
    assert env("--format", "shell", "--gpu", BIG) == 0
    assert f"CUDA_VISIBLE_DEVICES={BIG}\n" in capsys.readouterr().out


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = tmp_path / "there", tmp_path / "target"
    path.write_text("mine")
    assert env("--output", str(path)) == 2
    assert path.read_text() == "mine"
    (tmp_path / "link").symlink_to(target)
    assert env("--output", str(tmp_path / "link")) == 2
    assert not target.exists()
    assert env("--output", str(tmp_path / "absent" / "file")) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--host", "nowhere else"], "no address to listen on"),
        (["--host", "x:70000"], "no address"),
        (["--host", "0.0.0.0:0"], "no address"),
        (["--host", "a\nb"], "no address"),
        (["--models", "relative"], "whole path"),
        (["--models", "/srv/two\nlines"], "whole path"),
        (["--format", "powershell", "--models", "/srv"], "whole path"),
        (["--exclude", "nonsense"], "No card of this machine"),
        (["--format", "fish"], "fish"),
    ],
)
def test_a_wrong_call_is_told(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert env(*arguments) == 2
    shown = capsys.readouterr()
    assert says in shown.err
    assert shown.out == ""


def test_without_a_card_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "--simulate", "none", "--output", str(tmp_path / "x")]) == 1
    assert not (tmp_path / "x").exists()
