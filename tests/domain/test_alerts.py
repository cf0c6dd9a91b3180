"""What is shown for a transition, in the words the user reads."""

from dataclasses import replace

import pytest

from etoile.domain.alerts import alerts
from etoile.domain.effects import Notify, Urgency, Withdraw
from etoile.domain.gpus import GpuProcess, GpuReading, Thermal
from etoile.domain.thermal import Transition
from etoile.text import NO_BREAK_SPACE, render

GIB = 1024**3
COOL = GpuReading(uuid="GPU-a", index=1, name="RTX 3080", host="athena", temperature_c=60)
HOT = replace(COOL, temperature_c=86)


def change(before: Thermal, after: Thermal, reading: GpuReading = HOT, **more: float) -> Transition:
    return Transition(before=before, after=after, reading=reading, **{"limit_c": 75, "peak_c": 92, **more})  # type: ignore[arg-type]


def shown(transition: Transition) -> tuple[str, str, Urgency]:
    """Return title, body and urgency of the one notification for `transition`, with plain spaces."""
    (notify,) = alerts([transition], snoozed=False)
    assert isinstance(notify, Notify)
    title, body = (render(words, "en").replace(NO_BREAK_SPACE, " ") for words in (notify.title, notify.body))
    return title, body, notify.urgency


STORIES = {
    "hot": (
        change(Thermal.NORMAL, Thermal.WARNING, held_s=10.0),
        ("GPU 1 is hot on athena", "86 °C (limit 75 °C) for 10 s.", Urgency.NORMAL),
    ),
    "critical": (
        change(Thermal.WARNING, Thermal.CRITICAL, limit_c=85, held_s=3.0),
        ("GPU 1 critical on athena", "86 °C (limit 85 °C) for 3 s.", Urgency.CRITICAL),
    ),
    "critical at once": (
        change(Thermal.NORMAL, Thermal.CRITICAL, limit_c=85),
        ("GPU 1 critical on athena", "86 °C (limit 85 °C).", Urgency.CRITICAL),
    ),
    "cooling": (
        change(Thermal.CRITICAL, Thermal.WARNING, replace(COOL, temperature_c=79), limit_c=85),
        ("GPU 1 is cooling down on athena", "79 °C, no longer critical. Peak: 92 °C.", Urgency.LOW),
    ),
    "recovered": (
        change(Thermal.WARNING, Thermal.NORMAL, COOL, hot_s=180.0),
        ("GPU 1 back to normal on athena", "60 °C. Peak: 92 °C, 3 min.", Urgency.LOW),
    ),
    "silent while hot": (
        change(Thermal.CRITICAL, Thermal.UNKNOWN),
        ("GPU 1 stopped reporting on athena", "Its last temperature was 86 °C.", Urgency.NORMAL),
    ),
    "back, and still hot": (
        change(Thermal.UNKNOWN, Thermal.WARNING),
        ("GPU 1 is hot on athena", "86 °C (limit 75 °C).", Urgency.NORMAL),
    ),
    "back, and cool": (
        change(Thermal.UNKNOWN, Thermal.NORMAL, COOL, hot_s=60.0),
        ("GPU 1 back to normal on athena", "60 °C. Peak: 92 °C, 1 min.", Urgency.LOW),
    ),
    "simulated": (
        change(Thermal.NORMAL, Thermal.WARNING, replace(HOT, simulated=True)),
        ("GPU 1 is hot on athena (simulated)", "86 °C (limit 75 °C).", Urgency.NORMAL),
    ),
}


@pytest.mark.parametrize(("transition", "expected"), STORIES.values(), ids=STORIES.keys())
def test_story(transition: Transition, expected: tuple[str, str, Urgency]) -> None:
    assert shown(transition) == expected


REASONS = {
    "slowed by heat": (replace(HOT, throttle=("hw_thermal",)), "The GPU slows itself down because of the heat."),
    "a power cap is normal": (replace(HOT, throttle=("sw_power_cap",)), ""),
    "power supply": (replace(HOT, throttle=("hw_power_brake",)), "The power supply slows the GPU down."),
    "fan": (replace(HOT, fan_percent=88), "Fan at 88 %."),
    "a fan that stands still": (replace(HOT, fan_percent=0), "The fan stands still."),
    "no fan": (replace(HOT, fan_percent=None), ""),
    "the biggest process": (
        replace(
            HOT,
            processes=(
                GpuProcess(pid=1, name="Xorg", memory_used_bytes=GIB // 4),
                GpuProcess(pid=2, name="ollama", memory_used_bytes=8 * GIB),
                GpuProcess(pid=3, name=None, memory_used_bytes=9 * GIB),
                GpuProcess(pid=4, name="game"),
            ),
        ),
        "ollama holds 8.0 GiB of its memory.",
    ),
}


@pytest.mark.parametrize(("reading", "reason"), REASONS.values(), ids=REASONS.keys())
def test_a_hot_gpu_comes_with_its_reasons(reading: GpuReading, reason: str) -> None:
    _, body, _ = shown(change(Thermal.NORMAL, Thermal.WARNING, reading))
    assert body == f"86 °C (limit 75 °C). {reason}".strip()


def test_notifications_of_one_gpu_replace_each_other_and_can_be_acknowledged() -> None:
    told = alerts(
        [
            change(Thermal.NORMAL, Thermal.WARNING),
            change(Thermal.WARNING, Thermal.CRITICAL),
            change(Thermal.NORMAL, Thermal.WARNING, replace(HOT, uuid="GPU-b")),
        ],
        snoozed=False,
    )
    assert [notify.key for notify in told] == ["gpu:GPU-a", "gpu:GPU-a", "gpu:GPU-b"]
    assert all(isinstance(notify, Notify) and "acknowledge" in notify.actions for notify in told)


@pytest.mark.parametrize(("before", "after"), [(Thermal.UNKNOWN, Thermal.NORMAL), (Thermal.NORMAL, Thermal.UNKNOWN)])
def test_a_cool_gpu_is_no_news(before: Thermal, after: Thermal) -> None:
    cool = Transition(before=before, after=after, reading=COOL, limit_c=75)
    assert alerts([cool], snoozed=False) == ()


def test_a_snooze_shows_nothing_and_leaves_nothing_untrue_standing() -> None:
    assert alerts([change(Thermal.NORMAL, Thermal.WARNING)], snoozed=True) == (Withdraw("gpu:GPU-a"),)
    assert alerts([change(Thermal.WARNING, Thermal.NORMAL, COOL)], snoozed=True) == (Withdraw("gpu:GPU-a"),)
