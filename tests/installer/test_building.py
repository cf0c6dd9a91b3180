"""The commands of installer/build.py, with the long steps left out."""

from pathlib import Path

import pytest

from installer import building
from installer.environment import ROOT, SetupError


def test_without_a_known_command_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert building.main([]) == 2
    assert building.main(["deb", "snap"]) == 2
    assert building.main(["--help"]) == 0
    usage = capsys.readouterr().err
    assert all(f"  {name} " in usage for name in building.COMMANDS)


def test_several_are_carried_out_in_turn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(building.COMMANDS, "deb", lambda: Path("etoile.deb"))
    monkeypatch.setitem(building.COMMANDS, "tar", lambda: Path("etoile.tar.gz"))
    assert building.main(["deb", "tar"]) == 0
    assert capsys.readouterr().out.split() == ["etoile.deb", "etoile.tar.gz"]


def test_the_first_that_fails_ends_it_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> Path:
        raise SetupError("dpkg-deb is not here")

    monkeypatch.setitem(building.COMMANDS, "deb", fail)
    monkeypatch.setitem(building.COMMANDS, "tar", lambda: pytest.fail("it went on"))
    assert building.main(["deb", "tar"]) == 1
    assert "dpkg-deb is not here" in capsys.readouterr().err


def test_there_must_be_a_program_to_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building, "BUILD", tmp_path)
    with pytest.raises(SetupError, match="folder"):
        building.test()


def test_the_version_is_that_of_the_package() -> None:
    from etoile import __version__

    assert building.version() == __version__


def test_the_tests_of_the_frozen_program_are_there_and_not_in_the_suite() -> None:
    assert (ROOT / "tests/frozen/test_program.py").exists()
    assert all((ROOT / name).exists() for name in building.ON_THE_DESKTOP)
    assert '"tests/frozen"' in (ROOT / "pyproject.toml").read_text("utf-8").partition("norecursedirs")[2].split("\n")[0]
