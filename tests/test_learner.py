"""Learning at work: a history that is kept, offers that come up by themselves, and what the user makes of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from etoile.aliases import AliasFile
from etoile.clock import AlarmClock
from etoile.dictionary import DictionaryFile, LearnedWords
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Outcome
from etoile.domain.events import Event, Origin
from etoile.domain.learning.enough import ENOUGH_DAYS
from etoile.domain.learning.learned import Learned, Standing
from etoile.domain.learning.offers import AliasOffer, WordOffer
from etoile.domain.match import Slots
from etoile.errors import UsageError
from etoile.interpreter import Interpreter
from etoile.learner import Learner
from etoile.parts.commands import LOOK_S, open_learning
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.learning import Memory
from etoile.store.tables import MIGRATIONS
from etoile.text import render
from tests.opened import opened
from tests.waiting import wait_until

SAUCE = "balance la sauce"
MAIL: Slots = {"app": "Thunderbird"}


@dataclass
class Scene:
    """A learner with a history, a matcher and a time of its own."""

    history: Conversations
    aliases: AliasFile
    interpreter: Interpreter
    events: list[Event] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now().astimezone())
    turns: int = 0
    learner: Learner = field(init=False)

    def keep(
        self,
        text: str,
        command: str | None = None,
        slots: Slots | None = None,
        at: datetime | None = None,
        *,
        origin: Origin | None = None,
    ) -> None:
        """Add a request to the history, as if it had been made at `at`."""
        self.turns += 1
        decision = Decision.RUN if command else Decision.ROUTE
        self.history.remember(
            Outcome(
                turn=self.turns,
                text=text,
                decision=decision,
                ok=True,
                language="fr",
                command=command,
                slots=slots or {},
            ),
            origin,
        )
        if at is not None:
            self.history.database.write(
                lambda connection: connection.execute(
                    "UPDATE exchanges SET at_s = ? WHERE id = (SELECT max(id) FROM exchanges)", (at.timestamp(),)
                )
            )

    def known(self) -> list[tuple[str, Standing]]:
        """Return the key and the standing of all that was learned."""
        return [(one.key.partition(":")[0], one.standing) for one in self.learner.learned()]

    def only(self) -> Learned:
        """Return the one thing that was learned."""
        [one] = self.learner.learned()
        return one

    def offered(self) -> list[str]:
        """Return the keys of what came up by itself."""
        self.learner.learned()  # everything handed to the thread before is done
        return [event.offer.key for event in self.events if isinstance(event, on.Offered)]


@pytest.fixture(scope="module")
def interpreted() -> list[Event]:
    """What the interpreter tells."""
    return []


@pytest.fixture(scope="module")
def interpreter(interpreted: list[Event], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interpreter]:
    folder = tmp_path_factory.mktemp("commands")
    aliases, words = AliasFile(folder / "aliases.toml"), LearnedWords(folder / "heard-learned.toml")
    with Interpreter(interpreted.append, dict, aliases=aliases, learned_words=words) as interpreter:
        yield interpreter


@pytest.fixture
def scene(tmp_path: Path, interpreter: Interpreter) -> Iterator[Scene]:
    aliases = interpreter.aliases
    aliases.path.unlink(missing_ok=True)
    interpreter.learned_words.path.unlink(missing_ok=True)
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        scene = Scene(Conversations(database, "fr"), aliases, interpreter)
        scene.learner = Learner(
            scene.events.append,
            Memory(database),
            aliases,
            interpreter.objections,
            words=interpreter.learned_words,
            now=lambda: scene.now,
        )
        with scene.learner:
            yield scene


def _repeat(scene: Scene) -> AliasOffer:
    """Ask loosely twice, then rightly; return what is offered."""
    for text, command in ((SAUCE, None), (SAUCE, None), ("lance la musique", "media.play")):
        scene.keep(text, command)
        scene.learner.reconsider()
    assert len(scene.offered()) == 1
    [offer] = [event.offer for event in scene.events if isinstance(event, on.Offered)]
    assert isinstance(offer, AliasOffer)
    return offer


def test_asked_twice_and_then_rightly_it_is_offered_and_once_taken_it_runs(scene: Scene) -> None:
    offer = _repeat(scene)
    assert scene.interpreter.match(SAUCE, None)[0].command is None
    scene.learner.take(do.TakeOffer(offer, turn=9))
    assert scene.known() == [("alias", Standing.TAKEN)]
    assert scene.interpreter.match(SAUCE, None)[0].command == "media.play"
    [answer] = [event for event in scene.events if isinstance(event, on.ActionDone)]
    assert answer.turn == 9
    assert "balance la sauce" in render(answer.said, "en")
    assert on.OfferWithdrawn(offer.key) in scene.events


def test_the_user_is_asked_once_a_run_and_never_again_after_a_no(scene: Scene) -> None:
    offer = _repeat(scene)
    _repeat(scene)
    scene.learner.refuse(do.RefuseOffer(offer))
    assert scene.known() == [("alias", Standing.REFUSED)]
    memory = Memory(scene.history.database)
    with Learner(scene.events.append, memory, scene.aliases, scene.interpreter.objections) as next_run:
        scene.keep(SAUCE)
        scene.keep("lance la musique", "media.play")
        next_run.reconsider()
        next_run.learned()
    assert len(scene.offered()) == 1


def test_what_a_command_says_already_is_not_offered(scene: Scene) -> None:
    for text, command in (("coupe le son", None), ("coupe le son", None), ("lance la musique", "media.play")):
        scene.keep(text, command)
        scene.learner.reconsider()
    assert scene.offered() == []
    assert scene.known() == []


def test_by_number_it_is_accepted_and_forgotten_with_what_it_came_from(scene: Scene) -> None:
    scene.keep("quelle heure est-il", "time.now")
    _repeat(scene)
    number = scene.only().number
    assert "From now on" in render(scene.learner.change("accept", number), "en")
    assert "means" in render(scene.learner.change("accept", number), "en")
    scene.keep(SAUCE, "media.play")
    scene.learner.change("forget", number)
    assert scene.known() == []
    assert scene.aliases.read() == ()
    assert [kept.request for kept in scene.history.latest(9)] == ["quelle heure est-il"]


def test_a_refusal_is_forgotten_like_anything_else(scene: Scene) -> None:
    offer = _repeat(scene)
    scene.learner.refuse(do.RefuseOffer(offer))
    scene.learner.change("forget", scene.only().number)
    assert scene.known() == []
    for text, command in ((SAUCE, None), (SAUCE, None), ("lance la musique", "media.play")):
        scene.keep(text, command)
    assert scene.known() == [("alias", Standing.OFFERED)]


def test_everything_is_forgotten_at_once(scene: Scene) -> None:
    scene.learner.take(do.TakeOffer(_repeat(scene)))
    assert (
        render(scene.learner.change("forget all", None), "en") == "Forgotten: 3 requests, 1 alias and 0 misheard words."
    )
    assert scene.known() == []
    assert scene.history.latest(9) == ()
    assert on.NewConversationWanted() in scene.events  # what was said is neither said again nor seen


@pytest.mark.parametrize(("what", "number"), [("accept", 17), ("forget", 17), ("forget", None)])
def test_a_number_of_nothing_is_told(scene: Scene, what: str, number: int | None) -> None:
    with pytest.raises(UsageError, match="number"):
        scene.learner.change(what, number)


def test_what_cannot_be_learned_is_told_to_the_turn_or_in_the_window(scene: Scene) -> None:
    offer = _repeat(scene)
    scene.aliases.path.write_text("nonsense")
    scene.learner.take(do.TakeOffer(offer, turn=9))
    scene.learner.take(do.TakeOffer(offer))
    wait_until(lambda: any(isinstance(event, on.PartMissing) for event in scene.events))
    assert [event.turn for event in scene.events if isinstance(event, on.Failed)] == [9]
    [missing] = [event for event in scene.events if isinstance(event, on.PartMissing)]
    assert missing.part == "learning"


def _mornings(scene: Scene) -> None:
    """Open Thunderbird at nine on the days before today."""
    nine = scene.now.replace(hour=9, minute=2, second=0, microsecond=0)
    for back in range(14, 0, -1):
        scene.keep("ouvre thunderbird", "app.open", MAIL, nine - timedelta(days=back))
        scene.keep("quelle heure est-il", "time.now", None, nine - timedelta(days=back, hours=-back % 7 - 2))
    scene.now = nine


def _look(scene: Scene) -> list[str]:
    """Let the clock come to the moment when the learner looks; return what it has offered so far."""
    scene.learner.look()
    scene.learner.learned()
    return [event.offer.key for event in scene.events if isinstance(event, on.Offered)]


def test_a_habit_is_suggested_at_its_time_and_once_a_day(scene: Scene) -> None:
    _mornings(scene)
    assert _look(scene) == ['time:app.open{"app": "Thunderbird"}']
    assert len(_look(scene)) == 1
    scene.now += timedelta(days=1)
    assert len(_look(scene)) == 2
    assert ("time", Standing.OFFERED) in scene.known()


def test_a_habit_is_not_suggested_at_another_time_nor_when_it_was_done_nor_after_never(scene: Scene) -> None:
    _mornings(scene)
    nine, scene.now = scene.now, scene.now + timedelta(hours=3)
    assert _look(scene) == []
    scene.now = nine
    scene.keep("ouvre thunderbird", "app.open", MAIL, nine - timedelta(minutes=10))
    assert _look(scene) == []
    scene.now += timedelta(days=1)
    [habit] = [one for one in scene.learner.learned() if one.key.startswith("time:")]
    assert habit.offer is not None
    scene.learner.refuse(do.RefuseOffer(habit.offer))
    scene.learner.learned()
    assert _look(scene) == []
    with pytest.raises(UsageError, match="Only aliases and words"):
        scene.learner.change("accept", habit.number)


def test_what_usually_follows_is_suggested_after_it(scene: Scene) -> None:
    start = scene.now - timedelta(days=9)
    for back in range(9):
        at = start + timedelta(days=back, hours=back % 5)
        scene.keep("capture l'écran", "screen.screenshot", None, at - timedelta(hours=2))
        scene.keep("ouvre thunderbird", "app.open", MAIL, at)
        scene.keep("lance la musique", "media.play", None, at + timedelta(minutes=1))
    scene.learner.reconsider()
    assert scene.offered() == []
    scene.keep("ouvre thunderbird", "app.open", MAIL, scene.now)
    scene.learner.reconsider()
    assert scene.offered() == ['after:app.open{"app": "Thunderbird"}:media.play']


def test_where_no_history_is_kept_aliases_remain(scene: Scene) -> None:
    scene.aliases.write([_repeat(scene).alias])
    with Learner(scene.events.append, None, scene.aliases, scene.interpreter.objections) as learner:
        learner.reconsider()
        [one] = learner.learned()
        assert one.standing is Standing.TAKEN
        learner.change("forget", one.number)
        assert learner.learned() == ()
        assert "0 requests" in render(learner.change("forget all", None), "en")


def test_the_clock_looks_again_and_again_and_what_learns_is_opened_once_there_may_be_a_habit(scene: Scene) -> None:
    now_s = [0.0]
    interpreter = opened(scene.interpreter)

    def looked() -> bool:
        now_s[0] += LOOK_S + 1
        clock.after(0, lambda: None)
        return learner.wanted

    with AlarmClock(lambda: now_s[0]) as clock, ExitStack() as stack:
        learner = open_learning(stack, scene.events.append, scene.history, interpreter, clock)
        assert not looked()
        scene.history.latest(1)
        assert not learner.wanted
        start = datetime.now().astimezone().replace(hour=9, minute=2)  # by the computer's clock
        for back in range(ENOUGH_DAYS, 0, -1):
            scene.keep("ouvre thunderbird", "app.open", MAIL, start - timedelta(days=back))
        wait_until(looked)


# Misheard words


def _misheard(scene: Scene) -> WordOffer:
    """Speak, be misheard, and say what was meant; return what is offered."""
    scene.keep("ouvre fairfox", origin=Origin.VOICE)
    scene.learner.reconsider()
    scene.keep("non, je voulais dire ouvre Firefox", "app.open", {"app": "Firefox"}, origin=Origin.VOICE)
    scene.learner.reconsider()
    assert scene.offered() == ["heard:fr:fairfox=Firefox"]
    [offer] = [event.offer for event in scene.events if isinstance(event, on.Offered)]
    assert isinstance(offer, WordOffer)
    return offer


def _understood(scene: Scene, interpreted: list[Event], text: str, *, spoken: bool = True) -> str:
    """Return the words in which a request is understood."""
    interpreted.clear()
    scene.interpreter.interpret(do.Interpret(7, text, "fr", spoken=spoken))
    wait_until(lambda: any(isinstance(event, on.Interpreted) for event in interpreted))
    [event] = [event for event in interpreted if isinstance(event, on.Interpreted)]
    return event.match.text


def test_a_misheard_word_is_offered_and_once_taken_it_is_read_as_what_was_meant(
    scene: Scene, interpreted: list[Event]
) -> None:
    offer = _misheard(scene)
    assert _understood(scene, interpreted, "explique fairfox") == "explique fairfox"  # never silently
    scene.learner.take(do.TakeOffer(offer, turn=9))
    assert scene.known() == [("heard", Standing.TAKEN)]
    assert on.OfferWithdrawn(offer.key) in scene.events
    assert _understood(scene, interpreted, "explique Fairfox") == "explique Firefox"
    assert _understood(scene, interpreted, "explique fairfox", spoken=False) == "explique fairfox"


def test_what_the_user_wrote_himself_counts_before_what_was_learned(scene: Scene) -> None:
    own = scene.interpreter.learned_words.path.with_name("heard.toml")
    own.write_text('[fr]\nfairfox = "falkon"\n')
    scene.learner.take(do.TakeOffer(_misheard(scene)))
    scene.learner.learned()
    heard: list[Event] = []
    words = scene.interpreter.learned_words
    with Interpreter(
        heard.append, dict, enabled=lambda: False, dictionary=DictionaryFile(own), learned_words=words
    ) as other:
        other.interpret(do.Interpret(7, "ouvre fairfox", "fr", spoken=True))
        wait_until(lambda: any(isinstance(event, on.Interpreted) for event in heard))
    assert [event.match.text for event in heard if isinstance(event, on.Interpreted)] == ["ouvre falkon"]


def test_a_misheard_word_is_asked_about_once_and_never_again_after_a_no(scene: Scene) -> None:
    offer = _misheard(scene)
    _misheard(scene)
    scene.learner.refuse(do.RefuseOffer(offer))
    assert scene.known() == [("heard", Standing.REFUSED)]
    assert scene.interpreter.learned_words.read() == ()


def test_a_misheard_word_is_accepted_and_forgotten_by_number_with_what_it_came_from(scene: Scene) -> None:
    scene.keep("quelle heure est-il", "time.now")
    _misheard(scene)
    number = scene.only().number
    assert "read as “Firefox”" in render(scene.learner.change("accept", number), "en")
    assert [word.heard for word in scene.interpreter.learned_words.read()] == ["fairfox"]
    scene.learner.change("forget", number)
    assert scene.known() == []
    assert scene.interpreter.learned_words.read() == ()
    assert [kept.request for kept in scene.history.latest(9)] == ["quelle heure est-il"]


def test_misheard_words_are_forgotten_with_everything(scene: Scene) -> None:
    scene.learner.take(do.TakeOffer(_misheard(scene)))
    assert render(scene.learner.change("forget all", None), "en").endswith("0 aliases and 1 misheard word.")
    assert scene.interpreter.learned_words.read() == ()


def test_a_file_of_learned_words_that_is_broken_is_told_and_left_as_it_is(scene: Scene) -> None:
    offer = _misheard(scene)
    path = scene.interpreter.learned_words.path
    path.write_text("nonsense")
    scene.learner.take(do.TakeOffer(offer, turn=9))
    wait_until(lambda: any(isinstance(event, on.Failed) for event in scene.events))
    assert path.read_text() == "nonsense"
