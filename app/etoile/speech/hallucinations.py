"""Sentences that Whisper invents on silence and noise: it learned them from subtitles, where they stood over nothing.

They are dropped only where little speaks for them, since people do say "thank you".
"""

import re
import unicodedata

INVENTED = {
    "en": (
        "you",
        "thank you",
        "thank you very much",
        "thank you for watching",
        "thanks for watching",
        "thanks for watching and see you next time",
        "please subscribe",
        "please subscribe to my channel",
        "like and subscribe",
        "see you next time",
        "see you in the next video",
        "bye",
        "bye bye",
        "subtitles by the amara org community",
        "subtitles by",
        "transcription by castingwords",
        "music",
        "applause",
    ),
    "fr": (
        "merci",
        "merci beaucoup",
        "merci d avoir regarde",
        "merci d avoir regarde cette video",
        "merci d avoir regarde la video",
        "merci d avoir regarde et a bientot",
        "sous titres realises par la communaute d amara org",
        "sous titres realises para la communaute d amara org",
        "sous titrage societe radio canada",
        "sous titrage st 501",
        "sous titres par",
        "abonnez vous",
        "abonnez vous a la chaine",
        "n oubliez pas de vous abonner",
        "a bientot",
        "au revoir",
        "a la prochaine",
        "musique",
        "generique",
    ),
}
"""Lower case, no accents, words alone.  Both lists count in either language: on silence, detection fails."""

SURE = 0.75
"""Above this mean probability of the detector, speech is really there."""
FASTEST_LETTERS_PER_S = 30.0
"""Nobody speaks faster than about 25 letters a second: a longer line in less time was not said."""


def is_invented(text: str, speech_s: float, probability: float) -> bool:
    """Tell whether `text` is a known invention with little speech behind it.

    `speech_s` is how long somebody spoke, `probability` how sure the detector is.
    """
    line = _plain(text)
    if not any(line in lines for lines in INVENTED.values()):
        return False
    return probability < SURE or len(line) > speech_s * FASTEST_LETTERS_PER_S


def _plain(text: str) -> str:
    """Return the words alone, in lower case and without accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", letters))
