"""Which cards Ollama may use, as an environment for its server: for systemd, a shell, or Windows.  Pure.

Cards are named by their whole UUID: numbers change from boot to boot and from library to library, and the beginning of
a UUID alone is not understood by all that read it.  What each variable does: docs.ollama.com/gpu, "GPU Selection".
"""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from etoile.errors import UsageError
from etoile.text import Message, message, render


class Format(StrEnum):
    """Who reads the environment."""

    SYSTEMD = "systemd"
    SHELL = "shell"
    POWERSHELL = "powershell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of this machine."""

    uuid: str
    index: int
    name: str
    mig: tuple[str, ...] = ()
    """UUIDs of its MIG instances; while there are any, CUDA takes those and not the card."""
    simulated: bool = False

    @property
    def amd(self) -> bool:
        """Whether AMD made it: ROCm's UUIDs have no dashes within, and a card without a serial number has our own."""
        return self.uuid.startswith("AMD-") or bool(re.fullmatch(r"GPU-[0-9a-fA-F]+", self.uuid))

    @property
    def nameable(self) -> bool:
        """Whether a server can be told of it by a UUID."""
        return not self.uuid.startswith("AMD-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinning:
    """Which cards a server may use, and which not."""

    chosen: tuple[Card, ...]
    forbidden: tuple[Card, ...] = ()


def pin(cards: Sequence[Card], wanted: Sequence[str], excluded: Sequence[str]) -> Pinning:
    """Return which of `cards` are meant: those `wanted` (all, where none is), without those `excluded`.

    A card is named by its UUID or the beginning of it, its index, or words of its model's name, which may mean several.
    Raises UsageError for a name that means none, and when no card would be left.
    """
    chosen = {card.uuid for name in wanted for card in _meant(cards, name)} or {card.uuid for card in cards}
    chosen -= {card.uuid for name in excluded for card in _meant(cards, name)}
    pinning = Pinning(
        chosen=tuple(card for card in cards if card.uuid in chosen),
        forbidden=tuple(card for card in cards if card.uuid not in chosen),
    )
    if not pinning.chosen:
        raise UsageError(message("No card would be left."), _cards_there(cards))
    _refuse_unnameable(pinning)
    return pinning


def _meant(cards: Sequence[Card], name: str) -> Sequence[Card]:
    lowered = name.strip().lower()
    tests: tuple[Callable[[Card], bool], ...] = (
        lambda card: card.uuid.lower() == lowered,
        lambda card: str(card.index) == lowered,
        lambda card: (
            lowered.startswith("gpu-") and len(lowered) > len("gpu-") and card.uuid.lower().startswith(lowered)
        ),
        lambda card: bool(lowered) and bool(re.search(rf"\b{re.escape(lowered)}\b", card.name.lower())),
    )
    for test in tests:
        if found := [card for card in cards if test(card)]:
            return found
    raise UsageError(message("No card of this machine is “{name}”.", name=name), _cards_there(cards))


def _cards_there(cards: Sequence[Card]) -> Message:
    return message("Cards: {cards}.", cards=[f"{card.index} {card.name} {card.uuid}" for card in cards])


def _refuse_unnameable(pinning: Pinning) -> None:
    """Raise UsageError where some AMD cards are chosen and one of them has no UUID that ROCm knows."""
    forbids_amd = any(card.amd for card in pinning.forbidden)
    unnameable = [card for card in pinning.chosen if not card.nameable]
    if forbids_amd and unnameable:
        raise UsageError(
            message("{card} has no serial number: a server cannot be told to use it alone.", card=unnameable[0].name),
            message("Choose all AMD cards, or none of those without a serial number."),
        )


def variables(pinning: Pinning, host: str | None = None, models: str | None = None) -> dict[str, str]:
    """Return the environment of a server that uses the chosen cards alone."""
    nvidia = [uuid for card in pinning.chosen if not card.amd for uuid in card.mig or (card.uuid,)]
    amd = [card.uuid for card in pinning.chosen if card.amd and card.nameable]
    found = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    if nvidia:
        found["CUDA_VISIBLE_DEVICES"] = ",".join(nvidia)
    elif any(not card.amd for card in pinning.forbidden):
        # CUDA_VISIBLE_DEVICES=-1 would hide the AMD cards as well, for ROCm reads it too.
        found["OLLAMA_LLM_LIBRARY"] = "rocm"
    if any(card.amd for card in pinning.forbidden):
        found["ROCR_VISIBLE_DEVICES"] = ",".join(amd) or "-1"
    elif amd and all(card.nameable for card in pinning.chosen):
        found["ROCR_VISIBLE_DEVICES"] = ",".join(amd)
    if pinning.forbidden:
        # Vulkan sees every card, whatever the variables of CUDA and ROCm say, and would take the forbidden one.
        found["OLLAMA_VULKAN"] = "0"
    if host:
        found["OLLAMA_HOST"] = host
    if models:
        found["OLLAMA_MODELS"] = models
    return found


def environment(pinning: Pinning, values: Mapping[str, str], form: Format, language: str) -> str:
    """Return the file that sets `values`, with comments that tell how to use it and which card is which."""
    comments = [*_CREDIT, *_STEPS[form], *_about_cards(pinning), *_about_values(pinning, values)]
    lines = [_comment(render(said, language)) for said in comments]
    lines += ["", *_assignments(values, form)]
    return "\n".join(lines) + "\n"


_CREDIT = (message("The cards that Ollama may use, written by Etoile.  Nothing is changed until you do what follows."),)
_STEPS: Mapping[Format, tuple[Message, ...]] = {
    Format.SYSTEMD: (
        message("1. sudo systemctl edit ollama.service     and put these lines into the file that opens,"),
        message("   or save this file as /etc/systemd/system/ollama.service.d/cards.conf"),
        message("2. sudo systemctl daemon-reload"),
        message("3. sudo systemctl restart ollama"),
        message("4. systemctl show ollama.service --property=Environment     shows what it got"),
    ),
    Format.SHELL: (
        message("Read this file in the shell that starts the server: . FILE && ollama serve"),
        message("A server that runs already, or as a service, keeps its former environment."),
    ),
    Format.POWERSHELL: (
        message("1. Run this file in PowerShell: it sets variables of your account, as setx does."),
        message("2. Quit Ollama by its icon in the task bar, and start it again from the Start menu."),
    ),
}


def _about_cards(pinning: Pinning) -> list[Message]:
    said = [_about(message("may be used"), card) for card in pinning.chosen]
    said += [_about(message("is forbidden"), card) for card in pinning.forbidden]
    if any(card.simulated for card in (*pinning.chosen, *pinning.forbidden)):
        said.insert(0, message("SIMULATED: these cards do not exist, and no server can use them."))
    return said


def _about(standing: Message, card: Card) -> Message:
    return message(
        "GPU {index}, {name}, {uuid}: {standing}", index=card.index, name=card.name, uuid=card.uuid, standing=standing
    )


def _about_values(pinning: Pinning, values: Mapping[str, str]) -> list[Message]:
    said = []
    makers = {card.amd for card in pinning.chosen}
    if len(makers) == 2:
        said.append(
            message("If the AMD cards are not used now, ROCm took CUDA_VISIBLE_DEVICES for its own: remove it.")
        )
    if "OLLAMA_VULKAN" in values and True in makers:
        said.append(
            message("An AMD card that ROCm does not know works through Vulkan only: remove OLLAMA_VULKAN then.")
        )
    if any(len(card.mig) > 1 for card in pinning.chosen):
        said.append(message("A program can use one MIG instance only: the first one is taken."))
    if "OLLAMA_HOST" not in values:
        said.append(message("OLLAMA_HOST is left as it is; --host sets it."))
    elif not _loopback(values["OLLAMA_HOST"]):
        said.append(message("With this OLLAMA_HOST anyone on the network can use the server: it asks for no password."))
    if "OLLAMA_MODELS" not in values:
        said.append(message("OLLAMA_MODELS is left as it is; --models sets it."))
    return said


def _loopback(host: str) -> bool:
    bare = host.partition("://")[2] or host
    return bare.startswith(("127.", "localhost", "[::1]"))


def _comment(text: str) -> str:
    """Return `text` as one line that nothing reads: what cannot be printed is dropped, and so is a last backslash."""
    printable = "".join(sign for sign in text if sign.isprintable() or sign == "\N{NO-BREAK SPACE}")
    return f"# {printable}".rstrip("\\ ")


def _assignments(values: Mapping[str, str], form: Format) -> list[str]:
    match form:
        case Format.SYSTEMD:
            return ["[Service]", *(f'Environment="{name}={_for_systemd(value)}"' for name, value in values.items())]
        case Format.SHELL:
            return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
        case Format.POWERSHELL:
            return [
                f"[Environment]::SetEnvironmentVariable('{name}', '{_for_powershell(value)}', 'User')"
                for name, value in values.items()
            ]


def _for_systemd(value: str) -> str:
    """Return `value` for a quoted assignment: C escapes, and specifiers; "$" has no meaning there (systemd.exec)."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _for_powershell(value: str) -> str:
    """Return `value` for single quotes, of which PowerShell knows five; each is doubled."""
    return re.sub("['\u2018\u2019\u201a\u201b]", lambda quote: 2 * quote.group(), value)
