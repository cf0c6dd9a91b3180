"""The locks: what is installed, to the hash, for every system at once, and without any address."""

import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path

from installer.environment import LOCKS, ROOT, SetupError

GROUPS: dict[str, tuple[str, ...]] = {
    "run": (),
    "dev": ("run",),
    "lint": ("run", "dev"),
    "bench": ("run", "dev"),
    "train": ("run",),
    "freeze": ("run",),
}
"""Each lock, and those that are installed before it: it keeps to their versions."""

COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header",
    "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
)  # fmt: skip

LINUX_BUILDS = {
    # The CPU build, for Python 3.11: the registry's own Linux build needs gigabytes of CUDA, and training needs none.
    "torch==2.13.0": ("torch==2.13.0+cpu", "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"),
}
"""Requirements of which Linux takes another build than the resolver finds, and its hash."""


def resolve(uv: Path, *, upgrade: bool) -> int:
    """Write every lock anew with the program `uv`; without `upgrade` what still fits keeps its version."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    for name, before in GROUPS.items():
        lock = LOCKS / f"{name}.lock"
        source = ["pyproject.toml", "--group", "build"] if name == "run" else ["--group", name]
        limits = [option for other in before for option in ("--constraint", str(LOCKS / f"{other}.lock"))]
        newest = ["--upgrade"] if upgrade else []
        command = [str(uv), *COMPILE, *source, *limits, *newest, "--output-file", str(lock)]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise SetupError(f"installer/{name}.lock could not be resolved; the lines above say why.")
        text = header(name, pyproject) + with_linux_builds(lock.read_text("utf-8"))
        if faults := inspect(name, text, pyproject):
            raise SetupError("\n".join(faults))
        lock.write_text(text, "utf-8")
        print(f"installer/{name}.lock: {len(requirements(text))} packages")
    return 0


def check() -> int:
    """Tell whether each lock was resolved from what pyproject.toml asks for today.  Needs no network."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    faults = [fault for name in GROUPS for fault in inspect(name, _read(name), pyproject)]
    print("\n".join(faults) or "The locks fit pyproject.toml.")
    return 1 if faults else 0


def inspect(name: str, text: str, pyproject: str) -> list[str]:
    """Return what is wrong with the lock `name`, whose content is `text`."""
    faults = []
    if not text.startswith(header(name, pyproject)):
        faults.append("is older than pyproject.toml: run `python3 installer/dev.py lock`")
    if "://" in text:
        faults.append("holds an address; a lock names packages, and each machine knows where it gets them")
    faults += [f"gives no hash for {requirement}" for requirement, hashes in requirements(text).items() if not hashes]
    return [f"installer/{name}.lock {fault}" for fault in faults]


def header(name: str, pyproject: str) -> str:
    """Return the first line of the lock `name`: a digest of all that pyproject.toml says about it."""
    settings = tomllib.loads(pyproject)
    groups = settings["dependency-groups"]
    asked = [settings["project"]["requires-python"], settings["project"]["dependencies"], settings["tool"]["uv"]]
    asked += [groups[group] for group in ("build", *GROUPS[name], name) if group in groups]
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
    return f"# Resolved by `installer/dev.py lock` from pyproject.toml {digest}\n"


def with_linux_builds(text: str) -> str:
    """Return the lock `text` with the builds of LINUX_BUILDS for Linux, and those that it names for other systems."""
    for requirement, (build, digest) in LINUX_BUILDS.items():
        here = f"{build} ; sys_platform == 'linux' \\\n    --hash=sha256:{digest}\n"
        text = text.replace(f"\n{requirement} \\\n", f"\n{here}{requirement} ; sys_platform != 'linux' \\\n")
    return text


def requirements(text: str) -> dict[str, int]:
    """Return each requirement of a lock ("six==1.17.0 ; marker") and the number of its hashes."""
    blocks = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]
    return {block.split("\\")[0].strip(): block.count("--hash=sha256:") for block in blocks}


def _read(name: str) -> str:
    lock = LOCKS / f"{name}.lock"
    return lock.read_text("utf-8") if lock.exists() else ""
