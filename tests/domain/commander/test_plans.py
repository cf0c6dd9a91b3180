"""Plans: what is shipped, what a user may write, and how a mistake is told."""

import re

import pytest

from etoile.domain.commander.cutting import MOST_POLLED, units_of
from etoile.domain.commander.plan_file import LONGEST_BYTES, LONGEST_PROMPT, MOST_UNITS, read
from etoile.domain.commander.plans import Plan, collected, plan_of
from etoile.domain.commander.running import ready
from etoile.domain.roles import DEFAULT_MATRIX
from etoile.errors import ConfigError
from etoile.resources import resource
from etoile.text import render

SHIPPED = {path.stem: read(path.read_text("utf-8"), path.stem, path.name) for path in resource("plans").glob("*.toml")}
CODE = """
kinds = ["code"]
[[units]]
id = "write"
role = "code"
[[units]]
id = "review"
role = "review"
reviews = "write"
"""


def plan(name: str, *kinds: str) -> Plan:
    """Return a plan of one unit."""
    return read(f'kinds = {list(kinds)!r}\n[[units]]\nid = "a"\nrole = "code"', name, f"{name}.toml")


class TestShipped:
    def test_code_is_written_then_reviewed_and_only_the_code_is_shown(self) -> None:
        write, review = SHIPPED["code"].units
        assert (write.role, write.shown) == ("code", True)
        assert (review.role, review.after, review.reviews, review.shown) == ("review", ("write",), "write", False)

    @pytest.mark.parametrize("kind", ["code", "web", "trading"])
    def test_they_have_the_roles_of_the_usual_matrix(self, kind: str) -> None:
        [plan] = [plan for plan in SHIPPED.values() if kind in plan.kinds]
        first = [unit for unit in plan.units if not unit.after]
        second = [unit for unit in plan.units if unit.after]
        assert tuple(sorted(tuple(sorted(unit.role for unit in step)) for step in (first, second))) == tuple(
            sorted(tuple(sorted(step)) for step in DEFAULT_MATRIX[kind])
        )

    def test_kinds_that_one_node_answers_have_none(self) -> None:
        plans = collected(SHIPPED.values(), ())
        assert set(plans.by_kind) == {kind for kind, steps in DEFAULT_MATRIX.items() if len(steps) > 1}

    def test_figures_come_from_a_node_that_has_them_or_from_none(self) -> None:
        assert {unit.id: unit.needs for unit in SHIPPED["trading"].units if unit.needs} == {"search": {"market"}}
        assert {unit.id: unit.needs for unit in SHIPPED["web"].units if unit.needs} == {"search": {"search"}}

    def test_an_opinion_and_then_another_node_on_whether_it_can_be_built(self) -> None:
        opinion, feasibility = SHIPPED["archi"].units
        assert opinion.shown
        assert feasibility.shown
        assert feasibility.elsewhere


class TestCutting:
    def test_analysis_and_search_go_side_by_side_then_validation(self) -> None:
        units = units_of(SHIPPED["trading"], "trading", ())
        assert [unit.id for unit in ready(units)] == ["analysis", "search"]
        assert [unit.id for unit in units if unit.shown] == ["validation"]

    def test_every_node_gets_its_own_of_what_is_compared(self) -> None:
        units = units_of(SHIPPED["consensus"], "simple", ("M1", "M2", "M3"))
        assert [(unit.id, unit.target) for unit in units] == [
            ("opinion M1", "M1"),
            ("opinion M2", "M2"),
            ("opinion M3", "M3"),
            ("synthesis", None),
        ]
        assert units[-1].depends_on == ("opinion M1", "opinion M2", "opinion M3")
        assert all(unit.polled for unit in units[:-1])

    @pytest.mark.parametrize("nodes", [(), ("M1",)])
    def test_one_node_has_nobody_to_agree_with(self, nodes: tuple[str, ...]) -> None:
        [only] = units_of(SHIPPED["consensus"], "simple", nodes)
        assert only.shown
        assert only.target is None

    def test_a_hundred_nodes_are_not_all_asked(self) -> None:
        units = units_of(SHIPPED["consensus"], "simple", [f"M{number}" for number in range(100)])
        assert sum(unit.polled for unit in units) == MOST_POLLED


class TestWhichPlan:
    def test_a_file_of_the_users_replaces_the_shipped_one_of_its_name(self) -> None:
        own = plan("code", "code")
        plans = collected(SHIPPED.values(), [own])
        assert plans.by_name["code"] is own
        assert plans.by_kind["code"] is own

    def test_and_takes_over_a_kind_under_another_name(self) -> None:
        own = plan("mine", "code", "analyse")
        plans = collected(SHIPPED.values(), [own])
        assert plans.by_kind["code"] is plans.by_kind["analyse"] is own
        assert plans.by_name["code"] is SHIPPED["code"]

    def test_the_settings_come_before_what_is_shipped_and_after_the_users_files(self) -> None:
        matrix = {"code": (("code",),), "web": (("respond",),)}
        plans = collected(SHIPPED.values(), [plan("mine", "web")], matrix)
        assert [unit.role for unit in plans.by_kind["code"].units] == ["code"]
        assert plans.by_kind["web"].name == "mine"

    def test_two_files_that_want_the_same_kind_are_told(self) -> None:
        with pytest.raises(ConfigError, match=r"two\.toml: one\.toml takes requests of kind code too\."):
            collected(SHIPPED.values(), [plan("one", "code"), plan("two", "code")])


class TestRolesOfTheSettings:
    def test_step_by_step_and_side_by_side(self) -> None:
        made = plan_of("trading", (("analyse", "search"), ("validate",)))
        assert {unit.id: unit.after for unit in made.units} == {
            "analyse": (),
            "search": (),
            "validate": ("analyse", "search"),
        }
        assert [unit.needs for unit in made.units] == [set(), {"market"}, set()]
        assert [unit.id for unit in made.units if unit.shown] == ["validate"]

    def test_a_review_looks_at_the_step_before_and_is_no_material(self) -> None:
        made = plan_of("code", (("analyse",), ("code",), ("review",), ("respond",)))
        assert {unit.id: unit.after for unit in made.units} == {
            "analyse": (),
            "code": ("analyse",),
            "review": ("code",),
            "respond": ("code",),
        }

    def test_a_role_that_comes_twice_is_told_apart(self) -> None:
        assert [unit.id for unit in plan_of("code", (("code",), ("code",))).units] == ["code 1", "code 2"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_plan_in_the_help_is_one(language: str) -> None:
    page = (resource("help") / language / "plans.md").read_text("utf-8")
    [example] = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    assert [unit.shown for unit in read(example, "x", "x").units] == [True, True, False]


UNIT = '[[units]]\nid = "a"\nrole = "code"\n'


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        (
            '[[units]]\nid="a"\nrole="code"\nafter=["b"]\n[[units]]\nid="b"\nrole="code"\nafter=["a"]',
            "p.toml: units wait for each other: a → b → a.",
            "Take one of these out of “after” or “reviews”.",
        ),
        (UNIT + 'after = ["a"]', "p.toml: units wait for each other: a → a.", "Take one"),
        (UNIT.replace("code", "coder"), "p.toml: “coder” in a is not known.", "Did you mean code?"),
        (UNIT.replace("code", "zzz"), "p.toml: “zzz” in a is not known.", "Known are: classify, code,"),
        ('[[units]]\nid="a"', "p.toml: unit “a” has no role.", "Known are:"),
        (UNIT + 'after = ["writ"]\n[[units]]\nid="write"\nrole="code"', "comes after “writ”, which is none", "write?"),
        (UNIT * (MOST_UNITS + 1), "p.toml: it has 9 units, and 8 is the most.", "Join some of them"),
        (UNIT + UNIT, "p.toml: two units are called “a”.", "Give one"),
        (UNIT + 'reviews = "a"', "units wait for each other", "Take one"),
        ('[[units]]\nid="a"\nrole="review"\nreviews="b"', "comes after “b”, which is none", "Known are: a."),
        ("", "p.toml: it has no units.", "[[units]]"),
        ("units = 3", "p.toml: it has no units.", "[[units]]"),
        ("units = [3]", "p.toml: a unit is no table.", "[[units]]"),
        ("[[units]]\nrole='code'", "p.toml: a unit has no id.", "Name it"),
        ("kind = ['code']\n" + UNIT, "p.toml: there is no key “kind”.", "Did you mean kinds?"),
        ("kinds = ['cod']\n" + UNIT, "p.toml: “cod” in kinds is not known.", "Did you mean code?"),
        ("kinds = 'code'\n" + UNIT, "p.toml: “kinds” is not as it should be.", "Write a list"),
        (UNIT + "promt = 'x'", "p.toml: there is no key “a.promt”.", "Did you mean prompt?"),
        (UNIT + "prompt = 3", "p.toml: “a.prompt” is not as it should be.", "Write it in quotes"),
        (UNIT + "shown = 'yes'", "p.toml: “a.shown” is not as it should be.", "Write shown = true"),
        (UNIT + "needs = ['web']", "p.toml: “web” in a is not known.", "search"),
        (UNIT + f"prompt = '{'x' * (LONGEST_PROMPT + 1)}'", "p.toml: the prompt of unit “a” is too long.", "4000"),
        ("a = [", "p.toml: this is no TOML:", "Mend that line"),
        ("#" * (LONGEST_BYTES + 1), "p.toml: the file is too long.", "at most"),
        (CODE + "shown = true", "p.toml: unit “review” cannot review “write”.", "A review looks at one unit"),
    ],
)
def test_a_mistake_is_told_with_file_and_remedy(text: str, said: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text, "p", "p.toml")
    assert said in str(raised.value)
    assert raised.value.remedy is not None
    assert remedy in render(raised.value.remedy, "en")
