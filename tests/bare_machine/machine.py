"""A minimal Debian in a folder of this machine."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "bookworm"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
PERSON = "person"


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    output: str
    duration_s: float


class Machine:
    """A minimal Debian in a folder; commands see its files, its processes and nothing else of this one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def install(self, has: str) -> None:
        """Make it from the mirror that this machine's apt uses, with the packages `has`."""
        options = ["--variant=minbase", f"--include={has}"]
        call("debootstrap", *options, RELEASE, str(self.root), mirror())
        self._take_over("etc/apt", "etc/resolv.conf", "etc/hosts", CERTIFICATES)
        self.run("root", "useradd", "--create-home", PERSON)

    def clone(self, user: str) -> Path:
        """Put a fresh clone into the home of `user`, and return its folder as that machine sees it."""
        folder = Path("/root/etoile" if user == "root" else f"/home/{user}/etoile")
        call("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), f"{self.root}{folder}")
        self.run("root", "chown", "--recursive", f"{user}:{user}", str(folder))
        return folder

    def run(self, user: str, *command: str, folder: Path = Path("/")) -> Done:
        """Run a command as `user` and wait for its end."""
        script = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'
        home = "/root" if user == "root" else f"/home/{user}"
        settings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8", **network_settings()}
        inside = ["env", "-i", *(f"{key}={value}" for key, value in settings.items())]
        inside += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        inside += ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command]
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, str(self.root)]
        start = time.monotonic()
        done = subprocess.run(
            [*apart, *inside], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return Done(done.returncode, done.stdout, time.monotonic() - start)

    def packages(self) -> set[str]:
        """Return the names of the installed Debian packages."""
        return set(self.run("root", "dpkg-query", "--show", "--showformat=${Package}\\n").output.split())

    def _take_over(self, *paths: str) -> None:
        """Replace files of it by this machine's own."""
        for path in paths:
            source, target = Path("/", path), self.root / path
            if source.is_dir():
                shutil.rmtree(target)
                shutil.copytree(source, target, symlinks=True)
            elif source.exists():
                shutil.copyfile(source, target)


def mirror() -> str:
    """Return the address of the Debian mirror that apt uses here."""
    shown = call("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages")
    found = [line.split()[0] for line in shown.splitlines() if line.split()[1:] == [RELEASE]]
    if not found:
        sys.exit(f"apt knows no mirror of Debian {RELEASE} here: run `apt-get update` on a Debian 12 machine")
    return found[0]


def network_settings() -> dict[str, str]:
    """Return how pip reaches its index here, as environment variables; folders of this machine are left out."""
    names = (
        "PIP_INDEX_URL",
        "PIP_CERT",
        "PIP_DEFAULT_TIMEOUT",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
    )
    settings = {name: os.environ[name] for name in names if os.environ.get(name)}
    shown = call(sys.executable, "-m", "pip", "config", "list")
    for line in shown.splitlines():
        key, _, value = line.partition("=")
        if key == "global.index-url":
            settings.setdefault("PIP_INDEX_URL", value.strip("'"))
    certificates = {"PIP_CERT": f"/{CERTIFICATES}", "SSL_CERT_FILE": f"/{CERTIFICATES}"}
    return settings | {name: path for name, path in certificates.items() if name in settings}


def succeeded(done: Done) -> bool:
    """Judge a command that has to work."""
    return done.code == 0


@dataclass
class Report:
    """Runs the steps on a machine and tells how they went."""

    machine: Machine
    failed: int = 0

    def step(
        self,
        user: str,
        *command: str,
        called: str = "",
        folder: Path = Path("/"),
        expect: Callable[[Done], object] = succeeded,
    ) -> Done:
        """Run one command as `user` and judge what it did; it is told as `called`."""
        done = self.machine.run(user, *command, folder=folder)
        right = bool(expect(done))
        self.failed += not right
        verdict = "as it must" if right else "NOT AS IT MUST"
        print(f"{user:<7} {called or ' '.join(command):<48} {done.duration_s:7.1f} s  exit {done.code}  {verdict}")
        closing = done.output.strip().splitlines()[-25 if not right else -1 :]
        print("\n".join(f"        | {line}" for line in closing), flush=True)
        return done


@contextmanager
def folder(*, keep: bool) -> Iterator[Path]:
    """Give a temporary folder, which goes away afterwards unless it is to be kept."""
    path = Path(tempfile.mkdtemp(prefix="etoile-bare-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        if keep:
            print("kept:", path)
        else:
            shutil.rmtree(path)


def call(*command: str) -> str:
    """Run a command of this machine and return what it printed; what it complained ends the program."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
