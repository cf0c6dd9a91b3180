"""GPUs, nodes and Etoile itself, as the desk tells them."""

import re
import time
from dataclasses import replace

import pytest

from etoile.domain.events import AlertsSnoozed
from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import ActionFailed, EtoileError
from etoile.text import message
from tests.actions.fakes import FakeDesk, Scene

GIB = 1024**3
HOT = GpuReading(
    uuid="a",
    index=0,
    name="RTX 3090",
    host="here",
    temperature_c=82,
    utilization_percent=97,
    memory_used_bytes=20 * GIB,
    memory_total_bytes=24 * GIB,
    power_w=349.6,
)
LOST = GpuReading(uuid="b", index=1, name="GTX 1660", host="here", state=GpuState.LOST)
UP = NodeStatus(
    name="M1",
    dialect="openai",
    url="http://x:1",
    state=NodeState.UP,
    model="qwen3",
    models=("a", "qwen3"),
    loaded=("qwen3",),
)
DOWN = NodeStatus(
    name="M2", dialect="ollama", url="http://y:1", state=NodeState.DOWN, reason=message("refused the connection")
)


def test_gpus() -> None:
    scene = Scene(desk=FakeDesk(readings=(HOT, LOST), hot={"a": Thermal.WARNING}))
    assert scene.do("gpu.temperature") == "RTX 3090: 82 °C (hot), GTX 1660: lost."
    assert scene.do("gpu.memory") == "RTX 3090: 20.0 GiB of 24.0 GiB taken, GTX 1660: lost."
    assert (
        scene.do("gpu.status")
        == "RTX 3090: 82 °C (hot), load 97 %, memory 20.0 GiB of 24.0 GiB, 350 W, GTX 1660: lost."
    )


def test_a_value_that_is_not_reported_is_never_a_number() -> None:
    bare = GpuReading(uuid="c", index=0, name="T4", host="here")
    scene = Scene(desk=FakeDesk(readings=(bare,)))
    assert scene.do("gpu.temperature") == "T4: not reported."
    assert scene.do("gpu.memory") == "T4: not reported."


def test_simulated_gpus_are_called_so() -> None:
    simulated = GpuReading(uuid="c", index=0, name="T4", host="here", temperature_c=40, simulated=True)
    assert Scene(desk=FakeDesk(readings=(simulated,))).do("gpu.temperature").startswith("Simulated: ")


def test_two_of_the_same_model_are_told_apart() -> None:
    pair = tuple(
        GpuReading(uuid=str(index), index=index, name="T4", host="here", temperature_c=40 + index) for index in (0, 1)
    )
    said = Scene(desk=FakeDesk(readings=pair)).do("gpu.temperature")
    assert said == "T4 #0: 40 °C (normal), T4 #1: 41 °C (normal)."


@pytest.mark.parametrize("command", ["gpu.status", "gpu.temperature", "gpu.memory"])
def test_no_gpu(scene: Scene, command: str) -> None:
    with pytest.raises(ActionFailed, match="no GPU"):
        scene.do(command)


def test_snoozing_alerts_and_back(scene: Scene) -> None:
    assert re.fullmatch(r"No GPU alert for 30 min, until \d?\d:\d\d( [AP]M)?\.", scene.do("alert.snooze"))
    scene.do("assistant.undo")
    snoozed, woken = scene.events
    assert isinstance(snoozed, AlertsSnoozed)
    assert 1790 < snoozed.until_s - time.monotonic() <= 1800
    assert woken == AlertsSnoozed(0)


def test_nodes() -> None:
    scene = Scene(desk=FakeDesk(states=(UP, DOWN)))
    assert scene.do("cluster.status") == "1 of 2 nodes can answer. M1: up with qwen3, M2: down."
    assert scene.do("cluster.health") == "1 of 2 nodes can answer. M2: down (refused the connection)."
    assert scene.do("model.list") == "M1: qwen3, a."


def test_all_is_well() -> None:
    assert Scene(desk=FakeDesk(states=(UP,))).do("cluster.health") == "The node is well."


@pytest.mark.parametrize("command", ["cluster.status", "cluster.health", "model.list"])
def test_no_node(scene: Scene, command: str) -> None:
    with pytest.raises(ActionFailed, match="no node") as error:
        scene.do(command)
    assert error.value.remedy


def test_etoile_itself() -> None:
    scene = Scene(desk=FakeDesk(requests=("mute", "what time is it")))
    assert scene.do("assistant.history") == "Lately: “mute”, “what time is it”."
    assert "set the volume" in scene.do("assistant.help")
    assert scene.do("language.set", language="fr") == "I speak French from now on."
    assert scene.desk.language == "fr"
    with pytest.raises(ActionFailed):
        scene.do("language.set", language="de")
    assert scene.desk.language == "fr"


def test_the_voice_is_chosen_and_its_speed(scene: Scene) -> None:
    assert scene.do("voice.switch", voice="Amelie") == "From now on I speak with the voice Amelie."
    assert scene.desk.voice == "Amelie"
    with pytest.raises(ActionFailed, match="no voice called Zorro"):
        scene.do("voice.switch", voice="Zorro")
    assert scene.do("voice.faster") == "I speak 216 words a minute from now on."
    assert scene.do("voice.slower") == "I speak 180 words a minute from now on."
    for command, rate_wpm in (("voice.faster", 450), ("voice.slower", 80)):
        for _ in range(12):
            scene.do(command)
        assert scene.desk.rate_wpm == rate_wpm


@pytest.mark.parametrize("command", ["voice.switch", "voice.faster"])
def test_where_nothing_is_spoken_no_voice_is_changed(command: str) -> None:
    with pytest.raises(ActionFailed):
        Scene(FakeDesk(voice="")).do(command, voice="Thomas")


def test_nothing_to_undo(scene: Scene) -> None:
    with pytest.raises(ActionFailed, match="nothing to undo"):
        scene.do("assistant.undo")


def test_gpus_of_other_machines_are_told_with_their_host() -> None:
    far = (replace(HOT, host="M1", far=True), replace(HOT, uuid="c", index=1, host="M1", far=True), HOT)
    said = Scene(desk=FakeDesk(readings=far)).do("gpu.temperature")
    assert said == "RTX 3090 #0 on M1: 82 °C (normal), RTX 3090 #1 on M1: 82 °C (normal), RTX 3090: 82 °C (normal)."


def test_models_are_loaded_and_that_is_taken_back(scene: Scene) -> None:
    assert scene.do("model.load", model="qwen3") == "qwen3 is in memory."
    assert scene.desk.in_memory == {"qwen3"}
    scene.do("assistant.undo")
    assert scene.desk.in_memory == set()
    scene.desk.in_memory = {"qwen3"}
    assert scene.do("model.unload", model="qwen3") == "qwen3 is out of memory."
    scene.do("assistant.undo")
    assert scene.desk.in_memory == {"qwen3"}


def test_nodes_are_measured(scene: Scene) -> None:
    assert scene.do("cluster.benchmark") == "fast"


@pytest.mark.parametrize("command", ["model.load", "model.unload", "cluster.benchmark"])
def test_what_a_node_refuses_is_told_with_its_remedy(scene: Scene, command: str) -> None:
    scene.desk.refuses = EtoileError(message("No room."), message("Make some."))
    with pytest.raises(ActionFailed, match="No room") as refused:
        scene.do(command, model="qwen3")
    assert refused.value.remedy == message("Make some.")


def test_a_model_has_a_name(scene: Scene) -> None:
    with pytest.raises(ActionFailed, match="which one"):
        scene.do("model.load")
