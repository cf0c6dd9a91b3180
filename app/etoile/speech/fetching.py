"""Fetching a repository of models from the Hugging Face hub: resumed where it broke off, believed by its hashes alone.

By the hub's HTTP interface itself rather than its library, which takes 10 MB at a time (nothing is seen or stopped in
between), does not look at where an answered range begins, and never compares what arrived with the hash.
HF_ENDPOINT names another server, HTTPS_PROXY a proxy, as for everybody else.
"""

import errno
import fnmatch
import hashlib
import http.client
import json
import logging
import os
import re
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from etoile.speech.models import MANIFEST

log = logging.getLogger(__name__)

ENDPOINT = "https://huggingface.co"
FILES = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
"""What of a repository is fetched."""
STALL_S = 5.0
"""A connection that brings nothing for this long is given up, and another one goes on where it ended."""
PAUSE_S = 1.0
TRIES = 6
"""So many connections in a row that bring nothing are the end of it."""
CHUNK_BYTES = 1 << 16
LISTING_MOST_BYTES = 4_000_000

Progress = Callable[[int, int | None], None]
"""Takes (received, total) bytes; whatever it raises ends the download."""


class WrongContentError(OSError):
    """What arrives is not what the hub lists: another file, or a page of a proxy."""


class _StartOverError(OSError):
    """What is there cannot be gone on with: the server answers with another range, or there is more than there is."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub lists it."""

    name: str
    size: int
    sha256: str | None
    """Of large files; the others have `blob`."""
    blob: str
    """git's hash of the file."""


@dataclass(frozen=True, slots=True)
class Repository:
    """One version of a repository: what it holds never changes."""

    name: str
    revision: str
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        """Bytes of everything that is fetched."""
        return sum(file.size for file in self.files)

    def url(self, file: RemoteFile) -> str:
        """Return where the file is."""
        return f"{_endpoint()}/{self.name}/resolve/{self.revision}/{quote(file.name)}"


def fetch(
    repository: str, into: Path, progress: Progress, *, stall_s: float = STALL_S, pause_s: float = PAUSE_S
) -> None:
    """Fetch the files of a model into the folder `into`; what a former try left there is used.

    Blocks.  Raises OSError; WrongContentError when it is certain that this is not the model.
    """
    listed = _listing(repository, stall_s)
    done = 0
    for file in listed.files:
        fetched = _Fetched(listed.url(file), file, into, stall_s, pause_s)
        fetched.fetch(partial(_report, progress, done, listed.size))
        done += file.size
    files = {file.name: file.size for file in listed.files}
    manifest = {"repository": repository, "revision": listed.revision, "files": files}
    (into / MANIFEST).write_text(json.dumps(manifest), "utf-8")


def _report(progress: Progress, before: int, total: int, received: int) -> None:
    progress(before + received, total)


class _Fetched:
    """One file on its way."""

    def __init__(self, url: str, file: RemoteFile, into: Path, stall_s: float, pause_s: float) -> None:
        self._url = url
        self._file = file
        self._whole = into / file.name
        self._part = into / f"{file.name}.part"
        self._stall_s = stall_s
        self._pause_s = pause_s

    def fetch(self, progress: Callable[[int], None]) -> None:
        """Have the file whole, and certainly this one."""
        if self._whole.is_file() and _is(self._whole, self._file):
            progress(self._file.size)
            return
        for last in (False, True):
            self._receive(progress)
            if _is(self._part, self._file):
                self._part.replace(self._whole)
                return
            self._part.unlink()
            log.info(
                "%s is not what the hub lists%s", self._file.name, "" if last else "; once more from its beginning"
            )
        raise WrongContentError(f"{self._file.name} is not what the hub lists")

    def _receive(self, progress: Callable[[int], None]) -> None:
        """Append to the part until it has its size; a try that brings something makes up for those that did not."""
        left = TRIES
        while (had := self._had()) < self._file.size or not self._part.exists():
            progress(had)
            try:
                self._go_on(had, progress)
            except WrongContentError:
                raise
            except _StartOverError as error:
                self._part.unlink(missing_ok=True)
                if had == 0:
                    raise WrongContentError(str(error)) from error
            except OSError as error:
                if _is_final(error):
                    raise
                log.info("%s broke off at %d: %s", self._file.name, self._had(), error)
                left = TRIES if self._had() > had else left - 1
                if left <= 0:
                    raise
                threading.Event().wait(self._pause_s)

    def _had(self) -> int:
        """Return what has arrived; more than there is means that it is something else."""
        size = self._part.stat().st_size if self._part.exists() else 0
        if size > self._file.size:
            self._part.unlink()
            return 0
        return size

    def _go_on(self, had: int, progress: Callable[[int], None]) -> None:
        try:
            with _opened(self._url, had, self._stall_s) as response:
                start = _start_of(response, had, self._file)
                with self._part.open("ab" if start else "wb") as part:
                    self._copy(response, part, start, progress)
        except http.client.HTTPException as error:
            raise ConnectionError(str(error) or type(error).__name__) from error

    def _copy(self, response: Any, part: BinaryIO, start: int, progress: Callable[[int], None]) -> None:
        received = start
        while chunk := response.read1(CHUNK_BYTES):
            received += len(chunk)
            if received > self._file.size:
                raise _StartOverError(f"{self._file.name} is longer than the hub lists")
            part.write(chunk)
            progress(received)
        if received < self._file.size:
            raise ConnectionError(f"the connection ended after {received} of {self._file.size} bytes")


def _start_of(response: Any, had: int, file: RemoteFile) -> int:
    """Return where the answer begins: where it was asked to, or at 0.  Raises WrongContentError for anything else."""
    if response.headers.get_content_type() == "text/html":
        raise WrongContentError(f"a web page came in place of {file.name}: is there a proxy that wants a password?")
    if response.status != http.HTTPStatus.PARTIAL_CONTENT:
        return 0
    told = response.headers.get("Content-Range", "")
    if not re.fullmatch(rf"bytes {had}-\d+/({file.size}|\*)", told):
        raise _StartOverError(f"the server answers with another range of {file.name} ({told})")
    return had


def _is_final(error: OSError) -> bool:
    """Whether another connection would bring nothing else: the server says no, or the disk is full."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _PASSING
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


_PASSING = (http.HTTPStatus.REQUEST_TIMEOUT, http.HTTPStatus.TOO_MANY_REQUESTS)


def _is(path: Path, file: RemoteFile) -> bool:
    """Whether the file at `path` is the one that the hub lists."""
    if path.stat().st_size != file.size:
        return False
    known = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.size)  # noqa: S324  # git's own
    with path.open("rb") as content:
        while chunk := content.read(1 << 20):
            known.update(chunk)
    return known.hexdigest() == (file.sha256 or file.blob)


def _listing(repository: str, stall_s: float) -> Repository:
    """Ask the hub for the newest version of `repository`, with the size and the hash of each file."""
    with _opened(f"{_endpoint()}/api/models/{repository}/revision/main?blobs=true", 0, stall_s) as response:
        content = response.read(LISTING_MOST_BYTES)
    try:
        told = json.loads(content)
        files = tuple(_remote(sibling) for sibling in told["siblings"] if _is_wanted(sibling["rfilename"]))
        return Repository(repository, str(told["sha"]), files)
    except (ValueError, KeyError, TypeError) as error:
        raise WrongContentError("what answered is not the hub: is there a proxy that wants a password?") from error


def _remote(sibling: dict[str, Any]) -> RemoteFile:
    lfs = sibling.get("lfs") or {}
    return RemoteFile(sibling["rfilename"], int(sibling["size"]), lfs.get("sha256"), sibling["blobId"])


def _is_wanted(name: str) -> bool:
    """Whether a file belongs to the model; a name with a folder in it never does."""
    return "/" not in name and "\\" not in name and any(fnmatch.fnmatchcase(name, pattern) for pattern in FILES)


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", ENDPOINT).rstrip("/")


def _opened(url: str, start: int, stall_s: float) -> Any:
    """Return the answer to a GET of `url` from byte `start` on.  Raises OSError, whatever goes wrong."""
    headers = {"User-Agent": "etoile", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        return _opener(url).open(request, timeout=stall_s)
    except urllib.error.HTTPError as error:
        error.close()
        if start and error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise _StartOverError("the server has no more of this file than that") from error
        raise
    except urllib.error.URLError as error:
        raise (error.reason if isinstance(error.reason, OSError) else ConnectionError(str(error.reason))) from error
    except http.client.HTTPException as error:
        raise ConnectionError(str(error) or type(error).__name__) from error


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Return what opens `url`, by the proxies that the environment (or the system) names now."""
    secure = [urllib.request.HTTPSHandler(context=_trust())] if url.startswith("https:") else []
    return urllib.request.build_opener(*secure)


@cache
def _trust() -> ssl.SSLContext:
    """Return whom to trust: the system's authorities, and Mozilla's where the system has none for Python."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
