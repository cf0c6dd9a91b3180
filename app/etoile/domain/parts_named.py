"""What the parts of Etoile are called for people: events and JSON lines have short names for programs."""

from etoile.text import Message, message, verbatim

_NAMES = {
    "alarms": message("alarms"),
    "aliases": message("learned wordings"),
    "chosen_microphone": message("chosen microphone"),
    "commands": message("commands"),
    "dictionary": message("your dictionary"),
    "gpu": message("GPU readings"),
    "hands_free_key": message("key for hands-free talking"),
    "learning": message("learning"),
    "loudspeaker": message("loudspeaker"),
    "microphone": message("microphone"),
    "nodes": message("nodes"),
    "notifications": message("notifications"),
    "plans": message("plans"),
    "recordings": message("recordings without text"),
    "settings": message("settings"),
    "skills": message("skills"),
    "speech_model": message("speech model"),
    "talk_key": message("talk key"),
    "voice": message("voice"),
}


def part_name(part: str) -> Message:
    """Return what `part` is called; one that is not known keeps its short name."""
    match part.split(" ", 1):
        case ["gpus", node]:
            return message("GPUs of {node}", node=node)
        case ["store", name]:
            return message("database “{name}”", name=name)
        case _:
            return _NAMES.get(part) or verbatim(part)
