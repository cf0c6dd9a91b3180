"""The keys of the window, each with what it does: for F1 and for the settings."""

from etoile.text import Message, message, verbatim

WINDOW_KEYS: tuple[tuple[Message, Message], ...] = (
    (verbatim("Ctrl+1…4"), message("Conversation, GPU, nodes, history")),
    (verbatim("Ctrl+L"), message("The line to type in")),
    (message("Enter"), message("Send; with Shift, a new line")),
    (verbatim("Ctrl+."), message("Stop what goes on")),
    (verbatim("Ctrl+N"), message("New conversation")),
    (message("Ctrl+Shift+C"), message("Copy the answer")),
    (verbatim("Ctrl+M"), message("Mute the voice, or let it speak")),
    (verbatim("1…3"), message("Choose, where a choice has the focus")),
    (verbatim("F6"), message("The next part of the window; with Shift, the one before")),
    (verbatim("↑ ↓"), message("From card to card; Enter opens one")),
    (verbatim("← →"), message("In a chart, from moment to moment; with Shift along the time, + and - zoom")),
    (message("Esc"), message("One step back: stop listening, refuse, go back, fold, hide")),
    (verbatim("Ctrl+W"), message("Fold to a pill")),
    (verbatim("Ctrl+,"), message("Settings")),
    (verbatim("Ctrl+Q"), message("Quit")),
    (verbatim("F1"), message("The keys; a second time, and in the settings, the help")),
)
