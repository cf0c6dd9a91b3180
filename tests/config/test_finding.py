"""Where in the settings file an error is."""

import pytest

from etoile.config import parse
from etoile.config.finding import line_of
from etoile.errors import ConfigError

FILE = """\
# mine
[thermal]
warning_c = 70

[[nodes]]
name = "M1"
url = "http://10.5.0.2:1234"

[[nodes]]
name = "M2"
url = "http://10.5.0.3:1234"

[speech]
rate_wpm = 200
"""


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        pytest.param("rate_wpm = 200", "rate_wpm = 2", 14, id="out of range"),
        pytest.param("rate_wpm = 200", "rate_wpn = 200", 14, id="unknown key"),
        pytest.param("rate_wpm = 200", 'rate_wpm = "fast"', 14, id="another kind"),
        pytest.param("http://10.5.0.3:1234", "athena", 11, id="the second node"),
        pytest.param('"M2"', "2", 10, id="a name that is none"),
        pytest.param("warning_c = 70", "warning_c = 95", 3, id="against another value"),
        pytest.param("[speech]", "[speach]", 13, id="unknown table"),
        pytest.param("[speech]", "[speech", 13, id="no TOML"),
        pytest.param('"M2"', '"m1"', 10, id="a second node of a name"),
        pytest.param("rate_wpm = 200", "[store]\nhistory_mb = -1", 15, id="another table"),
        pytest.param("[speech]", '[routing.matrix]\nweb = ["cook"]\n[speech]', 13, id="a table in a table"),
        pytest.param("[speech]", '[routing]\nmatrix = { web = ["cook"] }\n[speech]', 14, id="a table in a line"),
        pytest.param("[speech]", "[[alerts.gpus]]\nindex = 1\n[[alerts.gpus]]\n[speech]", 15, id="the second card"),
        pytest.param('"M2"', '"M2"\nnever = ["x"]\nmodels = { code = "x" }', 12, id="a model by role"),
        pytest.param("rate_wpm = 200", '[speech.voices]\nde = "Anna"', 14, id="a language that is none"),
    ],
)
def test_the_line_of_what_is_wrong(before: str, after: str, line: int | None) -> None:
    text = FILE.replace(before, after)
    with pytest.raises(ConfigError) as caught:
        parse(text.encode(), "config.toml")
    assert line_of(caught.value, text) == line
