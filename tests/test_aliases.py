"""The user's aliases in their file, and a running matcher that sees each change at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from etoile.aliases import AliasFile
from etoile.domain.events import Event, PartMissing, PartReady
from etoile.domain.learning.offers import Alias
from etoile.errors import ConfigError
from etoile.interpreter import Interpreter
from etoile.locking import locked

SAUCE = Alias(said="balance la sauce", language="fr", command="media.play")
LOUD = Alias(said='"à fond" \\ les ballons\x7f', language="fr", command="audio.volume.set", slots={"level": 90})
OPEN = Alias(said="le bazar", language="fr", command="app.open", slots={"app": 'Le "Renard"'})


@pytest.fixture
def file(tmp_path: Path) -> AliasFile:
    return AliasFile(tmp_path / "commands" / "aliases.toml")


def test_aliases_are_read_as_they_were_written(file: AliasFile) -> None:
    assert (file.read(), file.stamp()) == ((), None)
    file.write([SAUCE, LOUD, OPEN])
    assert file.read() == (SAUCE, LOUD, OPEN)
    assert file.stamp() is not None
    file.write([])
    assert file.read() == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[alias", "aliases.toml"),
        ("[[alias]]\nsaid = 'x'\n", "language"),
        ("[[alias]]\nsaid = 'x'\nlanguage = 'de'\ncommand = 'media.play'\n", "de"),
        ("[[alias]]\nsaid = 'x'\nlanguage = 'fr'\ncommand = 'media.dance'\n", "media.dance"),
        ("[[alias]]\nsaid = 'x'\nlanguage = 'fr'\ncommand = 'app.open'\n", "app"),
        ("[[alias]]\nsaid = 'x'\nlanguage = 'fr'\ncommand = 'media.play'\nrun = 'rm'\n", "run"),
    ],
)
def test_a_broken_file_is_told_with_its_name_and_what_is_wrong(file: AliasFile, text: str, says: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        file.read()
    assert "aliases.toml" in str(caught.value)
    assert says in str(caught.value)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "commands").touch()
    with pytest.raises(ConfigError, match="cannot be written"):
        AliasFile(tmp_path / "commands" / "aliases.toml").write([SAUCE])


def test_a_running_matcher_sees_each_change_at_once_and_goes_on_without_a_broken_file(file: AliasFile) -> None:
    events: list[Event] = []
    with Interpreter(events.append, dict, aliases=file) as interpreter:

        def means(text: str) -> str | None:
            return interpreter.match(text, None)[0].command

        assert means("balance la sauce") is None
        file.write([SAUCE])
        assert means("balance la sauce") == "media.play"
        assert means("coupe le son") == "audio.mute"
        file.path.write_text("nonsense")
        assert means("balance la sauce") is None
        assert means("coupe le son") == "audio.mute"
        file.write([SAUCE, LOUD])
        assert means("balance la sauce") == "media.play"
        file.path.unlink()
        assert means("balance la sauce") is None
        [against] = interpreter.objections([Alias(said="coupe le son", language="fr", command="media.play")])
        assert against is not None
    told = [type(event) for event in events if isinstance(event, PartMissing | PartReady)]
    assert told == [PartReady, PartMissing, PartReady, PartReady]


TEACHER = """
import sys
from pathlib import Path
from etoile.aliases import AliasFile
from etoile.domain.learning.offers import Alias
file = AliasFile(Path(sys.argv[1]))
for number in range(10):
    alias = Alias(said=f"{sys.argv[2]} {number}", language="en", command="media.play")
    file.change(lambda taken: (*taken, alias))
"""


def test_two_programs_that_learn_at_once_lose_nothing(file: AliasFile) -> None:
    teachers = [
        subprocess.Popen([sys.executable, "-c", TEACHER, str(file.path), name]) for name in ("app", "command line")
    ]
    assert [teacher.wait(120) for teacher in teachers] == [0, 0]
    assert len({alias.said for alias in file.read()}) == 20


def test_what_another_program_holds_for_too_long_is_told(file: AliasFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.aliases.locked", lambda path: locked(path, within_s=0.0))
    with locked(file.path), pytest.raises(ConfigError) as raised:
        file.change(lambda taken: (SAUCE,))
    assert "another program" in str(raised.value)
    assert file.read() == ()
