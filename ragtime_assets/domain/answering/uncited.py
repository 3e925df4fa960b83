"""Whether a sentence that cites nothing states something: what leads up to a list, asks back, offers or lacks does not.

Every word list is of English, German, French and Spanish, and of what is most said in Italian and Dutch. What does not
belong here: names, numbers and quotations, which state something wherever they stand (`checking.py`).
"""

from __future__ import annotations

import re

from ragtime_assets.domain.answering.evidence import stems


def _any_of(words: str) -> re.Pattern[str]:
    """One of these words, each a pattern; `_` is a space."""
    return re.compile(rf"\b(?:{'|'.join(words.split()).replace('_', ' ')})\b", re.IGNORECASE)


_ABSENT = _any_of(
    r"""not no nothing none never n[o’']t \w+n['’]t cannot unable silent unclear unknown unanswered impossible without
    nichts? keine?[rnms]? nirgends weder offen unklar unbekannt ohne ne pas aucune? rien sans ning[uú]n[oa]? nada sin
    imposible nessun[oa]? niente geen niets niet"""
)
_SOURCES = _any_of(
    r"""passages? episodes? transcripts? transcriptions? sources? corpus podcasts? excerpts? material conversations?
    interviews? shows? texts? passagen? (?:text)?stellen? folgen? transkripte?n? quellen? korpus gespräche?n?
    ausschnitte?n? texte?n? sendung(?:en)? aufzeichnung(?:en)? grundlage extraits? épisodes? pasajes? episodios?
    transcripcion(?:es)? brani puntat[ae] episodi trascrizion[ei] fragmenten? afleveringen?"""
)
_REPORTED = _any_of(
    r"""mentioned given named stated said told specified discussed covered addressed genannt erwähnt gesagt angegeben
    besprochen beantwortet mentionnée?s? précisée?s? indiquée?s? dite?s? mencionad[oa]s? indicad[oa]s? dich[oa]s?
    menciona dice precisa menzionat[oaie] dett[oaie] indicat[oaie] genoemd vermeld gezegd"""
)
_LOOKED = re.compile(
    r"\b(?:i|we|ich|wir|je|nous|ho|abbiamo|hemos|ik|wij|nothing|nichts|rien|nada|niente|niets)\b.*"
    r"\b(?:found|find|searche?[sd]?|gefunden|finden?|trouv\w+|encontr\w+|trovat\w|gevonden|vinden)\b",
    re.IGNORECASE,
)
_TO_WHO_ASKS = _any_of(
    r"""you your you['’]\w+ shall_i shall_we tell_me let_me i['’]ve_read i_have_read i_take i_took du dir dich dein\w*
    möchten_sie wollen_sie können_sie sag_gern soll_ich ich_verstehe ich_nehme gehe_ich vous votre voulez souhaitez
    j['’]ai_compris tu te tú usted quieres quiere he_supuesto he_entendido vuoi jij je_wilt wilt_u"""
)
_CLAIMS = _any_of("that dass que che dat")
"""What a question has that says something: did you know that, is it not true that."""
_SOMEBODY = _any_of("he she er il elle él ella lui lei hij zij")
_OF_SOMEBODY = re.compile(
    r"\W*(?:he|she|er|il|elle|él|ella|lui|lei|hij|zij"
    r"|(?:his|her|their|its|seine?[mnrs]?)\s+(?:sources?|episodes?|texts?|shows?|quellen?|folgen?|texte?n?))\b",
    re.IGNORECASE,
)
"""How a sentence about somebody begins, and none about the sources of an answer."""
_SAYS_LITTLE = _any_of(
    r"""says? said saying mention\w* answer\w* tell\w* contain\w* discuss\w* states? stated cover\w* address\w*
    explain\w* describe[sd]? provide[sd]? include[sd]? found searche?[sd]? information details? anything
    something about further other there these those which whether where while would could should question
    following here listed available directly explicitly specific\w* sag\w* erwähn\w* nenn\w* antwort\w*
    beantwort\w* enth\w+ erklär\w* steh\w* gefunden finden angaben? näher\w* weiter\w* darüber davon dazu
    wissen hören erfahren frage folgend\w* diese[mnrs]? welche[mnrs]? möcht\w+ würde\w* könnt\w+ genau\w*
    ausdrücklich disent mentionn\w* répond\w* contien\w* expliqu\w* trouv\w+ cette dicen menciona\w*
    responde\w* explica\w* encontr\w+ sobre dicono menziona\w* rispond\w* spiega\w* trovat\w questi zeggen
    noem\w* vermeld\w* antwoord\w* gevonden vinden staat waar welke"""
)
"""What reports of a source, or stands in every sentence."""
_BESIDE, _BESIDE_OF_A_LEAD = 3, 1
"""Of so many words that say much, and that nobody asked with, a sentence that states nothing is made at most; of fewer
what leads up to a list without saying so."""


def states(said: str, question: str) -> bool:
    """Whether a sentence without names, numbers and quotations states what a passage would have to say."""
    if not _is_aside(said):
        return True
    bare = said
    for little in (_ABSENT, _SOURCES, _SAYS_LITTLE):
        bare = little.sub(" ", bare)
    most = _BESIDE_OF_A_LEAD if said.endswith(":") and bare == said else _BESIDE
    return len(stems(bare) - stems(question)) > most


def _is_aside(said: str) -> bool:
    """Whether a sentence has the form of what leads up to a list, asks back, offers, or says what the sources lack."""
    if said.endswith("?") or (_TO_WHO_ASKS.search(said) and not _SOMEBODY.search(said)):
        return not _CLAIMS.search(said)
    if said.endswith(":"):
        return True
    is_of_sources = any(one.search(said) for one in (_SOURCES, _REPORTED, _LOOKED))
    return bool(is_of_sources and _ABSENT.search(said)) and not _OF_SOMEBODY.match(said)
