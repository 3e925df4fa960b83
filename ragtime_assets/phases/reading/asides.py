"""Sentences that are not about the subject of a talk: greetings, good-byes, and what wants something of the listener.

What belongs here: telling them by their words, in English and German. A word that trade and talk share, such as
“discount”, tells nothing alone: it has to speak to somebody.
"""

from __future__ import annotations

import re

_SELLS = (
    r"subscribe (?:to (?:us|our|this|the)|wherever|now|today)|subscribe,|brought to you by|at checkout",
    r"head over to|free trial|(?:promo|discount|coupon|offer) code",
    r"(?:use|enter|with) (?:the |my |our )?code (?-i:[A-Z0-9])|dot com|show ?notes",
    r"(?:support|funding) for (?:this|the|our) (?:episode|podcast|show|program\w*)|(?:today's|our) sponsors?\b",
    r"our friends at",
    r"(?:this|the) (?:episode|podcast|show) (?:is|was) (?:supported|sponsored|presented|made possible)",
    r"for sponsoring|patreon|our (?:merch|store|shop|newsletter|website|membership|instagram)|merch store",
    r"become a (?:member|patron|supporter)",
    r"(?:leave|give|write) (?:us |me )?an? (?:\w+[ -]){0,2}(?:review|rating)|follow us",
    r"sign up for (?:our|the|a)|new customers|miss an episode|wherever you (?:listen|get)",
    r"(?:go|goes|are|now) on sale (?:this|next|now|on|today|tomorrow)|pre-?order",
    r"(?:after|take) (?:this|the|a|our) (?:short |quick )?break|advertisement|(?:write|drop) (?:to )?us\b",
    r"email us|rabattcode|gutscheincode|(?:mit|unter|gib) (?:dem |den )?code (?-i:[A-Z0-9])|präsentiert von",
    r"unterstützt von|werbepartner\w*|abonnier(?:t|e|en sie)\b|lasst (?:uns )?.{0,20}\bbewertung|bewertung da",
    r"shownotes|kostenlos testen|probemonat|kündbar|(?:auf|bei|über) (?:steady|patreon)",
    r"(?:nach|vor) (?:der|einer) (?:kurzen )?(?:werbung|pause) geht|werbung ende|^werbung\b(?! \w+ )|folgt uns",
    r"schreibt uns|besucht uns|unterstützt uns|vorbestell\w+|im vorverkauf|unser\w* (?:werbepartner|sponsor)\w*",
    r"dank(?:eschön)? an unser\w*|unser\w* (?:newsletter|shop|neues buch)|punkt (?:com|de|org|net|example)\b",
    r"keine folge (?:mehr )?verpass",
)
_TRADE = re.compile(
    r"\b(?:special offer|discount|newsletter|coupon|percent off|for free|member(?:ship)?|dollars a month|"
    r"rabatt|angebot|karten|gutschein|kostenlos|gratis|bestellung|prozent auf|euro im monat|unterstützen|"
    r"bewertung|bewerten|podcast|folge|episode|review|the link)\b",
    re.IGNORECASE,
)
_LISTENER = re.compile(r"\b(?:you|your|yours|yourself|ihr|euch|eure\w?|du|dir|dich|dein\w{0,2})\b", re.IGNORECASE)
_GREETS = (
    r"^\W*(?:hello|hi|hey|hallo|moin|servus|grüezi)(?:[,.!\s-]*$|\s*[,!.]|(?: moin)? (?:and|everybody|everyone|"
    r"all|there|again|folks|friends|listeners|to|from|und|zusammen|ihr|liebe|an alle|aus)\b)",
    r"^\W*moin moin|^\W*grüß (?:euch|gott|dich)",
    r"^\W*(?:good (?:morning|evening|afternoon|day)|guten (?:morgen|tag|abend)|schönen guten \w+)(?:[,.!\s]*$|"
    r"\s*[,!.]|\s(?:and|everybody|everyone|to|from|ladies|listeners|liebe|meine|und|zusammen|allerseits|aus)\b)",
    r"\bwelcome (?:back )?to (?!the (?:house|town|city))|^\W*welcome\b(?! (?:was|is|were|to the house))",
    r"herzlich willkommen|\bwillkommen (?:zu |zur |zum |bei )",
    r"^\W*willkommen(?: zurück)?\s*(?:[,!.]|im\b|in\b|an\b|auf\b|liebe|$)",
    r"thank(?:s| you)(?: so much| very much| a lot)? for (?:having|listening|joining|being|coming|taking|your|"
    r"tuning)",
    r"(?:great|good|nice|lovely|wonderful|a pleasure) to (?:have|see|meet|be) (?:you|here|with)|your host\b",
    r"my name is|you(?:'re| are) listening to|\bjoined (?:as always |today |once again )?by\b",
    r"^\W*from .{2,40}, this is\b|see you (?:next|soon|then|again|in)|until next (?:time|week)",
    r"^\W*(?:good ?)?bye\b|take care(?: of yourselves)?\W*$",
    r"that(?:'s| is) (?:all|it|everything)(?: we have| for| from|\W*$)|for today\W*$|goodbye\W*$|mein name ist",
    r"ich bin (?:euer|dein|ihr) |(?:ihr hört|sie hören) |wieder eingeschaltet|führe (?:euch|sie) durch",
    r"bis (?:zum )?(?:nächste\w?|dann|bald|morgen)(?: mal| woche| folge)?\W*$|^\W*tschüs+\b|^\W*ciao\b",
    r"macht(?:'s| es)? gut|bleibt (?:gesund|dran|neugierig|uns treu)|schön,? dass (?:du|ihr|sie)",
    r"(?:vielen|herzlichen|besten) dank|danke (?:fürs|für (?:das|dein\w*|eure?\w*|die)|dass|dir|euch|ihnen)",
    r"dankeschön|das war(?:'?s| es)\b.{0,12}\b(?:heute|diesmal)",
)
_SALE = re.compile("|".join(rf"(?:{words})" for words in _SELLS), re.IGNORECASE)
_GREETING = re.compile("|".join(rf"(?:{words})" for words in _GREETS), re.IGNORECASE)


def greets(sentence: str) -> bool:
    """Whether a sentence says hello, thanks somebody for being there, or takes leave."""
    return bool(_GREETING.search(sentence))


def sells(sentence: str) -> bool:
    """Whether a sentence wants something of the listener, for a sponsor or for the show."""
    return bool(_SALE.search(sentence)) or bool(_TRADE.search(sentence) and _LISTENER.search(sentence))
