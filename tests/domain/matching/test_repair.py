import pytest

from etoile.domain.matching.repair import Repairer
from etoile.domain.matching.sounds import sound_of
from etoile.domain.matching.tokens import tokens_of

WORDS = """
mets le la l son volume ecran capture eteins ordinateur verrouille deverrouille firefox mute unmute lock unlock active
desactive robot reboot
"""
LEXICON = frozenset(WORDS.split())
REPAIRER = Repairer(
    LEXICON, frozenset({"ordinateurs"}), {"mais": "mets", "cant": "can t"}, {"captures": "capture"}, "fr"
)


def repaired(text: str) -> str:
    return " ".join(token.text for token in REPAIRER.repaired(tokens_of(text, "fr", {})).tokens)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("mais le son", "mets le son"),
        ("ordinatuer", "ordinateur"),
        ("eteint", "eteins"),
        ("fire fox", "firefox"),
        ("lecran", "l ecran"),
        ("leson", "le son"),
        ("cinquente", "50"),
        ("cant", "can t"),
    ],
)
def test_a_word_is_repaired(heard: str, meant: str) -> None:
    assert repaired(heard) == meant


@pytest.mark.parametrize(
    "heard", ["robot", "unlock", "sol", "volum", "xyzxyzxyz", "deverrouille", "son", "ordinateurs"]
)
def test_a_word_is_left_alone(heard: str) -> None:
    assert repaired(heard) == heard


def test_what_is_mostly_unknown_is_left_alone() -> None:
    assert REPAIRER.repaired(tokens_of("ordinatuer aaaa bbbb cccc", "fr", {})).changes == 0


@pytest.mark.parametrize(
    ("heard", "meant"), [("un mute", "unmute"), ("des active", "desactive"), ("de verrouille", "deverrouille")]
)
def test_a_torn_off_prefix_is_put_back_at_once(heard: str, meant: str) -> None:
    assert [token.text for token in REPAIRER.glued(tokens_of(heard, "fr", {}))] == [meant]


def test_slips_are_tried_one_by_one() -> None:
    tried = [" ".join(token.text for token in slip) for slip in REPAIRER.slips(tokens_of("mets le volme", "fr", {}))]
    assert "mets le volume" in tried


def test_what_sounds_alike() -> None:
    assert sound_of("eteint", "fr") == sound_of("eteins", "fr") != sound_of("allume", "fr")
    assert sound_of("grafique", "fr") == sound_of("graphique", "fr")
