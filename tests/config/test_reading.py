"""A settings file is taken whole or refused with the file, the key and the way to mend it."""

from pathlib import Path

import pytest

from etoile.config import AlertsOfGpu, Config, load, parse
from etoile.errors import ConfigError
from etoile.text import render


def _refusal(content: str) -> str:
    with pytest.raises(ConfigError) as refused:
        parse(content.encode(), "config.toml")
    remedy = refused.value.remedy
    return f"{refused.value} {render(remedy, 'en') if remedy else ''}".strip()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[thermal]\nwarning = 70", ["config.toml", "thermal.warning", "thermal.warning_c"]),
        ("[termal]\nwarning_c = 70", ["unknown key termal", "thermal"]),
        ("[thermal]\nwarning_c = 'hot'", ["config.toml: thermal.warning_c: Expected `int`, got `str`", "whole number"]),
        ("[speech]\nlanguage = 'pt'", ["speech.language", "Invalid enum value 'pt'", '"auto", "en", "fr"']),
        ("[alerts]\nspoken = 'yes'", ["alerts.spoken", "true or false"]),
        ("[gpu]\nperiod_s = '1'", ["gpu.period_s", "Write a number"]),
        ("[[nodes]]\nname='a'\nurl='http://x'\ngpus=[1]", ["nodes[0].gpus[0]", "in quotes"]),
        ("[[alerts.gpus]]\nindex = 'first'", ["alerts.gpus[0].index", "whole number"]),
        ("nodes = 3", ["nodes: Expected `array`", "a list, in brackets"]),
        ("[[nodes]]\nname = 'M1'", ["missing required field `url`", "nodes[0]"]),
        ("[[nodes]]\nurl = 'http://x'", ["missing required field `name`"]),
        ("[[nodes]]\nname = 'M1'\nurl = '10.5.0.2:1234'", ["nodes[0].url", "http://"]),
        ("[[nodes]]\nname = 'M1'\nurl = 'http://x'\nmodle = 'q'", ["nodes.modle", "nodes.model"]),
        ("[[nodes]]\nname = 'M1'\nurl = 'http://x'\nkey = 'sk-123'", ["secret", "env:NAME"]),
        ("[[nodes]]\nname='a'\nurl='http://x'\n[[nodes]]\nname='a'\nurl='http://y'", ['two nodes are called "a"']),
        (
            "[[nodes]]\nname='a'\nurl='http://x'\nroles=['cook']",
            ["nodes[0].roles[0]", "'cook'", '"analyse", "classify"'],
        ),
        ("[thermal]\nwarning_c = 90", ["warning_c (90)", "critical_c (85)"]),
        ("[alerts]\nquiet = '22-7'", ["alerts.quiet", "22:00-07:30"]),
        ("[alerts]\nquiet = '22:00-24:30'", ["alerts.quiet", "24:30"]),
        ("[alerts]\nmemory_percent = 0", ["alerts.memory_percent", "between 1 and 100"]),
        ("[[alerts.gpus]]\nwarning_c = 70", ["alerts.gpus[0]", "names no GPU", "uuid"]),
        ("[[alerts.gpus]]\nindex = 0\nwarning_c = 90", ["alerts.gpus[0]", "below critical_c"]),
        ("[[alerts.gpus]]\nindex = 0\nwarning_c = 0", ["alerts.gpus[0].warning_c", "between 1 and 150"]),
        ("[[alerts.gpus]]\nuid = 'GPU-1'", ["alerts.gpus.uid", "alerts.gpus.uuid"]),
        ("[gpu]\nperiod_s = 0", ["gpu.period_s", "0.1"]),
        ("[gpu]\nperiod_s = nan", ["gpu.period_s", "nan"]),
        ("[routing]\nconnect_s = -1.0", ["routing.connect_s", "between 0.1 and 60"]),
        ("[routing]\nheartbeat_s = inf", ["routing.heartbeat_s"]),
        ("[commands]\nconfirm_s = 0.0", ["commands.confirm_s"]),
        ("[thermal]\nhysteresis_c = -5", ["thermal.hysteresis_c"]),
        ("[[nodes]]\nname='a'\nurl='http://x:99999'", ["nodes[0].url", "65535"]),
        ("[[nodes]]\nname='a'\nurl='http://'", ["nodes[0].url"]),
        ("[[nodes]]\nname='a'\nurl='http://x'\nmax_in_flight = 0", ["nodes[0].max_in_flight"]),
        ("[[nodes]]\nname='a'\nurl='http://x'\ngpus='10.5.0.2:9400'", ["nodes[0].gpus", "10.5.0.2:9400", "exporter"]),
        ("[[nodes]]\nname='a'\nurl='http://x'\ngpus=['GPU-1', '3080']", ['nodes[0].gpus is "3080"', "UUID"]),
        ("[gpu]\nfar_period_s = 0.5", ["gpu.far_period_s", "between 1 and 3600"]),
        ("[speech]\nvoices = {de = 'Anna'}", ["speech.voices", "'de'", '"en", "fr"']),
        ("[speech]\nengine = 'mimic'", ["speech.engine", "mimic", "engine_command"]),
        ("[speech]\nengine_command = 'piper -f -'", ["speech.engine_command", "array"]),
        ("[speech]\nengine_rate_hz = 100", ["speech.engine_rate_hz", "between 8000 and 96000"]),
        ("[[nodes]]\nname='M1'\nurl='http://x'\n[[nodes]]\nname='m1'\nurl='http://y'", ["two nodes", "of its own"]),
        ("[[nodes]]\nname=' '\nurl='http://x'", ['nodes[0].name is " "']),
        ("[[nodes]]\nname='Guide'\nurl='http://x'", ["nodes[0].name", "built-in node"]),
        ("[[nodes]]\nname='a'\nurl='http://x'\nmodel='m'\nnever=['M']", ['nodes[0].model is "m"', "never"]),
        (
            "[[nodes]]\nname='a'\nurl='http://x'\nmodels={code='m'}\nnever=['m']",
            ['nodes[0].models.code is "m"', "out of the one or the other"],
        ),
        (
            "[[nodes]]\nname='a'\nurl='http://x'\nmodels={cook='m'}",
            ["nodes[0].models", "'cook'", '"analyse", "classify"'],
        ),
        ("[[nodes]]\nname='a'\nurl='http://x'\ntools=['oven']", ["nodes[0].tools[0]", "'oven'", '"market", "search"']),
        ("[[nodes]]\nname='a'\nurl='http://x'\nweight=nan", ["nodes[0].weight", "between -300 and 300"]),
        ("[routing.matrix]\ncode = []", ["routing.matrix.code names no role", 'code = ["respond"]']),
        ("[routing.matrix]\ncode = [[]]", ["routing.matrix.code names no role"]),
        ("[routing.matrix]\ncode = 'code'", ["routing.matrix", "array"]),
        ("[routing.matrix]\ncode = ['cook']", ["routing.matrix", "'cook'", '"analyse", "classify"']),
        ("[routing.matrix]\ncooking = ['code']", ["routing.matrix", "'cooking'", '"analyse", "code"']),
        (
            "[[nodes]]\nname='a'\nurl='http://x'\nroles=['respond']\n[routing.matrix]\ncode = ['code', 'review']",
            ['routing.matrix.code takes "code", and no node has that role', 'Add "code" to “roles” of a node'],
        ),
        ("[routing]\ncloud = ['everything']", ["routing.cloud[0]", "'everything'", '"analyse", "code"']),
        ("[speech\n", ["not valid TOML"]),
        ("zzzzzz = 1", ["unknown key zzzzzz", "Known keys here"]),
    ],
)
def test_what_is_wrong_is_named(content: str, says: list[str]) -> None:
    refusal = _refusal(content)
    for part in says:
        assert part in refusal


def test_an_empty_file_is_the_defaults() -> None:
    assert parse(b"", "config.toml") == Config()


def test_every_section_is_read() -> None:
    config = parse(
        b"""
        [[nodes]]
        name = "M1"
        dialect = "lmstudio"
        url = "http://10.5.0.2:1234"
        key = "env:M1_KEY"
        roles = ["code", "review"]
        models = { code = "qwen3-coder-30b" }
        never = ["nemotron-3-nano"]
        [thermal]
        warning_c = 70
        limits = "card"
        [alerts]
        quiet = "22:00-07:30"
        [[alerts.gpus]]
        name = "3080"
        warning_c = 80
        [speech]
        language = "fr"
        """,
        "config.toml",
    )
    assert config.nodes[0].models == {"code": "qwen3-coder-30b"}
    assert (config.alerts.quiet, config.alerts.gpus) == ("22:00-07:30", (AlertsOfGpu(name="3080", warning_c=80),))
    assert (config.thermal.warning_c, config.thermal.critical_c, config.speech.language) == (70, 85, "fr")


@pytest.mark.parametrize(
    "content",
    [
        "[routing.matrix]\ncode = ['code', 'review']",
        "[[nodes]]\nname='a'\nurl='http://x'\n[routing.matrix]\ncode = ['code']",
        "[[nodes]]\nname='a'\nurl='http://x'\nroles=['respond']",
        """
        nodes = [{name = "a", url = "http://x", roles = ["code"]}, {name = "b", url = "http://y"}]
        routing.matrix.code = [["code", "review"], "validate"]
        """,
    ],
)
def test_a_node_without_roles_has_all_of_them(content: str) -> None:
    assert isinstance(parse(content.encode(), "config.toml"), Config)


def test_a_missing_file_matters_only_when_it_was_named(tmp_path: Path) -> None:
    absent = tmp_path / "config.toml"
    assert load(absent, must_exist=False) == Config()
    with pytest.raises(ConfigError, match=r"no settings file .*config\.toml"):
        load(absent, must_exist=True)


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, must_exist=True)
