"""What the user is told, and when: the policy as stories."""

import math
from datetime import UTC, datetime

import pytest

from etoile.config import Alerts, AlertsOfGpu
from etoile.config import Thermal as Limits
from etoile.domain import events as on
from etoile.domain.alerting.scope import Kind, Scope, is_quiet
from etoile.domain.effects import Urgency
from etoile.domain.nodes import NodeState
from etoile.domain.turn import Phase, Speaking, Turn
from tests.domain.alerting.play import Player, card, gone, node

HOT, CRITICAL = "GPU 0 is hot on athena", "GPU 0 critical on athena"


def test_warning_then_critical_in_its_place_and_away_when_it_is_over() -> None:
    player = Player().temperatures([60] * 5 + [80] * 30)
    assert (player.titles, player.urgencies) == ([HOT], [Urgency.NORMAL])
    player.temperatures([90] * 30)
    assert (player.titles, player.urgencies) == ([HOT, CRITICAL], [Urgency.NORMAL, Urgency.CRITICAL])
    assert len({notify.key for notify in player.notified}) == 1
    player.temperatures([60] * 30)
    assert (len(player.notified), player.standing) == (2, {})


def test_what_is_no_longer_critical_does_not_say_so_any_more_and_is_no_news() -> None:
    player = Player().temperatures([90] * 30 + [78] * 900)
    assert (player.titles, player.standing) == ([CRITICAL], {})


def test_what_comes_back_waits_for_its_cooldown() -> None:
    player = Player().temperatures([90] * 30 + [60] * 30 + [90] * 200)
    assert player.titles == [CRITICAL]
    player.temperatures([90] * 60)
    assert player.titles == [CRITICAL] * 2


def test_a_warning_that_lasts_is_told_once() -> None:
    assert Player().temperatures([80] * 3600).titles == [HOT]


def test_what_stays_critical_is_told_again_ever_more_seldom_and_aloud() -> None:
    player = Player().temperatures([90] * 3 * 3600)
    told = len(player.notified)
    assert 5 <= told <= 7, "after 5, 15, 35, 75, 135 minutes"
    assert player.spoken == [f"{CRITICAL}."] * (told - 1)
    assert "for 5 min" in player.bodies[1]


def test_it_is_not_told_again_where_that_is_not_wanted() -> None:
    assert len(Player(alerts=Alerts(again_s=0)).temperatures([90] * 3600).notified) == 1


@pytest.mark.parametrize("turn", [Turn(phase=Phase.LISTENING), Turn(muted=True), Turn(speaking=Speaking.NEVER)])
def test_nothing_is_spoken_into_a_conversation_or_against_the_users_will(turn: Turn) -> None:
    player = Player()
    player.state = type(player.state)(turn=turn)
    player.temperatures([90] * 600)
    assert (len(player.notified), player.spoken) == (2, [])
    assert Player(alerts=Alerts(spoken=False)).temperatures([90] * 600).spoken == []


# Snoozes


def test_a_snooze_is_over_after_its_time_and_what_is_still_so_is_told() -> None:
    player = Player().temperatures([80] * 30)
    player.press("snooze 600")
    player.temperatures([80] * 590)
    assert (player.titles, player.standing) == ([HOT], {})
    player.temperatures([80] * 20)
    assert player.titles == [HOT] * 2


def test_who_snoozes_a_warning_hears_of_what_becomes_critical() -> None:
    player = Player().temperatures([80] * 30)
    player.press("snooze 3600")
    player.temperatures([90] * 30)
    assert player.titles == [HOT, CRITICAL]
    player.press("snooze 3600")
    player.temperatures([90] * 1800)
    assert player.titles == [HOT, CRITICAL]


def test_until_it_cools() -> None:
    player = Player().temperatures([80] * 30)
    player.press("snooze over")
    player.temperatures([80] * 7200)
    assert player.titles == [HOT]
    player.temperatures([60] * 60 + [80] * 30)
    assert player.titles == [HOT] * 2
    assert player.state.desk.snoozes == ()


def test_a_snooze_is_about_its_gpu_and_its_kind() -> None:
    player = Player().play([[card(0, 80), card(1, 60)]] * 30)
    player.press("snooze 3600")
    player.play([[card(0, 80, memory_used_bytes=10 * 1024**3), card(1, 80)]] * 60)
    assert sorted(player.titles[1:]) == [
        "GPU 1 is hot on athena",
        "The memory of GPU 0 is nearly full on athena",
    ]


def test_a_snooze_of_a_gpu_is_about_all_that_it_has() -> None:
    player = Player()
    player.hear(on.AlertsSnoozed(math.inf, Scope(subject="GPU-0")))
    player.play([[card(0, 95, memory_used_bytes=10 * 1024**3), card(1, 80)]] * 60)
    assert player.titles == ["GPU 1 is hot on athena"]
    player.hear(on.AlertsSnoozed(0.0, Scope(subject="GPU-0")))
    player.play([[card(0, 95), card(1, 80)]] * 2)
    assert sorted(player.titles[1:]) == [CRITICAL, "The memory of GPU 0 is nearly full on athena"]


def test_a_snooze_of_everything_takes_what_stands_away_and_can_be_ended() -> None:
    player = Player().temperatures([90] * 30)
    player.hear(on.AlertsSnoozed(player.at_s + 1800))
    assert player.standing == {}
    assert player.state.desk.is_snoozed(player.at_s)
    player.temperatures([90] * 60)
    assert player.titles == [CRITICAL]
    player.hear(on.AlertsSnoozed(0.0))
    player.temperatures([90] * 2)
    assert player.titles == [CRITICAL] * 2


def test_the_buttons_of_a_group_are_about_its_kind() -> None:
    player = Player().play([[card(index, 80) for index in range(4)]] * 30)
    assert player.titles == ["4 GPUs are hot"]
    player.press("snooze 600")
    assert player.state.desk.is_snoozed(player.at_s, Scope(Kind.HEAT, "GPU-9"))
    player.play([[card(index, 80) for index in range(8)]] * 120)
    assert player.titles == ["4 GPUs are hot"]


def test_a_button_of_a_notification_that_is_gone_does_nothing_else() -> None:
    player = Player().temperatures([80] * 30)
    key = player.notified[0].key
    player.temperatures([60] * 30)
    player.hear(on.NotificationActed(key, "snooze 600", player.at_s))
    assert player.state.desk.snoozes == ()


# Quiet hours


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        ("22:00-07:30", "21:59", False),
        ("22:00-07:30", "22:00", True),
        ("22:00-07:30", "00:00", True),
        ("22:00-07:30", "07:29", True),
        ("22:00-07:30", "07:30", False),
        ("12:00-13:00", "12:30", True),
        ("12:00-13:00", "13:00", False),
        ("12:00-12:00", "12:00", False),
        ("", "00:00", False),
    ],
)
def test_hours(hours: str, at: str, *, quiet: bool) -> None:
    assert is_quiet(hours, datetime.strptime(at, "%H:%M").replace(tzinfo=UTC).time()) is quiet


def night(hour: int, minute: int = 0) -> Player:
    player = Player(alerts=Alerts(quiet="22:00-07:30"), local=datetime(2026, 11, 21, hour, minute, tzinfo=UTC))
    for _ in range(6):
        player.second(card(0, 60))
    return player


def test_at_night_warnings_wait_for_the_morning() -> None:
    player = night(7).temperatures([80] * 1700)
    assert player.titles == []
    player.temperatures([80] * 120)
    assert player.titles == [HOT]


def test_what_is_over_by_the_morning_is_no_news() -> None:
    assert night(7).temperatures([80] * 1200 + [60] * 1200).titles == []


def test_critical_comes_through_at_night_but_nothing_is_spoken() -> None:
    player = night(2).temperatures([90] * 700)
    assert (player.titles, player.spoken) == ([CRITICAL] * 2, [])


# One GPU's own settings


def test_a_gpu_may_be_silent_or_have_a_limit_of_its_own() -> None:
    own = (
        AlertsOfGpu(index=0, silent=True),
        AlertsOfGpu(name="3080", memory_percent=50),
        AlertsOfGpu(index=2, warning_c=82),
    )
    player = Player(alerts=Alerts(gpus=own))
    player.play([[card(0, 95), card(1, 60, memory_used_bytes=6 * 1024**3), card(2, 80)]] * 60)
    assert player.titles == ["The memory of GPU 1 is nearly full on athena"]


def test_the_cards_own_limits_are_what_is_alerted_on() -> None:
    player = Player(limits=Limits(limits="card")).temperatures([83] * 60, max_operating_c=90)
    assert player.titles == []
    player.temperatures([86] * 60, max_operating_c=90)
    assert player.titles == [HOT]
    assert "limit 84 °C" in player.bodies[0]


# Lost cards, fans, models, nodes


def test_a_hot_card_that_is_lost_is_critical_and_a_cool_one_is_not() -> None:
    player = Player().play([[card(0, 80), card(1, 50)]] * 30 + [[gone(0), gone(1)]] * 30)
    assert sorted(zip(player.titles[1:], player.urgencies[1:], strict=True)) == [
        ("GPU 0 stopped reporting on athena", Urgency.CRITICAL),
        ("GPU 1 stopped reporting on athena", Urgency.NORMAL),
    ]
    player.play([[card(0, 60), card(1, 50)]] * 60)
    assert player.standing == {}


def test_a_card_that_was_never_there_is_not_lost() -> None:
    assert Player().play([[gone(0)]] * 60).titles == []


def test_a_fan_that_does_not_turn_is_told_of_once_with_the_heat_that_follows() -> None:
    player = Player().play([[card(0, 72, fan_percent=0)]] * 60)
    assert player.titles == ["The fan of GPU 0 stands still on athena"]
    player.play([[card(0, 78, fan_percent=0)]] * 60)
    assert player.titles[1:] == [HOT]
    assert "The fan stands still." in player.bodies[1]
    assert len(player.standing) == 1


@pytest.mark.parametrize("fan_percent", [None, 1, 30])
def test_a_fan_that_turns_or_is_not_there_is_no_news(fan_percent: int | None) -> None:
    assert Player().play([[card(0, 74, fan_percent=fan_percent)]] * 60).titles == []


def test_a_node_that_never_worked_is_no_news_and_one_that_did_is_until_it_is_back() -> None:
    player = Player()
    for _ in range(60):
        player.second(nodes=[node("M1"), node("M2", NodeState.DOWN)])
    for _ in range(60):
        player.second(nodes=[node("M1", NodeState.DOWN), node("M2", NodeState.DOWN)])
    assert player.titles == ["M1 does not answer"]
    for _ in range(60):
        player.second(nodes=[node("M1"), node("M2", NodeState.DOWN)])
    assert (len(player.notified), player.standing) == (1, {})


def test_a_node_that_is_still_down_long_after_the_computer_woke_is_told_of() -> None:
    player = Player()
    for _ in range(60):
        player.second(nodes=[node("M1")])
    player.sleep(3600)
    for _ in range(85):
        player.second(nodes=[node("M1", NodeState.DOWN)])
    assert player.titles == []
    for _ in range(20):
        player.second(nodes=[node("M1", NodeState.DOWN)])
    assert player.titles == ["M1 does not answer"]
