"""How long ago something was, as one says it."""

from etoile.text import Message, message, plural

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


def ago(age_s: float) -> Message:
    """Return "3 days ago", in the largest unit of which there is a whole one."""
    if age_s >= _DAY_S:
        return plural("{count} day ago", "{count} days ago", int(age_s // _DAY_S))
    if age_s >= _HOUR_S:
        return plural("{count} hour ago", "{count} hours ago", int(age_s // _HOUR_S))
    if age_s >= _MINUTE_S:
        return plural("{count} minute ago", "{count} minutes ago", int(age_s // _MINUTE_S))
    return message("a moment ago")


def from_memory(age_s: float) -> Message:
    """Return the label of an answer that was given before."""
    return message("from memory, {ago}", ago=ago(age_s))
