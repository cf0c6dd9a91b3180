"""Addresses, paths, versions and names of files as they are said."""

import re
from urllib.parse import urlsplit

from etoile.speech.spoken.words import Words

_URL = re.compile(r"<?\b(?:https?|ftp|wss?)://[^\s<>\"”»]+>?|\bwww\.[^\s<>\"”»]+")
_MAIL = re.compile(r"\b([\w+-]{1,64}(?:\.[\w+-]{1,64}){0,4})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,6})\b")
_PATH = re.compile(r"(?<![\w/.\\~€$£¥%°)])(?:~/|\.{1,2}/|/(?=[A-Za-z.])|[A-Za-z]:\\)[\w.+@~\\/-]*")
_IP = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?(?![\w.]*\w)")
_VERSION = re.compile(r"(?<![\w.])(v(?=\d)|)(\d{1,9}(?:\.\d{1,9}){0,6})(?=[-\s,;:!?)]|\.(?!\d)|$)")
_DOTTED = re.compile(r"(?<![\w.])([A-Za-z][\w-]{1,60}(?:\.[\w-]{1,40}){0,4})\.([a-z][a-z0-9]{1,9})(?![\w.]*\w)")
_SPOKEN_PARTS = 3
"""Of a longer path only the end is said: the window shows the rest."""


def hosts(text: str, words: Words) -> str:
    """Return `text` with the host alone of every address of the web."""
    return _URL.sub(lambda url: _host(url[0], words), text)


def aloud(text: str, words: Words) -> str:
    """Return `text` with addresses of mail and of machines, paths and versions in words."""
    text = _MAIL.sub(lambda mail: f"{_dotted(mail[1], words)} {words.at} {_dotted(mail[2], words)}", text)
    text = _PATH.sub(lambda path: _path(path[0], words), text)
    text = _IP.sub(lambda found: _ip(found, words), text)
    text = _VERSION.sub(lambda found: _version(found, words), text)
    return _DOTTED.sub(lambda name: _dotted(name[0], words), text)


def _host(url: str, words: Words) -> str:
    """Return the host of an address, and the stop that followed it."""
    url = url.strip("<>")
    bare = url.rstrip(".,;:!?)]*'")
    end = url[len(bare) :].lstrip(")]*'")[:1]
    try:
        host = urlsplit(bare if "://" in bare else f"//{bare}").hostname or ""
    except ValueError:
        host = ""
    return _dotted(host.removeprefix("www."), words) + end


def _dotted(name: str, words: Words) -> str:
    return name.replace(".", f" {words.dot} ")


def _path(path: str, words: Words) -> str:
    """Return a path as it is said; one that only looks like it stays."""
    bare = path.rstrip(".")
    parts = [part for part in re.split(r"[\\/]", bare) if part]
    if not parts:
        return path
    if len(parts) > _SPOKEN_PARTS:
        said = _file(parts[-1], words)
    else:
        lead = f"{words.slash} " if bare.startswith("/") else ""
        said = lead + f" {words.slash} ".join(_file(part, words) for part in parts)
    return said + path[len(bare) :]


def _file(name: str, words: Words) -> str:
    if name == "~":
        return "tilde"
    return " ".join(name.replace(".", f" {words.dot} ").replace("_", " ").split())


def _ip(found: re.Match[str], words: Words) -> str:
    said = _dotted(found[1], words)
    return f"{said} {words.port} {found[2]}" if found[2] else said


def _version(found: re.Match[str], words: Words) -> str:
    """Return "version 1 point 2"; a number with one point and no "v" is a number."""
    said = found[2].replace(".", f" {words.point} ")
    if found[1]:
        return f"{words.version} {said}"
    return said if found[2].count(".") > 1 else found[0]
