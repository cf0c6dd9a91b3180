"""Where a key is may stand in the settings; the key itself never."""

import pytest

from etoile.config import parse
from etoile.errors import ConfigError

NODE = '[[nodes]]\nname = "M1"\nurl = "http://10.5.0.2:1234"\nkey = "{}"\n'


@pytest.mark.parametrize("key", ["keyring", "env:M1_KEY", "env:_k9"])
def test_where_it_is(key: str) -> None:
    assert parse(NODE.format(key).encode(), "config.toml").nodes[0].key == key


@pytest.mark.parametrize("key", ["sk-proj-abc", "env:sk-proj-abc", "env:sk proj", "env:", "env:9", "keyring "])
def test_what_could_be_one_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match="must not hold the secret itself"):
        parse(NODE.format(key).encode(), "config.toml")
