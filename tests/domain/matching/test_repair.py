import pytest

from etoile.domain.matching.grammar import Grammar
from etoile.domain.matching.parsing import parse
from etoile.domain.matching.reach import Reach
from etoile.domain.matching.repair import Repaired, Repairer
from etoile.domain.matching.sounds import sound_of
from etoile.domain.matching.tokens import tokens_of

CATALOGUE = parse(
    [
        (
            "x.toml",
            """
[words]
stop = "le la l les de"
negations = "pas"
closers = ["s'il te plaît"]
[same]
capture = "captures"
[mistaken]
mais = "mets"
cant = "can t"
[phrases]
"audio.volume.set" = ["mets son à {level}", "mets volume à {level}"]
"audio.volume.up" = ["mets volume plus fort", "plus fort can t"]
"screen.screenshot" = ["capture écran"]
"power.shutdown" = ["éteins ordinateur"]
"screen.lock" = ["verrouille écran", "lock", "déverrouille"]
"audio.unmute" = ["unmute son", "désactive muet"]
"audio.mute" = ["mute son", "active muet"]
"app.open" = ["ouvre {app}"]
"timer.set" = ["minuteur de {seconds}"]
[values.app]
firefox = ["firefox"]
""",
        )
    ],
    "fr",
    frozenset({"robot", "volume", "sol", "mute", "le", "la", "fort", "forte"}),
)
VALUES = dict(CATALOGUE.values)
REPAIRER = Repairer(CATALOGUE, Grammar(CATALOGUE, VALUES).lexicon, frozenset({"ordinateurs"}), Reach(CATALOGUE, VALUES))


def repaired(text: str) -> list[Repaired]:
    return REPAIRER.repaired(tokens_of(text, "fr", CATALOGUE.same), bold=True)


def surely(text: str) -> set[str]:
    """Return what `text` was meant to say, as far as no word that exists is bent."""
    found = [one for one in repaired(text) if not one.doubtful]
    least = min((one.cost for one in found), default=0)
    return {" ".join(token.text for token in one.tokens) for one in found if one.cost == least}


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("mais le son à 20", "mets le son a 20"),
        ("éteins ordinatuer", "eteins ordinateur"),
        ("eteint ordinateur", "eteins ordinateur"),
        ("ouvre fire fox", "ouvre firefox"),
        ("captrue ecran", "capture ecran"),
        ("capture leeecran", "capture le ecran"),
        ("mets leson à 20", "mets le son a 20"),
        ("mets le sno à 20", "mets le son a 20"),
        ("mets le volme à vnigt", "mets le volume a 20"),
        ("mets le son à cinquente", "mets le son a 50"),
        ("mets le son à soix ante dix", "mets le son a 70"),
        ("minuteur de 5 mintes", "minuteur de 5 minutes"),
        ("ltoc éteins ordinateur", ""),
    ],
)
def test_a_word_is_repaired(heard: str, meant: str) -> None:
    assert surely(heard) == ({meant} if meant else set())


@pytest.mark.parametrize("heard", ["robot", "le sol", "xyzxyzxyz", "deverrouille", "mets le son", "les ordinateurs"])
def test_a_word_is_left_alone(heard: str) -> None:
    assert surely(heard) == set()


def test_a_word_that_exists_is_bent_with_doubt_only() -> None:
    assert [one.doubtful for one in repaired("mets le volume plus forte")] == [True]


def test_words_that_stand_in_no_command_together_repair_nothing() -> None:
    assert surely("verrouille volme") == set()


def test_what_may_be_a_slip_of_a_negation_is_left_alone() -> None:
    assert surely("mets aps volume plus fort") == set()


def test_no_letter_gets_in_at_the_start() -> None:
    assert surely("nmute son") == {"unmute son"}


@pytest.mark.parametrize(
    ("heard", "meant"), [("un mute", "unmute"), ("dés active", "desactive"), ("de verrouille", "deverrouille")]
)
def test_a_torn_off_prefix_is_put_back_at_once(heard: str, meant: str) -> None:
    assert [token.text for token in REPAIRER.glued(tokens_of(heard, "fr", {}))] == [meant]


def test_what_sounds_alike() -> None:
    assert sound_of("eteint", "fr") == sound_of("eteins", "fr") != sound_of("allume", "fr")
    assert sound_of("grafique", "fr") == sound_of("graphique", "fr")
