"""No key, token or password is read to the room; names of models, however long, are."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as some

from etoile.speech.spoken import speakable

HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Use sk-proj-abcDEF123456ghiJKL789 now.", "Use a secret now."),
        ("Use `ghp_16C7e42F292c6912E7710c838347Ae178B4a`.", "Use a secret."),
        ("hf_AbCdEfGhIjKlMnOpQr", "a secret"),
        ("AKIAIOSFODNN7EXAMPLE", "a secret"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstu", "a secret"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "a secret"),
        ("xoxb-123456789012-abcdef", "a secret"),
        ("Authorization: Bearer abc123def456", "Authorization: a secret"),
        ("The password is hunter22.", "The password is a secret"),
        ("password: correcthorse", "password: a secret"),
        ("api_key = 'abcdefgh'", "api key equals a secret"),
        ("The token is 4f5a6b7c.", "The token is a secret"),
        (f"The hash {HEX}.", "The hash a secret."),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY9a8b7c", "a secret"),
        ("GPU-8f3c2d1e-0a1b-2c3d-4e5f-0123456789ab", "an identifier"),
        ("https://user:hunter2@example.org/?key=abc123", "example dot org"),
    ],
)
def test_secrets_are_named(written: str, spoken: str) -> None:
    assert speakable(written, "en") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Le mot de passe est azerty12", "Le mot de passe est un secret"),
        ("Mot de passe : soleil", "Mot de passe : un secret"),
        ("Clé d'API : abcdefgh", "Clé d'API : un secret"),
    ],
)
def test_in_french(written: str, spoken: str) -> None:
    assert speakable(written, "fr") == spoken


@pytest.mark.parametrize(
    "written",
    [
        "The token is invalid.",
        "The key is to keep it cool.",
        "The key: patience",
        "Qwen3-30B-A3B-Instruct-2507-GGUF-UD-Q4-K-XL".replace("GGUF", "gguf"),
        "Internationalisierungsprobleme sind lang",
        "mistral-small-3-24b-instruct-2501",
        "llama-4-maverick-17b-128e-instruct",
        "123456789012345678",
    ],
)
def test_what_is_no_secret_is_read(written: str) -> None:
    assert speakable(written, "en") == written


@given(
    some.sampled_from(["sk-", "ghp_", "hf_", "glpat-", "xoxb-"]),
    some.text(string.ascii_letters + string.digits, min_size=24, max_size=60),
    some.sampled_from(["{}", "`{}`", "(see {})", "key={}", "**{}**.", '"{}",', "a {} b"]),
    some.sampled_from(["en", "fr"]),
)
def test_no_key_is_read_however_it_is_written(beginning: str, rest: str, around: str, language: str) -> None:
    assert rest not in speakable(around.format(beginning + rest), language)
