"""Every row of the settings window, as data: a setting more is a line here.

Its kind, its default and what it may be come from `etoile.config`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from etoile.text import OWN_NAMES, SPOKEN_LANGUAGES, Message, message, verbatim

SECONDS, CELSIUS, PERCENT, DAYS = verbatim("s"), verbatim("°C"), verbatim("%"), message("days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A setting as it is shown."""

    section: str
    key: str
    title: Message
    explanation: Message
    unit: Message | None = None
    words: Mapping[str, Message] = field(default_factory=dict)
    """What its values are called, where they are to be chosen from."""
    restart: bool = False
    """Whether it counts only from the next start on."""

    @property
    def place(self) -> str:
        """Its name in the file: "speech.rate_wpm"."""
        return f"{self.section}.{self.key}"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows in one box."""

    title: Message
    rows: tuple[Row, ...]


def row(
    place: str,
    title: Message,
    explanation: Message,
    unit: Message | None = None,
    *,
    restart: bool = False,
    **words: Message,
) -> Row:
    """Return the row of the setting at `place`; `words` are what its values are called."""
    section, _, key = place.rpartition(".")
    return Row(section=section, key=key, title=title, explanation=explanation, unit=unit, words=words, restart=restart)


AUTO_LANGUAGE = {"auto": message("As the desktop"), **{code: verbatim(name) for code, name in OWN_NAMES.items()}}

INTERFACE = Group(
    message("Interface"),
    (
        row(
            "window.language",
            message("Language"),
            message("Of windows, menus and notifications. Speech has its own."),
            restart=True,
            **AUTO_LANGUAGE,
        ),
        row(
            "window.theme",
            message("Colours"),
            message("Dark, light, or as the desktop is."),
            auto=message("As the desktop"),
            dark=message("Dark"),
            light=message("Light"),
        ),
    ),
)
CONVERSATION = Group(
    message("Conversation"),
    (
        row(
            "commands.enabled",
            message("Run commands"),
            message("Without it every request goes to the nodes."),
            restart=True,
        ),
        row(
            "commands.confirm_s",
            message("Time to answer a question"),
            message("For so long a word answers it."),
            SECONDS,
        ),
        row(
            "commands.shown_s", message("Time to click"), message("For so long after that a click still does."), SECONDS
        ),
        row(
            "routing.conversation_rests_s",
            message("A conversation ends after"),
            message("Without a word for so long; the next request begins a new one."),
            SECONDS,
        ),
        row(
            "routing.system",
            message("Instructions"),
            message("Put before every conversation with a node."),
            restart=True,
        ),
    ),
)
LISTENING = Group(
    message("Listening"),
    (
        row(
            "speech.language",
            message("Spoken language"),
            message("What you speak; either, if it is found out each time."),
            restart=True,
            auto=message("French or English"),
            **{code: verbatim(OWN_NAMES[code]) for code in SPOKEN_LANGUAGES},
        ),
        row(
            "speech.microphone",
            message("Microphone"),
            message("Its name; empty for the one of the system."),
            restart=True,
        ),
        row("speech.model", message("Speech model"), message("A model's name, or a folder."), restart=True),
        row(
            "speech.device",
            message("Runs on"),
            message("A GPU is quicker, and its memory is missing elsewhere."),
            restart=True,
            auto=message("Whatever is free"),
            cpu=message("The processor"),
            cuda=message("A GPU"),
        ),
        row(
            "speech.preload",
            message("Load at the start"),
            message("The first words are then as quick as the others."),
            restart=True,
        ),
        row(
            "speech.keep_open_s",
            message("Keep the microphone open"),
            message("After use, so that the next words are caught at once."),
            SECONDS,
            restart=True,
        ),
        row(
            "speech.silence_s",
            message("Silence that ends a recording"),
            message("Where no key is held; 0 for only by hand."),
            SECONDS,
            restart=True,
        ),
        row(
            "speech.longest_s", message("Longest recording"), message("It then ends by itself."), SECONDS, restart=True
        ),
    ),
)
WAKE_WORD = Group(
    message("Wake word"),
    (
        row(
            "speech.wake_word",
            message("Wake word"),
            message("Calls Etoile without a key; the microphone is then always open. Empty for none."),
            restart=True,
        ),
        row(
            "speech.wake_threshold",
            message("Certainty"),
            message("0 to 1: higher for fewer false starts."),
            restart=True,
        ),
    ),
)
SPEAKING = Group(
    message("Speaking"),
    (
        row(
            "speech.speak",
            message("Speak answers"),
            message("All of them, those to spoken requests, or none."),
            always=message("Always"),
            voice=message("To spoken requests"),
            never=message("Never"),
        ),
        row("speech.rate_wpm", message("Pace"), message("Words a minute."), message("words")),
        row("speech.earcons", message("Short sounds"), message("Tell when Etoile listens, is done, or failed.")),
    ),
)
WAITING = Group(
    message("Waiting for nodes"),
    (
        row(
            "routing.discover",
            message("Find servers here"),
            message("Looks for Ollama and LM Studio on this computer."),
            restart=True,
        ),
        row(
            "routing.connect_s", message("Connecting"), message("Longest time to reach a node."), SECONDS, restart=True
        ),
        row(
            "routing.first_token_s",
            message("First word"),
            message("A node that has not begun by then is passed over."),
            SECONDS,
            restart=True,
        ),
        row(
            "routing.between_tokens_s",
            message("Between words"),
            message("A node that falls silent for so long is given up."),
            SECONDS,
            restart=True,
        ),
        row(
            "routing.open_s",
            message("Rest after a failure"),
            message("A node is left alone so long."),
            SECONDS,
            restart=True,
        ),
    ),
)
HEAT = Group(
    message("Heat"),
    (
        row(
            "thermal.limits",
            message("Limits"),
            message("The two below, or those of the card itself."),
            fixed=message("As set here"),
            card=message("The card's own"),
        ),
        row("thermal.warning_c", message("Warning"), message("From here on a GPU is hot."), CELSIUS),
        row("thermal.critical_c", message("Critical"), message("From here on it harms, or slows down."), CELSIUS),
        row("thermal.hysteresis_c", message("Margin"), message("A state is left so far below its limit."), CELSIUS),
        row("thermal.hold_s", message("Patience"), message("A limit counts when it is exceeded for so long."), SECONDS),
    ),
)
ALERTS = Group(
    message("Alerts"),
    (
        row(
            "alerts.memory_percent",
            message("Memory"),
            message("A GPU filled beyond this is told of; 100 for never."),
            PERCENT,
        ),
        row("alerts.spoken", message("Speak alerts"), message("What stays critical is spoken when it is told again.")),
        row("alerts.quiet", message("Quiet hours"), message("Warnings wait and nothing is spoken: 22:00-07:30.")),
        row(
            "alerts.again_s",
            message("Tell again"),
            message("What stays critical, after so long and then ever more seldom; 0 for never."),
            SECONDS,
        ),
        row(
            "alerts.cooldown_s",
            message("Pause"),
            message("What ended and comes back is not told anew before this."),
            SECONDS,
        ),
    ),
)
KEPT = Group(
    message("What is kept"),
    (
        row(
            "store.history",
            message("Keep the history"),
            message("Requests, conversations and answers."),
            restart=True,
        ),
        row(
            "store.private",
            message("Private mode"),
            message("Nothing is written: no history, no measurement; recordings go with Etoile."),
            restart=True,
        ),
        row(
            "store.answers_days",
            message("Give answers again"),
            message("For so long, where neither time nor state matters; 0 for never."),
            DAYS,
            restart=True,
        ),
        row(
            "speech.recordings_days",
            message("Recordings without a text"),
            message("Are kept for so long; others are deleted at once."),
            DAYS,
            restart=True,
        ),
        row(
            "store.samples_every_s",
            message("Keep measurements every"),
            message("More seldom spares the disk; charts are then coarser."),
            SECONDS,
        ),
    ),
)
LEAVING = Group(
    message("What leaves this computer"),
    (
        row(
            "speech.offline",
            message("Download nothing"),
            message("No server is asked for speech models."),
            restart=True,
        ),
    ),
)

KEYS = Group(
    message("Keys that count everywhere"),
    (
        row("speech.talk_key", message("Talk"), message("Held while you speak."), restart=True),
        row(
            "speech.hands_free_key",
            message("Talk hands-free"),
            message("Pressed to begin, and to end. Backspace for none."),
            restart=True,
        ),
    ),
)
