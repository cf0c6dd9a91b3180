"""The words of the command line, and which function each command is."""

import argparse
import gettext
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from etoile.cli import (
    about,
    autostart,
    backup,
    bench,
    chat,
    commands,
    env,
    export,
    fit,
    gpus,
    learn,
    machine,
    models,
    nodes,
    pull,
    requests,
    skills,
    speech,
    starting,
    status,
    tidy,
    voices,
)
from etoile.cli.console import Console
from etoile.domain.fit.quantisation import KV_TYPES
from etoile.domain.pinning import Format
from etoile.resources import resource
from etoile.text import INTERFACE_LANGUAGES, Message, message, render

Runner = Callable[[argparse.Namespace, Console], int]


def parse(arguments: Sequence[str], language: str) -> argparse.Namespace:
    """Return what `arguments` ask for; `run` is the function that does it.  A wrong call exits with 2."""
    with _speaking(language):
        return parser(language).parse_args(arguments)


def parser(language: str) -> argparse.ArgumentParser:
    """Return all that the command line understands, told in `language`."""

    def words(said: Message) -> str:
        return render(said, language)

    whole = argparse.ArgumentParser(
        prog="etoile",
        parents=[_common(words)],
        description=words(message("A companion for people who run language models on their own machines.")),
        epilog=words(message("Without a command, Etoile starts in the tray.")),
    )
    whole.set_defaults(command=None, run=starting.tray, config=None, language=None, simulate=None, verbose=False)
    whole.add_argument("--hidden", action="store_true", help=words(message("show only the tray icon")))
    subparsers = whole.add_subparsers(dest="command", metavar=words(message("COMMAND")))

    def command(name: str, run: Runner, purpose: Message) -> argparse.ArgumentParser:
        # Its own copy of the common options: defaults are set for those before the command alone.
        added = subparsers.add_parser(name, parents=[_common(words)], help=words(purpose), description=words(purpose))
        added.set_defaults(run=run)
        return added

    _add_requests(command, words)
    _add_machine(command, words)
    _add_speech(command, words)
    _add_about(command, words)
    return whole


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Let argparse speak `language` too: it asks gettext's own domain, in the language that the environment names."""
    domain, environment = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain("etoile", str(resource("translations")))
    gettext.textdomain("etoile")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        if environment is not None:
            os.environ["LANGUAGE"] = environment


ARGPARSE = (
    message("usage: "),
    message("options"),
    message("positional arguments"),
    message("show this help message and exit"),
    message("argument %(argument_name)s: %(message)s"),
    message("%(prog)s: error: %(message)s\n"),
    message("the following arguments are required: %s"),
    message("one of the arguments %s is required"),
    message("not allowed with argument %s"),
    message("expected one argument"),
    message("expected at least one argument"),
    message("unrecognized arguments: %s"),
    message("invalid choice: %(value)r (choose from %(choices)s)"),
    message("invalid %(type)s value: %(value)r"),
)
"""What argparse says by itself, so that the catalogues hold it."""

Words = Callable[[Message], str]
Command = Callable[[str, Runner, Message], argparse.ArgumentParser]


def _common(words: Words) -> argparse.ArgumentParser:
    """Return the options that stand before or after every command."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help=words(message("another settings file")))
    common.add_argument("--language", choices=INTERFACE_LANGUAGES, help=words(message("the language to write in")))
    common.add_argument(
        "--simulate",
        metavar="SCENARIO",
        help=words(message("simulated GPUs: calm, heatwave, lost or none; labelled so everywhere")),
    )
    common.add_argument("--verbose", action="store_true", help=words(message("log everything to stderr")))
    return common


_JSON = message("print JSON objects, one a line")


def _json(parser: argparse.ArgumentParser, words: Words) -> None:
    parser.add_argument("--json", action="store_true", help=words(_JSON))


def _add_requests(command: Command, words: Words) -> None:
    ask = command("ask", requests.ask, message("make a request: run the command it is, else ask a node"))
    ask.add_argument("text", nargs="+", metavar="TEXT")
    by = ask.add_mutually_exclusive_group()
    by.add_argument("--node", metavar="NAME", help=words(message("ask this node alone")))
    by.add_argument("--plan", metavar="NAME", help=words(message("hand it to the nodes by this plan")))
    ask_all = message("have several nodes answer, and tell what they agree on")
    by.add_argument("--consensus", dest="plan", action="store_const", const="consensus", help=words(ask_all))
    ask.add_argument("--why", action="store_true", help=words(message("tell how each node was judged")))
    ask.add_argument("--dry-run", action="store_true", help=words(message("only tell what would be done")))
    fresh = message("ask a node even where the answer is remembered")
    ask.add_argument("--fresh", action="store_true", help=words(fresh))
    _json(ask, words)
    talk = command("chat", chat.chat, message("talk in this terminal, one request a line"))
    talk.add_argument("--speak", action="store_true", help=words(message("speak the answers, too")))
    among = message("ask only these nodes: M1,M2")
    talk.add_argument("--nodes", "--node", nargs="+", metavar="NAME", help=words(among))
    _json(talk, words)
    match = command("match", commands.match, message("tell which command a text means; nothing is run"))
    match.add_argument(
        "text", nargs="*", metavar="TEXT", help=words(message("without it: one request a line on stdin"))
    )
    _json(match, words)
    classify = command("classify", commands.classify, message("tell which kind of task a text is"))
    classify.add_argument("text", nargs="*", metavar="TEXT")
    _json(classify, words)
    catalogue = command("commands", commands.catalogue, message("list, check or score the voice commands"))
    catalogue.add_argument("what", choices=("list", "check", "score"), nargs="?", default="list")
    catalogue.add_argument("file", nargs="?", metavar="FILE", help=words(message("lines to score, as JSON objects")))
    catalogue.add_argument(
        "--machine", metavar="FILE", help=words(message("the names of a machine, instead of this one"))
    )
    catalogue.add_argument("--seed", type=int, default=1, help=words(message("another seed, other noise")))
    _json(catalogue, words)
    own = command("skills", skills.skills, message("list, show, run or remove your own sequences of commands"))
    own.add_argument("what", choices=("list", "show", "run", "remove"), nargs="?", default="list")
    own.add_argument("name", nargs="*", metavar="NAME", help=words(message("what the skill is called")))
    own.add_argument("--dry-run", action="store_true", help=words(message("only tell what would be done")))
    own.add_argument("--yes", action="store_true", help=words(message("remove without being asked")))
    _json(own, words)


def _add_machine(command: Command, words: Words) -> None:
    gpu = command("gpu", gpus.gpu, message("show every GPU"))
    gpu.add_argument("--watch", action="store_true", help=words(message("again every second, until Ctrl+C")))
    _json(gpu, words)
    _add_fit(command, words)
    _add_env(command, words)
    _add_export(command, words)
    _add_nodes(command, words)
    doctor = command("doctor", machine.doctor, message("check every part, and tell how to mend what is missing"))
    _json(doctor, words)
    screen = command("status", status.status, message("show everything on one screen"))
    screen.add_argument("--watch", action="store_true", help=words(message("again every second, until Ctrl+C")))
    _json(screen, words)


def _add_nodes(command: Command, words: Words) -> None:
    shown = command("nodes", nodes.listing, message("show every node; load, fetch, measure and tidy their models"))
    shown.add_argument("--json", action="store_true", help=words(_JSON))
    deeds = shown.add_subparsers(dest="what", metavar=words(message("COMMAND")))

    def deed(name: str, run: Runner, purpose: Message) -> argparse.ArgumentParser:
        added = deeds.add_parser(name, parents=[_common(words)], help=words(purpose), description=words(purpose))
        # Without a default: "--json" before the deed counts as well.
        added.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=words(_JSON))
        added.set_defaults(run=run)
        return added

    deed("list", nodes.listing, message("show every node"))
    deed("confirm", nodes.confirm, message("use a node that was found on this machine")).add_argument(
        "name", metavar="NODE"
    )
    loaded = deed("load", nodes.load, message("bring a model into the memory of a node"))
    unloaded = deed("unload", nodes.unload, message("take a model out of the memory of a node"))
    unloaded.add_argument("--yes", action="store_true", help=words(message("even while the node answers")))
    pulled = deed("pull", pull.pull, message("download a model to a node"))
    for one in (loaded, unloaded, pulled):
        one.add_argument("model", metavar="MODEL")
        one.add_argument("--node", metavar="NODE", help=words(message("on this node")))
    _add_bench(deed("bench", bench.bench, message("measure how fast the models answer")), words)
    _add_tidy(deed("tidy", tidy.tidy, message("find and remove models that nobody needs")), words)


def _add_bench(measured: argparse.ArgumentParser, words: Words) -> None:
    measured.add_argument("names", nargs="*", metavar="NODE", help=words(message("otherwise all that are up")))
    measured.add_argument("--model", metavar="MODEL", help=words(message("otherwise those in memory")))
    measured.add_argument(
        "--rounds", type=int, default=3, metavar="N", help=words(message("the median of these counts"))
    )
    measured.add_argument(
        "--wait", type=float, default=60.0, metavar="S", help=words(message("how long to wait for a node that is busy"))
    )
    measured.add_argument("--yes", action="store_true", help=words(message("load what is not in memory, unasked")))


def _add_tidy(tidied: argparse.ArgumentParser, words: Words) -> None:
    tidied.add_argument("names", nargs="*", metavar="NODE", help=words(message("otherwise every Ollama that is up")))
    tidied.add_argument(
        "--days", type=int, default=60, metavar="N", help=words(message("not used for so long is not used"))
    )
    tidied.add_argument("--dry-run", action="store_true", help=words(message("only tell what would be done")))
    tidied.add_argument("--yes", action="store_true", help=words(message("remove without being asked")))


def _add_fit(command: Command, words: Words) -> None:
    fits = command("fit", fit.fit, message("tell whether a model fits the memory of the GPUs, and what would"))
    fits.add_argument("model", metavar="MODEL", help=words(message("a .gguf file, or the name of a model")))
    fits.add_argument(
        "--context", type=int, default=fit.USUAL_CONTEXT, metavar="N", help=words(message("tokens of one conversation"))
    )
    fits.add_argument("--parallel", type=int, default=1, metavar="N", help=words(message("conversations at once")))
    fits.add_argument("--kv", choices=KV_TYPES, default="f16", help=words(message("what the cache is kept in")))
    fits.add_argument(
        "--no-flash-attention",
        dest="flash_attention",
        action="store_false",
        help=words(message("as on cards that cannot")),
    )
    fits.add_argument("--mmproj", metavar="FILE", help=words(message("the part that sees, in a file of its own")))
    fits.add_argument("--log", metavar="FILE", help=words(message("a log of llama-server running it, to learn from")))
    _json(fits, words)


def _add_env(command: Command, words: Words) -> None:
    pinned = command("env", env.env, message("write the environment that pins Ollama to chosen GPUs"))
    pinned.add_argument(
        "--gpu", nargs="+", metavar="UUID", help=words(message("the GPUs to use: UUID, index or name; otherwise all"))
    )
    pinned.add_argument(
        "--exclude", nargs="+", metavar="UUID", help=words(message("GPUs not to use: UUID, index or name"))
    )
    pinned.add_argument(
        "--format", choices=tuple(Format), default=env.usual_format(), help=words(message("who reads it"))
    )
    pinned.add_argument("--host", metavar="ADDRESS", help=words(message("where Ollama listens: 127.0.0.1:11434")))
    pinned.add_argument("--models", metavar="FOLDER", help=words(message("where Ollama keeps its models")))
    pinned.add_argument("--output", metavar="FILE", help=words(message("a new file to write, instead of the terminal")))


def _add_export(command: Command, words: Words) -> None:
    history = command("export", export.export, message("write the history of the GPUs as CSV or as JSON lines"))
    history.add_argument(
        "--since", metavar="TIME", help=words(message("only what came after: 24h, 7d, or a date such as 2026-11-21"))
    )
    history.add_argument("--gpu", metavar="GPU", help=words(message("only this one: its UUID, index or name")))
    history.add_argument("--format", choices=("csv", "json"), default="csv")
    history.add_argument("--output", metavar="FILE", help=words(message("write to a new file, not to the terminal")))
    history.add_argument("--force", action="store_true", help=words(message("replace the file if there is one")))


def _add_speech(command: Command, words: Words) -> None:
    talk = command("talk", speech.talk, message("push to talk in the running app"))
    keys = talk.add_mutually_exclusive_group(required=True)
    for key in ("press", "release", "toggle", "cancel", "wake", "no-wake"):
        keys.add_argument(f"--{key}", dest="key", action="store_const", const=key)
    transcribe = command("transcribe", speech.transcribe, message("turn audio files into text"))
    transcribe.add_argument("files", nargs="*", metavar="FILE")
    transcribe.add_argument(
        "--unfinished", action="store_true", help=words(message("recordings that have no text yet; nothing is run"))
    )
    _json(transcribe, words)
    own = command("models", models.models, message("list, download, remove, choose or check speech models"))
    own.add_argument("what", choices=("list", "download", "remove", "use", "check"), nargs="?", default="list")
    own.add_argument("names", nargs="*", metavar="NAME", help=words(message("a model; to check, recordings")))
    own.add_argument("--yes", action="store_true", help=words(message("remove without being asked")))
    _json(own, words)
    spoken = command("voices", voices.voices, message("list the voices that can speak, or choose one"))
    spoken.add_argument("what", choices=("list", "use"), nargs="?", default="list")
    spoken.add_argument("name", nargs="*", metavar="NAME", help=words(message("a voice, or a part of its name")))
    _json(spoken, words)


def _add_about(command: Command, words: Words) -> None:
    history = command("history", learn.history, message("show what was asked lately"))
    history.add_argument("--count", type=int, default=20, metavar="N")
    history.add_argument(
        "--export", metavar="FILE", help=words(message("write all of it to a new file, as JSON objects"))
    )
    _json(history, words)
    learned = command("learn", learn.learn, message("show what was learned from what was asked; accept or forget it"))
    learned.add_argument("what", choices=("list", "accept", "forget", "export"), nargs="?", default="list")
    learned.add_argument("value", nargs="?", metavar="NUMBER | FILE")
    learned.add_argument("--all", action="store_true", help=words(message("forget everything, with the whole history")))
    _json(learned, words)
    topic = command("help", about.help_page, message("show a help page"))
    topic.add_argument("topic", nargs="?", metavar="TOPIC")
    paths = command("paths", about.paths, message("show where settings, history, models and logs are"))
    _json(paths, words)
    version = command("version", about.version, message("show the version"))
    _json(version, words)
    command("quit", about.quit_app, message("end the running app"))
    session = command("autostart", autostart.switch, message("start with the session, or no longer"))
    session.add_argument("what", choices=("on", "off", "status"), nargs="?", default="status")
    _json(session, words)
    saved = command("backup", backup.backup, message("write settings and history to a new file, without any key"))
    saved.add_argument("file", metavar="FILE")
    _json(saved, words)
    restored = command("restore", backup.put_back, message("put settings and history of a backup back"))
    restored.add_argument("file", metavar="FILE")
    restored.add_argument("--yes", action="store_true", help=words(message("without being asked")))
    _json(restored, words)
