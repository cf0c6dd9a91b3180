"""A lock fits pyproject.toml, gives a hash for each package, and holds no address."""

import pytest

from installer.locks import GROUPS, LINUX_BUILDS, check, header, inspect, requirements, with_linux_builds

PYPROJECT = """
[project]
requires-python = ">=3.11"
dependencies = ["six"]
[dependency-groups]
dev = ["pytest"]
lint = ["ruff"]
[tool.uv]
exclude-dependencies = []
"""
BODY = "six==1.17.0 ; sys_platform != 'win32' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
LOCK = header("run", PYPROJECT) + BODY


def test_a_fresh_lock_has_no_fault() -> None:
    assert inspect("run", LOCK, PYPROJECT) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LOCK + "--index-url https" + "://example.org\n", "holds an address"),
        (header("run", PYPROJECT) + "six==1.17.0\n", "gives no hash for six==1.17.0"),
        (BODY, "is older than pyproject.toml"),
        ("", "is older than pyproject.toml"),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    assert any(fault in found for found in inspect("run", text, PYPROJECT))


def test_a_new_dependency_makes_locks_stale() -> None:
    newer = PYPROJECT.replace('["six"]', '["six", "attrs"]')
    assert inspect("run", LOCK, newer)


def test_a_lock_depends_on_its_own_groups_alone() -> None:
    newer = PYPROJECT.replace('["ruff"]', '["ruff", "mypy"]')
    assert header("dev", newer) == header("dev", PYPROJECT)
    assert header("lint", newer) != header("lint", PYPROJECT)


def test_requirements_are_counted_with_their_hashes() -> None:
    assert requirements(LOCK) == {"six==1.17.0 ; sys_platform != 'win32'": 2}


def test_linux_takes_its_own_build_and_the_others_theirs() -> None:
    ((requirement, (build, digest)),) = LINUX_BUILDS.items()
    text = with_linux_builds(f"{BODY}{requirement} \\\n    --hash=sha256:aa\n")
    assert requirements(text) == {
        "six==1.17.0 ; sys_platform != 'win32'": 2,
        f"{build} ; sys_platform == 'linux'": 1,
        f"{requirement} ; sys_platform != 'linux'": 1,
    }
    assert digest in text


def test_the_locks_of_this_checkout_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 0, capsys.readouterr().out
    assert "run" in GROUPS
