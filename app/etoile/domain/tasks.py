"""Which kind of task a request is, for what no command takes: decides which node and model answer it.

Rules alone: words and stems in French, English and Portuguese, each a hint for a kind.  The kind with most hints wins,
and how far it leads is the confidence.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class TaskKind(StrEnum):
    """What a request asks for."""

    CODE = "code"
    ANALYSE = "analyse"
    TRADING = "trading"
    SYSTEME = "systeme"
    """This computer and its servers."""
    WEB = "web"
    """What only the web knows: news, weather, opening hours."""
    SIMPLE = "simple"


class Classification(NamedTuple):
    """A kind, how sure that is (0 to 1), and what decided."""

    kind: TaskKind
    confidence: float
    by: str = "rules"


LONGEST: Final = 4000
"""Characters that are looked at: a task names itself at its beginning."""
_UNSURE = 0.5
_SHORT_WORDS = 12

# Words are small and without accents; "_" is a space, "*" stands for the rest of a word.  First what nothing ordinary
# contains, then what is a good sign, then what only adds to others.
_HINTS: Mapping[TaskKind, tuple[str, str, str]] = {
    TaskKind.CODE: (
        """
        python javascript typescript rust java kotlin swift php golang haskell bash sql regex html css django flask
        fastapi react vue numpy pandas pytorch pytest asyncio *error traceback
        """,
        """
        code codes coder coding script scripts programm* refactor* debug* deboguer compil* bug bugs fonction fonctions
        function functions funcao funcoes method methods methode methodes algorith* algorithm* algoritmo* unit_test*
        test_unitaire* tests_unitaires
        """,
        """
        variable variables boucle boucles loop loops tableau tableaux array arrays recursi* api json yaml endpoint
        docstring merge_conflict pull_request commit git stack_trace exception class classe classes decorat* thread*
        """,
    ),
    TaskKind.TRADING: (
        """
        bitcoin btc ethereum crypto* altcoin* solana forex trading trader trade traded trades stop_loss take_profit
        effet_de_levier leverage alavancagem backtest* drawdown pnl macd rsi
        """,
        """
        bourse bolsa stock_market marche_financier marches_financiers portefeuille portfolio carteira dividend*
        candlestick* chandelier* volatil* bullish bearish haussi* baissi* moyenne_mobile moyennes_mobiles
        moving_average* short_position long_position order_book carnet_d_ordres futures etf nasdaq cac_40
        """,
        "acheter vendre buy sell comprar vender investir invest* cours price preco shares stock stocks action actions",
    ),
    TaskKind.SYSTEME: (
        "systemctl journalctl apt apt_get sudo nvidia_smi crontab fstab grub kernel noyau dmesg ssh iptables",
        """
        linux ubuntu debian windows macos docker kubernetes nginx apache postgres* vllm ollama cuda pilote pilotes
        driver drivers gpu gpus vram carte_graphique cartes_graphiques graphics_card* cpu processeur* processor* ram
        disque disk disco partition serveur* server servers servidor* cluster service services processus process
        processes processo* port ports firewall pare_feu
        """,
        """
        redemarr* restart* reboot* reinici* install* desinstall* mettre_a_jour updat* upgrad* atualiz* ordinateur
        computer computador machine laptop wifi reseau network rede log logs fichier fichiers file files dossier
        dossiers folder folders memoire memory memoria temperature lent slow freeze plante crash* sauvegard* backup*
        permission*
        """,
    ),
    TaskKind.WEB: (
        """
        http https www sur_internet sur_le_web sur_google en_ligne online on_the_web on_the_internet na_internet google
        """,
        """
        meteo weather previsao actualite actualites news noticias derniere_version derniere_nouvelle*
        dernieres_nouvelles latest headline* aujourd_hui today hoje demain tomorrow amanha ce_soir tonight
        cette_semaine this_week en_ce_moment horaires opening_hours ouvert ticket tickets billet billets vol vols
        flight flights hotel hotels restaurant restaurants score resultat_du_match
        """,
        """
        cherche* recherche* search look_up find trouve* procur* pesquis* site wikipedia article prix price 2024 2025
        2026 2027 recent* actuel* current* atual* qui_a_gagne who_won quem_ganhou
        """,
    ),
    TaskKind.ANALYSE: (
        "analys* analis* analyz*",
        """
        compar* evalu* synthes* synthet* summar* resum* review* critiqu* interpret* diagnos* avantage* inconvenient*
        pros_and_cons pour_et_contre advantages drawbacks vantagens trade_off* strengths weaknesses strateg* impact
        impacts consequence* implication* hypothes* tendance* trend trends correlation*
        """,
        """
        expliqu* explain* pourquoi why por_que argument* raison* etude etudes study report rapport donnees data detail*
        en_profondeur in_depth step_by_step etape_par_etape demontr* prove justif* recommand* recommend*
        """,
    ),
}

_WEIGHTS = (3, 2, 1)
_CODE_SHAPES = re.compile(
    r"```|\bdef \w+\(|#include|\bimport \w+|\bselect .{1,80} from |=> ?\{|</\w+>|\w\(\)|c\+\+|c#"
    r"|\w\.(?:py|js|ts|rs|cpp|java|go|sh|sql|tsx|jsx|html|css)\b"
)


def _hint(words: str) -> re.Pattern[str]:
    """Return what finds any of `words`."""
    stems = (re.escape(word).replace(r"\*", r"\w*").replace("_", r"[ -]") for word in words.split())
    return re.compile(rf"(?<!\w)(?:{'|'.join(stems)})(?!\w)")


_COMPILED = {kind: tuple(zip(_WEIGHTS, map(_hint, strengths), strict=True)) for kind, strengths in _HINTS.items()}


def classify(text: str) -> Classification:
    """Return the kind of the request `text`."""
    plain = _plain(text)
    scores = {kind: sum(_weight(hint, weight, plain) for weight, hint in hints) for kind, hints in _COMPILED.items()}
    scores[TaskKind.CODE] += _weight(_CODE_SHAPES, _WEIGHTS[0], plain)
    first, second = sorted(scores, key=lambda kind: scores[kind], reverse=True)[:2]
    if scores[first] < 2:
        is_short = len(plain.split()) <= _SHORT_WORDS
        return Classification(TaskKind.SIMPLE, 0.8 if is_short and not scores[first] else _UNSURE)
    lead = (scores[first] - scores[second]) / scores[first]
    return Classification(first, round(_UNSURE + 0.45 * lead * min(1.0, scores[first] / 4), 2))


def _weight(hint: re.Pattern[str], weight: int, text: str) -> int:
    """Return what `hint` is worth: a second finding counts as well, a tenth tells nothing new."""
    return weight * min(2, len(set(hint.findall(text))))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return kept.replace("'", " ").replace("’", " ")
