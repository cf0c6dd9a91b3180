"""What is learned from what was asked: aliases from repeating and correcting, habits from counting, none by chance."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from etoile.catalogue import load_catalogues
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.discretion import HIDDEN
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.learning.aliases import AliasBook, alias_offers, objection, with_alias
from etoile.domain.learning.corrections import answer_to_offer, correction_of
from etoile.domain.learning.dialogue import SUGGESTED_S
from etoile.domain.learning.habits import at_least, sequels, time_habits
from etoile.domain.learning.learned import Standing, learned
from etoile.domain.learning.offers import Alias, AliasOffer, Days, Sequel, TimeHabit, number_of
from etoile.domain.learning.record import Record
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import Matcher
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import Message, message, render

ZIK = Alias(said="balance la sauce", language="fr", command="media.play")
OFFER = AliasOffer(alias=ZIK, evidence=(1, 2, 3))
PLAY = Match(text="lance la musique", language="fr", command="media.play", confidence=1.0, reason=Reason.EXACT)
QUIET = State(turn=Turn(speaking=Speaking.VOICE))
"""Speaks only to who speaks to it."""
TODAY = date(2026, 11, 20)

# Corrections and answers


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("non, je voulais dire ouvre Firefox", "ouvre Firefox"),
        ("Non je voulais dire monte le son.", "monte le son."),
        ("je voulais plutôt dire : coupe le son", "coupe le son"),
        ("j'ai dit coupe le son", "coupe le son"),
        ("mais non, je t’ai dit « verrouille l'écran »", "verrouille l'écran"),
        ("no, I meant open Firefox", "open Firefox"),
        ("No no, what I meant was lock the screen", "lock the screen"),
        ("I said mute the sound", "mute the sound"),
        ("sorry, I meant to say “next song”", "next song"),
        ("non", None),
        ("non merci", None),
        ("I meant", None),
        ("il a dit coupe le son", None),
        ("he said open Firefox", None),
        ("what does “I meant” mean", None),
        ("je voulais te demander l'heure", None),
        ("no, I meant " + "x" * 1000, None),
    ],
)
def test_what_a_correction_means(said: str, meant: str | None) -> None:
    assert correction_of(said) == meant


@pytest.mark.parametrize(
    ("said", "fresh", "later"),
    [
        ("oui", "accept", None),
        ("yes please", "accept", None),
        ("non", "dismiss", None),
        ("retiens-le", "accept", "accept"),
        ("Remember that.", "accept", "accept"),
        ("ne le retiens pas", "dismiss", "dismiss"),
        ("plus jamais ça", "dismiss", "dismiss"),
        ("oui mais pourquoi", None, None),
        ("remember that I have an appointment", None, None),
    ],
)
def test_a_bare_yes_answers_a_fresh_offer_only(said: str, fresh: str | None, later: str | None) -> None:
    assert answer_to_offer(said, "fr", fresh=True) == fresh
    assert answer_to_offer(said, "en", fresh=False) == later


# Aliases from the history


def told(*stories: tuple[float, str, str | None]) -> list[Record]:
    """Return records of (seconds since the beginning, request, command); without a command it was handed over."""
    start = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    return [
        Record(
            id=number,
            at=start + timedelta(seconds=seconds),
            request=request,
            language="fr",
            decision=Decision.RUN if command else Decision.ROUTE,
            command=command,
            reason=Reason.EXACT if command else Reason.NONE,
        )
        for number, (seconds, request, command) in enumerate(stories, start=1)
    ]


LOOSE, CANONICAL = "balance la sauce", ("lance la musique", "media.play")
EPISODE = ((0, LOOSE, None), (20, LOOSE, None), (40, *CANONICAL))
TWICE = ((0, LOOSE, None), (20, *CANONICAL), (90_000, "Balance la sauce !", None), (90_030, *CANONICAL))


def offered(*stories: tuple[float, str, str | None]) -> list[tuple[str, str]]:
    """Return what is offered after these requests: phrase and command."""
    return [(offer.alias.said, offer.alias.command) for offer in alias_offers(told(*stories))]


@pytest.mark.parametrize(
    "stories",
    [
        EPISODE,
        TWICE,
        ((0, "mets un son doux", "audio.mute"), (15, "non, je voulais dire lance la musique", "media.play")),
    ],
    ids=["handed over twice, then asked rightly", "repeated on another day", "corrected once"],
)
def test_a_wording_is_offered_when_the_user_repeats_or_corrects(
    stories: tuple[tuple[float, str, str | None], ...],
) -> None:
    [(said, command)] = offered(*stories)
    assert command == "media.play"
    assert said.casefold().startswith(("balance", "mets"))


@pytest.mark.parametrize(
    "stories",
    [
        ((0, LOOSE, None), (20, *CANONICAL)),
        ((0, LOOSE, None), (20, LOOSE, None), (300, *CANONICAL)),
        ((0, LOOSE, None), (20, *CANONICAL), (900, LOOSE, None), (1000, LOOSE, None), (2000, LOOSE, None)),
        ((0, LOOSE, None), (20, *CANONICAL), (900, LOOSE, None), (920, "coupe le son", "audio.mute")),
        ((0, LOOSE, None), (20, LOOSE, None), (40, "annule", "assistant.cancel")),
        ((0, LOOSE, None), (20, LOOSE, None), (40, "parle-moi d'autre chose", None)),
        ((0, "coupe le son", "audio.mute"), (10, *CANONICAL), (900, "coupe le son", "audio.mute"), (910, *CANONICAL)),
        ((0, "non, je voulais dire lance la musique", "media.play"),),
    ],
    ids=[
        "once",
        "too late",
        "mostly not followed",
        "followed by this and by that",
        "followed by words about the talk",
        "never taken",
        "a command, followed by another",
        "a correction of nothing",
    ],
)
def test_nothing_is_offered(stories: tuple[tuple[float, str, str | None], ...]) -> None:
    assert offered(*stories) == []


@pytest.mark.parametrize(
    "change",
    [{"undone": True}, {"ok": False}, {"compound": True}, {"decision": Decision.REFUSE}],
    ids=["undone", "failed", "part of several", "refused"],
)
def test_what_did_not_stay_done_is_no_evidence(change: dict[str, object]) -> None:
    first, second, third = told(*EPISODE)
    assert alias_offers([first, second, third])
    assert alias_offers([first, second, replace(third, **change)]) == ()  # type: ignore[arg-type]


def test_what_is_chosen_twice_from_did_you_mean_is_offered() -> None:
    chosen = [
        replace(record, reason=Reason.AMBIGUOUS)
        for record in told((0, LOOSE, "media.play"), (900, LOOSE, "media.play"))
    ]
    assert [offer.alias for offer in alias_offers(chosen)] == [ZIK]
    assert alias_offers(chosen[:1]) == ()


def test_the_offer_knows_its_evidence_and_forgets_the_window_in_front() -> None:
    *asked, last = told(*EPISODE)
    last = replace(last, command="window.close", slots={"window": "notes.txt"})
    [offer] = alias_offers([*asked, last])
    assert offer.evidence == (1, 2, 3)
    assert offer.alias.slots == {}


# Aliases at work


@cache
def _matcher() -> tuple[dict[str, Catalogue], Matcher]:
    catalogues = load_catalogues()
    return catalogues, Matcher(catalogues, {"app": ("Firefox",)})


def means(text: str, *aliases: Alias) -> Match:
    """Return what `text` means with `aliases`."""
    catalogues, matcher = _matcher()
    return AliasBook(aliases, catalogues).match(text, matcher.match(text, None))


@pytest.mark.parametrize("text", ["balance la sauce", "Balance la sauce !", "Etoile, balance la sauce s'il te plaît"])
def test_an_alias_matches_like_a_form_of_the_catalogue(text: str) -> None:
    found = means(text, ZIK)
    assert (found.command, found.confidence, found.language) == ("media.play", 1.0, "fr")
    assert means(text).command is None


@pytest.mark.parametrize(
    "text",
    [
        "ne balance pas la sauce",
        "balance la sauce sur les pâtes",
        "il a dit balance la sauce",
        "balance",
        "",
        "x " * 300,
    ],
)
def test_nothing_else_is_taken_for_it(text: str) -> None:
    assert means(text, ZIK).command is None


def test_an_alias_takes_nothing_away_from_a_command_even_if_it_was_written_by_hand() -> None:
    assert means("coupe le son", replace(ZIK, said="coupe le son")).command == "audio.mute"
    assert means("ne fais rien du tout", replace(ZIK, said="ne fais rien du tout")).command is None


@pytest.mark.parametrize(
    ("alias", "against"),
    [
        (ZIK, None),
        (Alias(said="le bazar habituel", language="fr", command="app.open", slots={"app": "Firefox"}), None),
        (Alias(said="make it so", language="en", command="power.shutdown"), None),
        (replace(ZIK, said="coupe le son"), "means something already"),
        (replace(ZIK, said="ne coupe pas"), "negation"),
        (replace(ZIK, said="surtout jamais ça"), "negation"),
        (replace(ZIK, said="don't go", language="en"), "negation"),
        (replace(ZIK, said="laisse tomber"), "answers a question"),
        (replace(ZIK, said="je voulais dire ça"), "answers a question"),
        (replace(ZIK, said="he said mute the sound", language="en"), "talks about"),
        (replace(ZIK, said="hop"), "too short"),
        (replace(ZIK, said="?!"), "too short"),
        (replace(ZIK, said="la " * 20), "too long"),
        (replace(ZIK, command="media.dance"), "no command"),
        (replace(ZIK, command="app.open"), "no command"),
        (replace(ZIK, slots={"level": 3}), "no command"),
    ],
)
def test_what_must_not_be_an_alias(alias: Alias, against: str | None) -> None:
    found = objection(alias, *_matcher())
    assert found is None if against is None else found is not None and against in render(found, "en")


def test_the_same_words_have_one_meaning() -> None:
    other = replace(ZIK, said="Balance  la sauce", command="media.pause")
    assert with_alias((ZIK,), other) == (replace(other, said="Balance la sauce"),)


# Habits


def week(seed: int, a_day: int = 12) -> Iterator[Record]:
    """Return eight weeks of requests that come at random, in bursts and mostly around three times of the day."""
    dice = random.Random(seed)
    choice = [("app.open", {"app": name}) for name in ("Firefox", "Files", "Slack")]
    choice += [(command, {}) for command in ("audio.mute", "screen.lock", "gpu.status", "media.play", "time.now")]
    weights = [dice.random() ** 2 + 0.02 for _ in choice]
    for back in range(56):
        day = TODAY - timedelta(days=back)
        hours = [dice.gauss(dice.choice((10, 15, 21)), 1.2) for _ in range(dice.randint(1, 2 * a_day))]
        hours += [hour + dice.random() * 0.08 for hour in hours if dice.random() < 0.4]
        for hour in hours:
            command, slots = dice.choices(choice, weights)[0]
            yield done(day, min(23.9, max(0.0, hour)), command, **slots)


def done(day: date, hour: float, command: str, **slots: str) -> Record:
    """Return a command that ran on `day` at `hour`."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)
    return Record(id=0, at=at, request=f"{command} {slots}", decision=Decision.RUN, command=command, slots=slots)


def mornings(dice: random.Random, share: float, days: Days) -> Iterator[Record]:
    """Open Thunderbird around nine on most of `days`."""
    for back in range(56):
        day = TODAY - timedelta(days=back)
        if day.weekday() in days.value and dice.random() < share:
            yield done(day, 9 + dice.gauss(0, 0.15), "app.open", app="Thunderbird")


def in_order(*parts: Iterator[Record]) -> list[Record]:
    """Return the records of all `parts`, oldest first and numbered."""
    records = sorted(itertools.chain(*parts), key=lambda record: record.at)
    return [replace(record, id=number) for number, record in enumerate(records)]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (Days.EVERY_DAY, "Every day"),
        (Days.WEEKDAYS, "On weekdays"),
        (Days.WEEKENDS, "At weekends"),
        (Days.MONDAYS, "On Mondays"),
    ],
)
def test_a_habit_of_the_day_is_found_among_everything_else(days: Days, said: str) -> None:
    [habit] = time_habits(in_order(week(7), mornings(random.Random(1), 0.95, days)), TODAY)
    assert habit.what == Candidate(command="app.open", slots={"app": "Thunderbird"}, confidence=1.0)
    assert habit.days is days
    assert abs(habit.minute - 540) <= 10
    assert render(habit.said, "en").startswith(said)


def test_a_habit_that_ended_or_hardly_ever_held_is_none() -> None:
    habit = list(mornings(random.Random(1), 0.95, Days.WEEKDAYS))
    ended = [record for record in habit if record.at.date() < TODAY - timedelta(days=20)]
    assert time_habits(in_order(week(7), iter(ended)), TODAY) == ()
    assert time_habits(in_order(week(7), mornings(random.Random(1), 0.3, Days.WEEKDAYS)), TODAY) == ()
    assert time_habits([], TODAY) == ()


def test_what_is_always_asked_at_nine_because_everything_is_shows_no_habit() -> None:
    def only_at_nine() -> Iterator[Record]:
        dice = random.Random(3)
        for back, _ in itertools.product(range(56), range(6)):
            command = dice.choice(("audio.mute", "screen.lock", "gpu.status"))
            yield done(TODAY - timedelta(days=back), 9 + dice.random() * 0.9, command)

    assert time_habits(in_order(only_at_nine()), TODAY) == ()


def test_no_habit_is_seen_in_chance() -> None:
    for seed in range(60):
        records = in_order(week(seed, a_day=(2, 5, 12)[seed % 3]))
        assert (time_habits(records, TODAY), sequels(records, TODAY)) == ((), ()), seed


def test_what_usually_follows_is_found() -> None:
    def after_mail() -> Iterator[Record]:
        for mail in mornings(random.Random(1), 0.9, Days.WEEKDAYS):
            yield replace(mail, at=mail.at + timedelta(minutes=1), slots={"app": "Notes"})

    [sequel] = sequels(in_order(week(7, 4), mornings(random.Random(1), 0.9, Days.WEEKDAYS), after_mail()), TODAY)
    assert (sequel.after.slots, sequel.what.slots) == ({"app": "Thunderbird"}, {"app": "Notes"})
    assert sequel.seen >= 0.6 * sequel.of
    assert render(sequel.said, "en") == "After “Open Thunderbird” you usually do this: Open Notes."


def test_taking_back_what_was_done_is_no_habit() -> None:
    pairs = (
        done(TODAY - timedelta(days=back), 9 + hour, command)
        for back in range(20)
        for hour, command in ((0.0, "audio.mute"), (0.01, "audio.unmute"))
    )
    assert sequels(in_order(week(7, 3), pairs), TODAY) == ()


def test_the_chance_of_several_things_is_exact() -> None:
    assert at_least(0, []) == 1.0
    assert at_least(2, [0.5, 0.5]) == pytest.approx(0.25)
    assert at_least(1, [0.1, 0.2]) == pytest.approx(1 - 0.9 * 0.8)
    assert at_least(3, [0.5, 0.5]) == 0.0


HABIT = TimeHabit(
    what=Candidate(command="app.open", slots={"app": "Thunderbird"}),
    request="ouvre thunderbird",
    days=Days.WEEKDAYS,
    minute=540,
    seen=20,
    of=22,
)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 11, 20, 8, 55, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 9, 25, tzinfo=UTC), True),
        (datetime(2026, 11, 20, 8, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 20, 10, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), False),
    ],
)
def test_when_a_habit_is_due(at: datetime, due: bool) -> None:
    assert HABIT.is_due(at) is due


# All that was learned


def test_everything_has_a_number_of_its_own_and_a_standing() -> None:
    other = replace(OFFER, alias=replace(ZIK, said="envoie le bouzin"))
    everything = learned([ZIK], {OFFER.key: OFFER, other.key: other}, [HABIT], {HABIT.key, "after:gone"})
    assert [(one.key, one.standing) for one in everything] == [
        (other.key, Standing.OFFERED),
        (HABIT.key, Standing.REFUSED),
        (OFFER.key, Standing.TAKEN),
        ("after:gone", Standing.REFUSED),
    ]
    assert len({one.number for one in everything}) == 4
    assert everything[0].number == number_of(other.key)


# Dialogue


def after(state: State, *events: Event) -> tuple[State, list[Effect]]:
    """Return the state after `events`, and everything they asked for."""
    asked: list[Effect] = []
    for event in events:
        state, effects = advance(state, event)
        asked += effects
    return state, asked


def asked_and_answered(state: State, text: str = LOOSE) -> State:
    """Return the state after a request that a node answered."""
    number = state.turn.number + 1
    state, _ = after(
        state,
        on.Typed(text),
        on.Interpreted(number, Match(text=text)),
        on.AnswerText(number, "What?"),
        on.AnswerEnded(number),
    )
    assert state.turn.phase is Phase.IDLE
    return state


def test_a_correction_is_interpreted_without_its_introduction_and_runs_under_the_usual_policy() -> None:
    state = asked_and_answered(QUIET)
    state, asked = after(state, on.Typed("non, je voulais dire lance la musique"))
    [interpret] = [effect for effect in asked if isinstance(effect, do.Interpret)]
    assert interpret.text == "lance la musique"
    assert state.turn.request == "non, je voulais dire lance la musique"
    state, asked = after(state, on.Interpreted(interpret.turn, PLAY))
    assert [effect.command for effect in asked if isinstance(effect, do.Run)] == ["media.play"]
    state, asked = after(
        state,
        on.ActionDone(interpret.turn, "media.play", {}, message("Cancelled.")),
        on.Typed("no, I meant shut down"),
        on.Interpreted(interpret.turn + 1, Match(text="shut down", command="power.shutdown", confidence=1.0)),
    )
    assert state.turn.phase is Phase.CONFIRMING
    assert not any(isinstance(effect, do.Run) for effect in asked)


def test_nothing_is_corrected_where_nothing_was_asked() -> None:
    _, asked = after(QUIET, on.Typed("no, I meant open Firefox"))
    assert [effect.text for effect in asked if isinstance(effect, do.Interpret)] == ["no, I meant open Firefox"]


def test_a_correction_breaks_into_the_answer_that_it_corrects() -> None:
    state, _ = after(QUIET, on.Typed(LOOSE), on.Interpreted(1, Match(text=LOOSE)), on.AnswerText(1, "A sauce"))
    state, asked = after(state, on.Typed("j'ai dit lance la musique"))
    assert do.StopWork(1) in asked
    assert [effect.text for effect in asked if isinstance(effect, do.Interpret)] == ["lance la musique"]


def test_what_is_remembered_tells_how_it_came_and_what_it_was_taken_for() -> None:
    _, asked = after(
        QUIET,
        on.Typed("lance la musique", Asking(origin=Origin.LINE)),
        on.Interpreted(1, PLAY),
        on.ActionDone(1, "media.play", {}, message("Cancelled."), undoable=True),
    )
    [remembered] = [effect for effect in asked if isinstance(effect, do.Remember)]
    assert (remembered.origin, remembered.match) == (Origin.LINE, PLAY)


def test_undoing_marks_the_turn_whose_action_is_taken_back() -> None:
    def acts(number: int, command: str, *, undoable: bool = True) -> list[Event]:
        match = Match(text=command, command=command, confidence=1.0)
        said = message("Cancelled.")
        return [on.Typed(command), on.Interpreted(number, match), on.ActionDone(number, command, {}, said, undoable)]

    history = [*acts(1, "audio.mute"), *acts(2, "time.now", undoable=False), *acts(3, "audio.volume.up")]
    _, asked = after(
        QUIET,
        *history,
        *acts(4, "assistant.undo", undoable=False),
        *acts(5, "assistant.undo", undoable=False),
        *acts(6, "assistant.undo", undoable=False),
    )
    assert [effect.turn for effect in asked if isinstance(effect, do.MarkUndone)] == [3, 1]


def test_an_offer_waits_until_nothing_else_is_going_on() -> None:
    state, _ = after(QUIET, on.Typed(LOOSE), on.Offered(OFFER))
    assert state.learning.visible is None
    state, asked = after(state, on.Interpreted(1, Match(text=LOOSE)), on.AnswerText(1, "What?"), on.AnswerEnded(1))
    assert state.learning.visible is OFFER
    assert do.OfferDeadline(OFFER.key, state.turn.confirm_s) in asked


def test_who_asked_by_voice_hears_the_question() -> None:
    spoken = Turn(asking=Asking(origin=Origin.VOICE))
    _, asked = after(State(turn=spoken), on.Offered(OFFER))
    assert [effect.said for effect in asked if isinstance(effect, do.Say)] == [OFFER.said]
    for turn in (Turn(), replace(spoken, muted=True)):
        _, asked = after(State(turn=turn), on.Offered(OFFER))
        assert not any(isinstance(effect, do.Say) for effect in asked)


@pytest.mark.parametrize(
    ("text", "effect"),
    [("oui", do.TakeOffer(OFFER, 1)), ("retiens-le", do.TakeOffer(OFFER, 1)), ("non", do.RefuseOffer(OFFER, 1))],
)
def test_a_word_takes_or_refuses_a_fresh_offer_and_its_turn_hears_of_it(text: str, effect: Effect) -> None:
    state, asked = after(QUIET, on.Offered(OFFER), on.Typed(text), on.Interpreted(1, Match(text=text)))
    assert effect in asked
    assert not any(isinstance(asked_for, do.Ask) for asked_for in asked)
    assert state.learning.visible is None
    state, _ = after(state, on.ActionDone(1, "assistant.learn", {}, message("Cancelled.")))
    assert (state.turn.phase, state.turn.said) == (Phase.IDLE, message("Cancelled."))


def test_a_bare_yes_that_comes_later_is_no_answer_but_a_click_still_is() -> None:
    aged, _ = after(QUIET, on.Offered(OFFER), on.OfferAged(OFFER.key))
    assert aged.learning.visible is OFFER
    _, asked = after(aged, on.Typed("oui"), on.Interpreted(1, Match(text="oui")))
    assert not any(isinstance(effect, do.TakeOffer) for effect in asked)
    state, asked = after(aged, on.OfferTaken(OFFER))
    assert asked == [do.TakeOffer(OFFER)]
    assert state.learning.visible is None


def test_yes_answers_a_question_before_it_answers_an_offer() -> None:
    shut = Match(text="shut down", command="power.shutdown", confidence=1.0)
    _, asked = after(QUIET, on.Offered(OFFER), on.Typed("shut down"), on.Interpreted(1, shut), on.Typed("yes"))
    assert [effect.command for effect in asked if isinstance(effect, do.Run)] == ["power.shutdown"]
    assert not any(isinstance(effect, do.TakeOffer) for effect in asked)


def test_an_alias_of_something_destructive_still_asks() -> None:
    match = means("make it so", Alias(said="make it so", language="en", command="power.shutdown"))
    assert match.command == "power.shutdown"
    state, asked = after(QUIET, on.Typed("make it so"), on.Interpreted(1, match))
    assert state.turn.phase is Phase.CONFIRMING
    assert not any(isinstance(effect, do.Run) for effect in asked)


def test_an_alias_stays_through_other_requests_and_goes_when_it_is_settled_elsewhere() -> None:
    state, _ = after(QUIET, on.Offered(OFFER))
    state = asked_and_answered(state, "pourquoi le ciel est bleu")
    assert state.learning.visible is OFFER
    state, _ = after(state, on.OfferWithdrawn("alias:other"))
    assert state.learning.visible is OFFER
    state, _ = after(state, on.OfferWithdrawn(OFFER.key))
    assert state.learning.visible is None


SEQUEL = Sequel(after=HABIT.what, what=HABIT.what, request="x", seen=5, of=5)


@pytest.mark.parametrize("habit", [HABIT, SEQUEL])
def test_a_suggestion_is_shown_for_its_time_and_runs_nothing(habit: TimeHabit | Sequel) -> None:
    state, asked = after(QUIET, on.Offered(habit))
    assert [type(effect) for effect in asked] == [do.Notify, do.OfferDeadline]
    assert do.OfferDeadline(habit.key, SUGGESTED_S) in asked
    state, asked = after(state, on.OfferAged(habit.key))
    assert (state.learning.visible, asked) == (None, [do.Withdraw("suggestion")])


@pytest.mark.parametrize(("locked", "told"), [(False, HABIT.said), (True, HIDDEN)])
def test_on_a_locked_screen_a_suggestion_tells_nothing_of_its_user(locked: bool, told: Message) -> None:
    state, asked = after(replace(QUIET, locked=locked), on.Offered(HABIT))
    assert [effect.body for effect in asked if isinstance(effect, do.Notify)] == [told]
    assert state.learning.visible is HABIT


def test_a_suggestion_goes_when_the_user_asks_for_something_or_wants_it_never_again() -> None:
    state, _ = after(QUIET, on.Offered(HABIT))
    busy, asked = after(state, on.Typed("quelle heure est-il"))
    assert busy.learning.visible is None
    assert do.Withdraw("suggestion") in asked
    gone, asked = after(state, on.OfferRefused(HABIT))
    assert gone.learning.visible is None
    assert do.RefuseOffer(HABIT) in asked


def test_yes_runs_no_suggestion() -> None:
    _, asked = after(QUIET, on.Offered(HABIT), on.Typed("oui"), on.Interpreted(1, Match(text="oui")))
    assert not any(isinstance(effect, do.Run | do.TakeOffer) for effect in asked)
