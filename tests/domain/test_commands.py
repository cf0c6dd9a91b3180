import pytest

from etoile.domain.commands import COMMANDS, Consequence, SlotType


def test_every_id_is_there_once() -> None:
    assert len(COMMANDS) == 115
    assert all(name == command.id for name, command in COMMANDS.items())


@pytest.mark.parametrize("command", ["power.shutdown", "app.close", "process.kill", "file.trash.empty", "service.stop"])
def test_what_loses_work_is_destructive(command: str) -> None:
    assert COMMANDS[command].consequence is Consequence.DESTRUCTIVE


@pytest.mark.parametrize(
    "command", ["tab.close", "clipboard.paste", "network.wifi.off", "model.unload", "skills.remove"]
)
def test_what_may_lose_something_asks(command: str) -> None:
    assert COMMANDS[command].asks


@pytest.mark.parametrize("command", ["assistant.cancel", "assistant.stop_talking", "time.now", "gpu.status"])
def test_what_only_tells_does_not_ask(command: str) -> None:
    assert COMMANDS[command].consequence is Consequence.SAFE
    assert not COMMANDS[command].asks


def test_a_slot_is_called_after_its_type() -> None:
    assert COMMANDS["timer.set"].slots == (SlotType.SECONDS,)
    assert COMMANDS["audio.volume.set"].slots == (SlotType.LEVEL,)
    assert COMMANDS["audio.volume.set"].slot_names == ("level",)
    assert COMMANDS["skills.create"].slot_names == ("skill",)


def test_only_free_text_is_open() -> None:
    assert {slot for slot in SlotType if slot.is_open} == {SlotType.NAME, SlotType.QUERY, SlotType.TEXT}
