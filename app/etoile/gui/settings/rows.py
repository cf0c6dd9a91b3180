"""The rows of General, Alerts, Shortcuts and Privacy: a setting more is a line here, or in the file of its page."""

from etoile.gui.settings.node_rows import KINDS
from etoile.gui.settings.row import CELSIUS, DAYS, PERCENT, SECONDS, Group, row
from etoile.text import OWN_NAMES, message, verbatim

MEGABYTES, TIMES = message("MB"), message("times")
ANSWERS, RECORDINGS = message("answers"), message("recordings")

AUTO_LANGUAGE = {"auto": message("As the desktop"), **{code: verbatim(name) for code, name in OWN_NAMES.items()}}

INTERFACE = Group(
    message("Interface"),
    (
        row(
            "window.language",
            message("Language"),
            message("Of windows, menus and notifications. Speech has its own."),
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
        row(
            "window.tray_ink",
            message("Icon in the tray"),
            message("Light on a dark panel, dark on a light one."),
            auto=message("As the desktop"),
            dark=message("Dark"),
            light=message("Light"),
        ),
        row(
            "window.tray_temperature",
            message("Temperature in the tray"),
            message("Of the hottest GPU, while nothing else goes on."),
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
        ),
    ),
    more=(
        row(
            "commands.speed_test_url",
            message("Speed test"),
            message("A large file that the network is measured against; empty for none."),
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
READING = Group(
    message("Reading the GPUs"),
    (
        row("gpu.period_s", message("Every"), message("More seldom is lighter, and warns later."), SECONDS),
        row("gpu.processes_every", message("Programs on them"), message("Are looked at once in so many."), TIMES),
        row("gpu.far_period_s", message("On other machines"), message("Their exporters are asked so often."), SECONDS),
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
            message("Rest between alerts"),
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
        ),
        row(
            "store.history_days",
            message("Keep requests for"),
            message("Older ones are erased; 0 keeps them."),
            DAYS,
        ),
        row(
            "store.history_mb",
            message("Largest history"),
            message("Beyond that the oldest requests are erased; 0 is without a bound."),
            MEGABYTES,
        ),
        row(
            "store.private",
            message("Private mode"),
            message("Nothing is written: no history, no measurement, no log; recordings go with Etoile."),
        ),
        row(
            "store.answers_days",
            message("Give answers again"),
            message("For so long, where neither time nor state matters; 0 for never."),
            DAYS,
        ),
        row(
            "speech.recordings_days",
            message("Recordings without a text"),
            message("Are kept for so long; others are deleted at once."),
            DAYS,
        ),
        row(
            "store.samples_every_s",
            message("Keep measurements every"),
            message("More seldom spares the disk; charts are then coarser."),
            SECONDS,
        ),
    ),
    more=(
        row("store.answers_most", message("Answers to give again"), message("The oldest of more are erased."), ANSWERS),
        row(
            "speech.recordings_most",
            message("Recordings at most"),
            message("Of those without a text; the oldest of more are deleted, and that is told."),
            RECORDINGS,
        ),
    ),
)
LEAVING = Group(
    message("What leaves this computer"),
    (
        row(
            "routing.cloud",
            message("May go to cloud nodes"),
            message("Requests of these kinds; all others stay on your own nodes."),
            **KINDS,
        ),
        row(
            "routing.cloud_history",
            message("History for cloud nodes"),
            message("Whether their models may read what was asked before."),
        ),
        row(
            "speech.offline",
            message("Download nothing"),
            message("No server is asked for speech models."),
        ),
    ),
)

KEYS = Group(
    message("Keys that count everywhere"),
    (
        row("speech.talk_key", message("Talk"), message("Held while you speak.")),
        row(
            "speech.hands_free_key",
            message("Talk hands-free"),
            message("Pressed to begin, and to end. Backspace for none."),
        ),
    ),
)
