"""What tells the kind of a request for certain, whatever else it says."""

import re
from typing import Final

from etoile.domain.tasks.kinds import TaskKind

_CODE = re.compile(
    r"""
    ```
    | Traceback\ \(most\ recent\ call\ last\)
    | \bat\ [\w.$]+\([\w.]+:\d+\)                    # a line of a Java stack trace
    | \b[A-Z]\w+(?:Error|Exception)\b\s?:?           # TypeError, NullPointerException
    | \bdef\ \w+\( | \#include\ ?[<"] | \bfunction\s?\w*\(.*\)\s?\{ | \bpublic\ static\ void\b
    | \b(?i:select\ .{1,80}\ from\ \w+\s(?:where|join|group|order|limit)\b)
    | \bconsole\.log\( | =>\s?\{ | </\w+> | ;\s*\}
    """,
    re.VERBOSE,
)

_SYSTEM = re.compile(
    r"""
    (?<![\w/.-])(?:
        systemctl | journalctl | nvidia-smi | nvtop | dmesg | lsblk | lspci | lsusb | sudoers | fstab | dpkg
        | apt(?:-get)?\ (?:install|update|upgrade|remove|autoremove)
        | crashloopbackoff | kubectl | update-grub | initramfs | smartctl | zpool
    )(?![\w/])
    | (?<!\w)/(?:etc|var/log|var/lib)/\w
    """,
    re.VERBOSE | re.IGNORECASE,
)

_OTHER_THAN_SYSTEM = re.compile(
    r"""
    \b(?:scripts?|codes?|python|bash|shell|ansible|playbook|dockerfile|fun[cç][aãt]i?[oõ]\w*|fonctions?|function|regex
    |class[e]?|parser?|parse[zu]r|programme?|program[ao]|yaml|json|csv
    |tradui\w*|translate|traduz\w*|ha[iï]ku|haicai|blague|joke|piada|poe?m\w*|poème|version|versão
    |compar\w*|versus|vs|résum\w*|resum\w*|summar\w*|signifie|stands?\ for|significa)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)

_GREETINGS: Final = """
    allo bonjour bonsoir coucou salut hello hi hey hiya yo oi olá ola merci mercis thanks thx obrigado obrigada valeu
    bonne_nuit bonne_journée good_morning good_evening good_night bom_dia boa_tarde boa_noite merci_beaucoup
    thank_you thanks_a_lot muito_obrigado muito_obrigada ok okay d_accord au_revoir bye goodbye tchau à_demain
    oui non yes no sim não ouais nope comment_ça_va ça_va how_are_you tudo_bem
    """
_WHOLE_GREETINGS: Final = frozenset(_GREETINGS.split())
_WORDS = re.compile(r"\w+")


def certain_kind(text: str) -> TaskKind | None:
    """Return the kind of `text` where one sign is enough, else None."""
    if "_".join(_WORDS.findall(text.casefold())) in _WHOLE_GREETINGS or not text.strip():
        return TaskKind.SIMPLE
    if _CODE.search(text):
        return TaskKind.CODE
    if _SYSTEM.search(text) and not _OTHER_THAN_SYSTEM.search(text):
        return TaskKind.SYSTEME
    return None
