"""The rows of the page Voice."""

from dataclasses import replace

from etoile.gui.settings.row import SECONDS, Group, row
from etoile.text import OWN_NAMES, SPOKEN_LANGUAGES, message, verbatim

HERTZ = verbatim("Hz")

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
    more=(
        row(
            "speech.engine",
            message("Voice engine"),
            message("“system”, “piper”, or a name of yours with its command below."),
        ),
        replace(
            row(
                "speech.engine_command",
                message("Its command"),
                message(
                    "Reads a sentence, writes sound; {places} are filled in.", places="{voice}, {language}, {rate_wpm}"
                ),
            ),
            arguments=True,
        ),
        row("speech.engine_rate_hz", message("Its sample rate"), message("Where it writes raw samples."), HERTZ),
    ),
)
LISTENING = Group(
    message("Listening"),
    (
        row(
            "speech.language",
            message("Spoken language"),
            message("What you speak; either, if it is found out each time."),
            auto=message("French or English"),
            **{code: verbatim(OWN_NAMES[code]) for code in SPOKEN_LANGUAGES},
        ),
        row(
            "speech.microphone",
            message("Microphone"),
            message("Its name; empty for the one of the system."),
        ),
        row("speech.model", message("Speech model"), message("A model's name, or a folder.")),
        row(
            "speech.device",
            message("Runs on"),
            message("A GPU is quicker, and its memory is missing elsewhere."),
            auto=message("Whatever is free"),
            cpu=message("The processor"),
            cuda=message("A GPU"),
        ),
        row(
            "speech.preload",
            message("Load at the start"),
            message("The first words are then as quick as the others."),
        ),
        row(
            "speech.keep_open_s",
            message("Keep the microphone open"),
            message("After use, so that the next words are caught at once."),
            SECONDS,
        ),
        row(
            "speech.silence_s",
            message("Silence that ends a recording"),
            message("Where no key is held; 0 for only by hand."),
            SECONDS,
        ),
        row(
            "speech.longest_s",
            message("Longest recording"),
            message("It then ends by itself."),
            SECONDS,
        ),
    ),
    more=(
        row(
            "speech.hotwords",
            message("Names to expect"),
            message("Few, with commas between them; “nodes” stands for the nodes and their models."),
        ),
        row(
            "speech.correct_with",
            message("Corrected by"),
            message("A small model for what is no command: NODE/MODEL. Empty for none."),
        ),
        row(
            "speech.preroll_s",
            message("Listen back"),
            message("What was said so long before the key counts too; the microphone is then always open."),
            SECONDS,
        ),
        row(
            "speech.context_s",
            message("Shown to the speech model"),
            message("At least so much at a time; 30 is the slowest and the surest."),
            SECONDS,
        ),
        row(
            "speech.unload_after_s",
            message("Unload the speech model"),
            message("After so long without use it gives its memory back; 0 for never."),
            SECONDS,
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
        ),
        row(
            "speech.wake_threshold",
            message("Certainty"),
            message("0 to 1: higher for fewer false starts."),
        ),
    ),
)
