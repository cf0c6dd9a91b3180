"""Whatever is said or written: it ends soon, it ends calmly, and nothing is run that was not asked for."""

import string
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etoile.domain.commands import COMMANDS
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import LONGEST_REQUEST, Matcher
from etoile.domain.matching.noise import OPERATIONS, noisy
from etoile.domain.matching.parsing import parse
from etoile.domain.matching.templates import LONGEST, MOST_FORMS, Form, forms_of, phrases_of
from etoile.errors import ConfigError
from tests.domain.matching.conftest import MACHINE

CALM = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANYTHING = st.text(max_size=200)
SIGNS = st.text(alphabet="()[]|{}<>~* abc\n\"'é🔊\u202e", max_size=80)
SHELL = st.text(alphabet="$`;&|<>(){}[]*?!#~\\/\"'-=%. \n", min_size=1, max_size=20)
WORDS = (
    "coupe",
    "le",
    "son",
    "ne",
    "pas",
    "ouvre",
    "firefox",
    "mute",
    "the",
    "don't",
    "if",
    "à",
    "40",
    "%",
    "and",
    ",",
    "?",
)
SAID = st.lists(st.sampled_from((*WORDS, "\u200f", "🔊")), max_size=30).map(" ".join)


def why_not(make: Callable[[], object]) -> str | None:
    """Return why something is refused; None if it is not."""
    try:
        make()
    except ValueError as error:
        return str(error)
    except ConfigError as error:
        return str(error.said.values)
    return None


@CALM
@given(SIGNS)
@example("[" * LONGEST)
@example("(a|b)" * 100)
@example("[a]" * 60)
@example("~ a <b> c {d} e <f>")
@example("(" * 50 + "a" + ")" * 50)
def test_a_template_is_written_out_or_refused_with_a_reason(template: str) -> None:
    def forms() -> tuple[Form, ...]:
        return forms_of(template, lambda text: tuple(text.split()))

    assert why_not(forms) or (len(forms()) <= MOST_FORMS and all(forms()))


@CALM
@given(st.text(max_size=LONGEST * 2))
def test_a_phrase_is_written_out_or_refused_with_a_reason(template: str) -> None:
    def phrases() -> tuple[Form, ...]:
        return phrases_of(template, lambda text: tuple(text.split()), lambda concept: (("x",), ("y", "z")))

    assert why_not(phrases) or len(phrases()) <= MOST_FORMS


@CALM
@given(st.text(max_size=300))
@example('[concepts]\na = ["<a>"]')
@example('[concepts]\na = ["<b> <b>"]\nb = ["<c> <c>"]\nc = ["(1|2|3|4|5|6|7|8) (1|2|3|4|5|6|7|8)"]')
@example('[phrases]\n"audio.mute" = ["\\u0000"]')
def test_a_file_is_read_or_refused_with_a_reason(text: str) -> None:
    assert "mine.toml" in (why_not(lambda: parse([("mine.toml", text)], "fr")) or "mine.toml")


@CALM
@given(ANYTHING | SAID, st.sampled_from(["en", "fr", None, "xx"]))
@example("", None)
@example(" \n\t", "en")
@example("a" * 10_000, None)
@example("mute " * 2_000, "en")
@example("coupe le son, " * 40, "fr")
@example("et " * 190, "fr")
@example("\u202emute the sound\u202c", "en")
@example("mute\x00 the\x07 sound", "en")
@example("🔊🔊🔊", "fr")
@example("כבה את הקול", "en")
@example("9" * 400, "fr")
def test_a_request_is_taken_calmly(matcher: Matcher, text: str, language: str | None) -> None:
    found = matcher.match(text, language)
    assert found.text == text
    assert 0 <= found.confidence <= 1
    assert len(found.choices) <= 4
    for command, slots in [(found.command, found.slots), *((one.command, one.slots) for one in found.then)]:
        assert command is None or set(slots) == set(COMMANDS[command].slot_names)
    if len(text) > LONGEST_REQUEST:
        assert found.command is None


@CALM
@given(SHELL)
def test_what_a_shell_would_read_stays_words(matcher: Matcher, signs: str) -> None:
    folder = matcher.match(f"create a folder called holiday{signs}photos", "en")
    if folder.command == "file.create_folder":
        assert not set(str(folder.slots["name"])) & set('/\\:*?<>|"\n')
    for text in (f"open {signs}", f"ping {signs}", f"kill the process {signs}", f"open the folder ../{signs}"):
        found = matcher.match(text, "en")
        if found.slots:
            [value] = found.slots.values()
            assert not set(str(value)) & set(string.punctuation) - set("-._+ ") or value in MACHINE["folder"]


@CALM
@given(SAID, st.sampled_from(["en", "fr"]), st.integers(1, 3), st.randoms(use_true_random=False))
def test_noise_is_bounded(text: str, language: str, operations: int, chance: object) -> None:
    changed, kinds = noisy(text, language, operations, chance)  # type: ignore[arg-type]
    assert len(kinds) <= operations
    assert set(kinds) <= set(OPERATIONS)
    assert len(changed) < 2 * len(text) + 20


@pytest.mark.parametrize("text", ["don't {}", "never {}", "how do I {}", "he said {}", "if it rains, {}", 'write "{}"'])
def test_no_command_runs_behind_what_forbids_it(matcher: Matcher, catalogues: dict[str, Catalogue], text: str) -> None:
    for said in ("mute the sound", "close the window", "shut down the computer", "empty the trash", "restart docker"):
        assert matcher.match(text.format(said), "en").command is None
