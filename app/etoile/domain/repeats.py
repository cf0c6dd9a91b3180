"""Whether an answer may be given again, and which requests ask the same.

An answer is kept only for a question that stands for itself: it names no time, nothing that changes, nobody and nothing
that has to be looked at, and it is asked for an answer rather than for something new.  When in doubt it is not kept: a
node that is asked once too often costs seconds, a stale answer costs trust.

Two requests ask the same when nothing but courtesy and the frame of the question tells them apart.  Every other word
counts, in its place: "not", numbers, names, "from" and "to", who bites whom, and the articles: "le" and "la" are asked
about as well, and hepatitis A is written with a small letter.
"""

import re
from collections.abc import Sequence

from etoile.domain.exchange import Exchange

LONGEST = 300
"""Characters: what is longer brings its own text along, and nobody types it twice."""
_FEWEST_WORDS = 2

_UNSTEADY_KINDS = frozenset({"trading", "web", "systeme"})
"""Kinds of tasks whose answers come from outside the model, or change something."""

_TIME = """
    time today tonight tomorrow yesterday now nowadays currently current latest last recent recently newest new news
    next ago soon still yet already week weekend month year years season day days hour hours minute minutes clock date
    dates calendar deadline when age old upcoming since until monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december spring summer autumn winter
    aujourd demain hier maintenant actuel actuelle actuels actuelles actuellement dernier dernière derniers dernières
    récent récente récents récentes récemment nouveau nouvel nouvelle nouveaux nouvelles prochain prochaine prochains
    prochaines bientôt encore déjà semaine weekend mois ans année années saison jour jours heure heures
    calendrier quand âge depuis jusqu lundi mardi mercredi jeudi vendredi samedi dimanche janvier février
    mars avril mai juin juillet août septembre octobre novembre décembre printemps été automne hiver soir matin midi
"""
_CHANGES = """
    weather forecast rain raining sunny price prices cost costs cheap cheaper cheapest expensive stock stocks share
    market rate rates exchange bitcoin crypto traffic score scores result results match won win wins winner champion
    championship league election president minister king queen pope ceo chancellor mayor governor leader record records
    population richest biggest alive married version versions release releases released update updates best top popular
    trending available availability status state running loaded installed connected online offline open closed free
    usage temperature hot battery disk near nearby flight flights restaurant restaurants hotel hotels
    météo prévisions pleut prix coût coûte coûtent cher chère moins bourse action actions marché taux cours trafic score
    résultat résultats gagné remporté vainqueur champion championnat ligue élection élections président présidente
    ministre roi reine pape pdg chancelier chancelière maire gouverneur dirigeant record records population vivant
    vivante marié mariée version versions sortie mise meilleur meilleure meilleurs meilleures mieux top populaire
    disponible disponibles disponibilité statut état chargé lancé installé connecté ouvert fermé libre occupé
    température chaud batterie disque près proche vol vols restaurant restaurants hôtel hôtels
"""
_HERE = """
    gpu gpus vram node nodes server servers machine computer pc laptop desktop screen window windows file files folder
    folders clipboard download downloads process processes wifi bluetooth network etoile étoile
    nœud nœuds noeud noeuds serveur serveurs ordinateur portable bureau écran fenêtre fenêtres fichier fichiers dossier
    dossiers presse-papiers téléchargement téléchargements processus réseau
"""
_SOMEBODY = """
    i me my mine myself we us our ours you your yours yourself
    je j me m moi mon ma mes mien mienne nous notre nos nôtre tu te t toi ton ta tes vous votre vos
"""
_POINTING = """
    it its this that these those he him his she her hers they them their theirs there here above below previous former
    latter same again other another else more also too continue instead such following attached
    il ils elle elles lui leur leurs ça cela ceci ce cet cette ces celui celle ceux celles là ici dessus dessous
    précédent précédente même mêmes autre autres aussi continue suite plutôt suivant suivante suivants suivantes joint y
"""
_FOR_SOMETHING_NEW = """
    write draft compose create generate make joke jokes story stories poem poems song lyrics haiku riddle riddles fact
    random randomly password passwords uuid idea ideas suggest suggestion suggestions recommend recommendation
    recommendations surprise invent imagine brainstorm pick choose guess roll flip dice coin quiz
    écris écrire rédige rédiger crée créer génère générer fais blague blagues histoire histoires poème poèmes chanson
    haïku devinette devinettes anecdote hasard aléatoire idée idées suggère suggérer suggestion suggestions recommande
    recommander recommandation surprends invente inventer imagine imaginer choisis devine lance dé dés pièce quiz
"""
_UNSTEADY = frozenset(f"{_TIME} {_CHANGES} {_HERE} {_SOMEBODY} {_POINTING} {_FOR_SOMETHING_NEW}".split())
_GOING_ON = frozenset(
    {"and", "so", "but", "or", "then", "because", "et", "alors", "donc", "mais", "ou", "puis", "sinon", "parce", "si"}
)
"""With these a request begins that goes on from something, as with "what about"."""
_ACRONYMS = frozenset({"IT", "US", "WHO"})
"""Not the words that they look like."""
_ANOTHER_IN_CAPITALS = frozenset(
    {"apple", "amazon", "china", "chile", "jordan", "mercury", "oracle", "polish", "python", "shell", "swift", "turkey"}
)
"""Words that are something else with a capital letter."""
_LONGEST_WRITTEN_AS_IS = 4
"""Letters: "MB" is not "Mb", and no word that short is sure to be the same in capitals."""

_COURTEOUS = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|please),? )?(?:etoile,? )?"
    r"(?:(?:can|could|would|will) you (?:please )?(?=tell|explain|describe|define|translate|convert|compare)|please )?"
    r"(?:(?:tell|explain|describe)(?: to)? me |explain (?=wh|how)|i(?: woul|')d like to know |i want to know "
    r"|do you know (?=wh|how))?"
)
_COURTOIS = re.compile(
    r"^(?:(?:bonjour|salut|dis|ok|s'il te plaît|s'il vous plaît|stp|svp),? )?(?:[eé]toile,? )?"
    r"(?:(?:est-ce que tu peux|peux-tu|pourrais-tu|pouvez-vous|pourriez-vous|tu peux|vous pouvez) "
    r"(?=m|expliquer|définir|traduire|convertir|comparer))?"
    r"(?:(?:me dire|m'expliquer|dis-moi|dites-moi|explique-moi|expliquez-moi|j'aimerais savoir|je voudrais savoir"
    r"|je veux savoir) |(?:sais-tu|savez-vous) (?=ce qu|comment|pourquoi|combien|où|qui|quel))?"
)
"""What courtesy puts before a question; whatever is left of it ("you", "moi") points at somebody."""

_GENERIC = (
    (r"^how (?:do|can|could|should|would) (?:i|you|we|one) ", "how to "),
    (r"^(what|who|where|how|why) (.+) (is|are|was|were)$", r"\1 \3 \2"),
    (r"^(?:what's|what is|what are|what're) ", ""),
    (
        r"^comment (?:est-ce que je peux |est-ce qu'on peut |puis-je |je peux |on peut |peut-on |faire pour )",
        "comment ",
    ),
    (r"^(?:qu'est-ce que c'est que|qu'est-ce que c'est|qu'est-ce que|c'est quoi) |^qu'est-ce qu'", ""),
    (r"^(?:quel|quelle|quels|quelles) (?:est|sont) ", ""),
)
"""Frames of one meaning: "how do I" is nobody's in particular, and "what is" adds nothing.  "What was" does."""

_COURTESY_BEHIND = re.compile(
    r"(?:,? (?:please|thanks|thank you|s'il te plaît|s'il vous plaît|stp|svp|merci|merci d'avance))+$"
)
_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "l'", "un", "une", "des"})
_BRINGS_TEXT = re.compile(r"[\n`{}\\]|https?:|www\.|(?:^|\s)[~.]?/\w|\w\.(?:py|txt|md|json|csv|log|pdf|toml|yaml)\b")
"""Code, addresses, paths: there is more to look at than the question."""
_YEAR = re.compile(r"\b20[2-9]\d\b")
_POINTS_AHEAD = re.compile(r"^comment (?:(?:le|la|les) |l')\w+(?:er|ir|re)\b|^comment en ", re.IGNORECASE)
"""French puts "it" before the verb, and writes it as the article: "comment la réparer"."""
_IN_OFFICE = re.compile(
    r"\bwho(?: is|'s)?(?: \w+ly)? (?:leads?|leading|runs?|running|rules?|ruling|heads?|heading|governs?|governing"
    r"|chairs?|owns?)\b"
    r"|\bqui(?: est-ce qui)? (?:dirige|dirigent|gouverne|gouvernent|préside|mène|règne|possède|est à la tête)\b",
    re.IGNORECASE,
)
"""Whoever it is, not for ever."""
_ON_THE_MOVE = re.compile(r"\bhow far(?: away| off)? (?:is|are)\b|\bà quelle distance\b", re.IGNORECASE)
"""A station in orbit, a planet, a storm."""
_PASSING = (_YEAR, _POINTS_AHEAD, _IN_OFFICE, _ON_THE_MOVE)
_FRONTED = re.compile(r"^((?:in|with|using|en|avec|sous|dans) [^,]{2,30}), (.+)$")
_LEADING, _TRAILING = "\"'«“‘¿¡", ".,;:…\"'»”’"
_ELISION = re.compile(r"^(l|d|qu|n|s|c|jusqu|lorsqu|puisqu)'(?=\w)")


def keepable(text: str, *, kind: str | None = None, before: Sequence[Exchange] = ()) -> bool:
    """Return whether the answer to `text` may be given again: it depends on neither time nor state.  Pure.

    What follows other exchanges may mean what they make of it, and is never kept.
    """
    if before or kind in _UNSTEADY_KINDS or len(text) > LONGEST:
        return False
    if _BRINGS_TEXT.search(text) or any(passing.search(_spaced(text)) for passing in _PASSING):
        return False
    words = [word for word in sense(text).split() if word not in _ARTICLES]
    if len(words) < _FEWEST_WORDS or words[0] in _GOING_ON or words[1] == "about":
        return False
    return not any(map(_is_unsteady, words))


def sense(text: str) -> str:
    """Return what `text` asks, without courtesy and frame: two requests with the same sense ask the same.  Pure."""
    first, *others = _spaced(text).split() or [""]
    said = " ".join((_first_lowered(first), *map(_lowered, others)))
    said = _COURTESY_BEHIND.sub("", said.casefold() if text.isupper() else said)
    said = _COURTOIS.sub("", _COURTEOUS.sub("", said))
    said = _FRONTED.sub(r"\2 \1", said)
    for frame, generic in _GENERIC:
        said = re.sub(frame, generic, said)
    return " ".join(part for word in said.split() for part in _parts(word))


def _spaced(text: str) -> str:
    """Return `text` with single spaces and straight apostrophes, without the signs that end it ("5!" is no end)."""
    said = " ".join(text.replace("’", "'").split())
    bare = said.rstrip("?!.… ")
    return said if re.search(r"\d!$", said) else bare


def _first_lowered(word: str) -> str:
    return word if word.isupper() and len(word) > 1 and "'" not in word else word.casefold()


def _lowered(word: str) -> str:
    """Return `word` in small letters, unless these would be another word."""
    small = word.casefold()
    if small == "i" or small.startswith("i'"):
        return small
    return word if len(word) <= _LONGEST_WRITTEN_AS_IS or small.strip(_TRAILING) in _ANOTHER_IN_CAPITALS else small


def _parts(word: str) -> list[str]:
    """Return `word` without the signs around it, its elided article apart: "l'eau" is "l'" and "eau"."""
    bare = word.lstrip(_LEADING).rstrip(_TRAILING) or word
    found = _ELISION.match(bare)
    return [found.group(), bare[found.end() :]] if found else [bare]


def _is_unsteady(word: str) -> bool:
    """Whether `word` is one of the unsteady, or begins with one: "it's", "j'ai", "faut-il"."""
    if word in _ACRONYMS:
        return False
    small = word.casefold()
    return any(part in _UNSTEADY for part in (small, small.partition("'")[0], *small.split("-")))
