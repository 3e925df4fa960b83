"""The words, language by language, by which a sentence sells, asks something of the listener, greets or takes leave.

What belongs here: words that content hardly uses in that way. A word that content and asides share stands with what
binds it to the show: a film is produced by somebody too, but "this episode was produced by" is a credit. How they are
applied: `asides.py`.
"""

from __future__ import annotations

_EN_SHOW = r"(?:episode|podcast|show|program(?:me)?|season|series|edition|broadcast|segment)"
_DE_SHOW = r"(?:folge|sendung|ausgabe|episode|staffel|podcast)"
_CODE = r"(?-i:[A-Z][A-Z0-9]+|[0-9]+[A-Z]+)"
_MEDIA = (
    r"(?:instagram|mastodon|tiktok|youtube|spotify|bluesky|facebook|twitter|threads|whatsapp|telegram|patreon|steady)"
)

SELLS: dict[str, tuple[str, ...]] = {
    "en": (
        r"subscribe (?:to (?:us|our|this|the)|wherever|now|today)|subscribe,|brought to you by|at checkout",
        r"head over to|free trial(?! by)|(?:promo|discount|coupon|offer) code",
        rf"(?:use|enter|with) (?:the |my |our )?code {_CODE}|(?:use|enter|with) (?:the |my |our )?code (?-i:[A-Z0-9])",
        r"dot com|show ?notes|our friends at|for sponsoring|patreon",
        rf"(?:support|funding) for (?:this|the|our) {_EN_SHOW}|(?:today's|our) sponsors?\b",
        rf"(?:this|the|our|today['’]s|tonight['’]s|this week['’]s) {_EN_SHOW} (?:is|was|comes|has been) (?:\w+ )?"
        r"(?:supported|sponsored|presented|underwritten|made possible|to you)",
        r"^\W*(?:sponsored|supported|presented) by\b|this message (?:comes|is brought)",
        r"(?:a|quick|short) (?:word|message) from (?:our|today['’]s|the (?:people|folks|company) who|this)",
        r"our (?:merch|store|shop|newsletter|website|membership|instagram)|merch store",
        r"become a (?:member|patron|supporter)",
        r"(?:leave|give|write|drop) (?:us |me )?an? (?:\w+[ -]){0,2}(?:review|rating)|follow us|(?:rate|review) us\b",
        r"(?:leave|give|drop) us (?:\w+ )?(?:five|5|stars)|rate(?:,| and| or) (?:review|subscribe|follow|share)",
        r"^(?:\W|(?:so|and|please|just|now) )*(?:smash|hit|tap|tick|press|click) (?:on )?(?:the|that|our|follow|"
        r"subscribe|like)\b.{0,25}"
        r"(?:\bfollow|subscribe|notification|\blink|button)\b",
        r"(?:^\W*|[,;] |please |and )tell (?:a|one|your|two|three) (?:\w+ )?friends?\b",
        rf"share (?:this|the|our) {_EN_SHOW}|link (?:is )?in (?:the|our) (?:bio|description|notes)",
        r"(?:send|leave|record)(?: us)? an? voice ?(?:note|message|mail)|(?:write|drop) (?:to )?us\b|email us",
        r"(?:premium|plus|paying|club) (?:listeners|members|subscribers)|members[- ]only|"
        r"early access to (?:episodes|shows|every|all|new)",
        r"our (?:members|subscribers|patrons|supporters) (?:get|hear|can hear|receive)|ad[- ]free",
        r"(?:see|catch|join) us (?:live|on tour)|our next live (?:shows?|tour|recording|taping)|(?:come|"
        r"come along|come down) to our .{0,20}(?:show|recording|taping)",
        r"(?:grab|get|buy|book) (?:your |a )?tickets?\b|tickets (?:are|go|for (?:our|the show)) (?:available|"
        r"on sale|at)",
        r"hiring\b.{0,60}\b(?:careers?|apply|join)|careers page|^\W*(?:so |and )?apply (?:now|today|online)\b|"
        r"job openings",
        r"terms (?:and conditions )?apply\W*$|cancel (?:any ?time|whenever|at any time)",
        r"sign up for (?:our|the|a)|new customers|miss an episode|wherever you (?:listen|get)",
        r"(?:go|goes|are|now) on sale (?:this|next|now|on|today|tomorrow)|pre-?order",
        r"(?:after|take) (?:this|the|a|our) (?:short |quick )?break|advertisement|we(?:['’]ll|"
        r" will) be (?:right back|back (?:after|in a|with more|next|soon))",
        rf"(?:this|our|today['’]s) {_EN_SHOW} (?:is|was) (?:\w+ )?(?:produced|edited|mixed|engineered|"
        rf"hosted|written)",
        r"^\W*(?:produced|edited|mixed|hosted|engineered|reported)(?:,? (?:and )?\w+)? by (?-i:[A-Z])[^,]{2,50}$",
        r"^\W*(?:(?:theme music|sound design) by\b|(?:(?:theme )?music|sound design|(?:executive )?producers?|"
        r"editors?|hosts?):)",
        r"our (?:(?:executive|senior) )?(?:producer|editor|engineer|theme (?:music|song)|sound designer)s? "
        r"(?:is|are)\b",
    ),
    "de": (
        rf"rabattcode|gutscheincode|(?:mit|unter|gib) (?:dem |den )?code (?:{_CODE}|(?-i:[A-Z0-9]))|präsentiert von",
        r"unterstützt von|werbepartner\w*|abonnier(?:t|e|en sie)\b|lasst (?:uns )?.{0,20}\bbewertung|bewertung da",
        rf"(?:diese|die heutige|unsere|dieser|der heutige) {_DE_SHOW} (?:wird|wurde|ist) (?:\w+ ){{0,3}}"
        r"(?:unterstützt|präsentiert|gesponsert|ermöglicht|gefördert)",
        r"shownotes|kostenlos testen|probemonat|kündbar|(?:auf|bei|über) (?:steady|patreon)",
        r"(?:nach|vor) (?:der|einer) (?:kurzen )?(?:werbung|pause) geht|werbung ende|^werbung\b(?! \w+ )|folgt uns",
        r"^\W*(?:anzeige|werbung)\b\W*$|^\W*anzeige[.:!]|werbepause|(?:jetzt|kurz|erst ?mal|gleich|"
        r"noch) (?:\w+ )?werbung\W*$",
        r"nach unseren (?:partnern|sponsoren)|wir sind gleich (?:zurück|wieder)|wir sind zurück in (?:einer|"
        r"zwei|wenigen) minute|gleich geht(?:['’]s|"
        r" es) weiter",
        r"(?:lasst|gebt|lass|gib)\b.{0,25}\bsterne\b|(?:empfehlt|bewertet) (?:uns|den|diesen|die|unseren)\b",
        rf"(?:teilt|teile) (?:die|diese|unsere) {_DE_SHOW}|erzähl(?:t)? (?:es )?(?:euren|einem|deinen|"
        rf"einer) \w*freund\w*",
        rf"folg(?:t|e) .{{0,40}}\b(?:auf|bei) {_MEDIA}|(?:klickt|klick|drückt|drück)\b.{{0,20}}\b(?:link|glocke|"
        rf"abo\w*)\b",
        r"link in (?:der|unserer) (?:\w*beschreibung|bio)|(?:schreibt|schickt|sendet|mailt) (?:uns|mir)\b",
        r"besucht uns|unterstützt uns|vorbestell\w+|im vorverkauf|unser\w* (?:werbepartner|sponsor)\w*",
        r"(?:kommt|komm|kommen sie) zu[rm]? (?:\w+ ){0,2}live|unser\w* nächste\w* live|(?:tickets|"
        r"karten) gibt(?:['’]s| es)",
        r"bewerbt euch|bewirb dich|bewerben sie sich|(?:wir suchen|suchen wir) (?:dich|euch|verstärkung|gerade|"
        r"derzeit|noch)",
        r"werbefrei|exklusiv (?:in|auf|bei|für) (?:der|die|unser\w*|mitglied\w*|abonnent\w*|alle)",
        r"(?:weitere|alle|mehr) folgen (?:gibt|findet|hört|findest|hörst)|bonusfolgen?\b",
        r"dank(?:eschön)? an unser\w*|unser\w* (?:newsletter|shop|neues buch)|punkt (?:com|de|org|net|example)\b",
        r"keine folge (?:mehr )?verpass",
        r"(?:^\W*|[,.;] )(?:redaktion|technik|produktion|schnitt|regie|moderation|musik|recherche|mitarbeit|ton)"
        r"(?: und \w+)?:",
        rf"(?:diese|die) {_DE_SHOW} (?:wurde )?(?:produziert|geschnitten|moderiert) (?:von|hat|haben)",
    ),
    "fr": (
        r"abonnez-vous|abonne-toi|(?:laissez|mettez|donnez).{0,15}cinq étoiles|suivez-nous|soutenez-nous|"
        r"code promo|page de pub",
        rf"(?:avec|utilisez|utilise) le code {_CODE}|pour cent de réduction (?:avec|sur votre)|lien (?:est )?(?:dans|"
        rf"en) (?:la )?description",
        r"(?:cet épisode|cette émission|ce podcast) (?:vous )?(?:est|a été) (?:\w+ )?"
        r"(?:offert|présenté|soutenu|sponsorisé|proposé|parrainé|possible)\w*",
        r"laissez(?:-nous)? (?:un|une|des|vos) (?:commentaire|avis|note|étoiles)|partagez (?:cet|ce|"
        r"l['’]) ?(?:épisode|podcast)",
    ),
    "es": (
        r"suscríbete|suscríbanse|suscribíos|(?:déja|deja|pon|da)\w* .{0,15}cinco estrellas|síguenos|síganos|"
        r"apóyanos|pausa publicitaria",
        rf"(?:usa|utiliza|con|introduce|usad) el código {_CODE}|código (?:promocional|de descuento)",
        r"(?:este|nuestro) (?:programa|episodio|podcast) (?:es posible|está patrocinado|llega|está presentado|"
        r"cuenta con el apoyo)",
        r"(?:déjanos|dejadnos|déjenos) (?:una?|tu|vuestra|su|cinco)|comparte (?:este|el) (?:episodio|programa|"
        r"podcast)",
        r"enlace (?:está )?en la descripción|nuestros (?:patrocinadores|mecenas)",
    ),
    "nl": (
        r"abonneer\b|kortingscode|volg ons|steun ons|(?:geef|laat) .{0,15}vijf sterren|reclame(?:pauze|blok)|"
        r"word (?:lid|"
        r"vriend) van (?:de|onze)",
        rf"(?:gebruik|met) de code {_CODE}|link (?:staat )?in de (?:beschrijving|bio)",
        r"deze (?:aflevering|podcast|uitzending) (?:wordt|werd|is) (?:\w+ ){0,3}(?:gemaakt door|gesponsord|"
        r"aangeboden)",
        r"laat (?:een|ons) .{0,20}(?:recensie|review|sterren)|deel (?:deze|de) (?:aflevering|podcast)",
    ),
    "it": (
        r"iscrivit[ie]|iscrivetevi|abbonatevi|(?:lascia|date|dacci|mett)\w* .{0,15}cinque stelle|seguiteci|"
        r"seguici|sosteneteci|sostienici|codice sconto",
        rf"(?:usa|usate|con|inserisci) il codice {_CODE}|link in descrizione|pausa pubblicitaria",
        r"quest[ao] (?:puntata|episodio|podcast) (?:vi |ti )?è (?:\w+ )?(?:offert|sponsorizzat|res[ao] possibile)\w*",
        r"lascia(?:ci|teci|te) (?:una|cinque|la tua) (?:recensione|stelle)|condivid(?:i|ete) (?:quest|la|"
        r"il)\w* (?:puntata|episodio)",
    ),
}
"""What wants something of the listener, for a sponsor or for the show, and what credits those who made it."""

_EN_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DE_DAY = r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"

GREETS: dict[str, tuple[str, ...]] = {
    "en": (
        r"^\W*(?:hello|hi|hey|hallo|moin|servus|grüezi)(?:[,.!\s-]*$|\s*[,!.]|(?: moin)? (?:and|everybody|everyone|"
        r"all|there|again|folks|friends|listeners|to|from|und|zusammen|ihr|liebe|an alle|aus)\b)",
        r"^\W*(?:good (?:morning|evening|afternoon|day)|guten (?:morgen|tag|abend)|schönen guten \w+)(?:[,.!\s]*$|"
        r"\s*[,!.]|\s(?:and|everybody|everyone|to|from|ladies|listeners|liebe|meine|und|zusammen|allerseits|aus)\b)",
        r"\bwelcome (?:back )?to (?!the (?:house|town|city))|^\W*welcome\b(?! (?:was|is|were|to the house))",
        r"thank(?:s| you)(?: so much| very much| a lot| both| all)? for (?:having|listening|joining|being|"
        r"coming|taking|"
        r"your|tuning|making (?:the )?time|sharing (?:your|this|that)|(?:talking|speaking) (?:to|with) (?:me|us))",
        r"(?:great|good|nice|lovely|wonderful|a pleasure) to (?:have|see|meet|be) (?:you|here|with)|your host\b",
        r"my name is|you(?:['’]re| are|['’]ve been| have been) listening to|\bjoined (?:as always |today |"
        r"once again )?by\b",
        rf"^\W*from .{{2,40}}, this is\b|^\W*this is .{{2,50}} for {_EN_DAY}|^\W*it(?:['’]s|"
        rf" is) {_EN_DAY}\b.{{0,50}}\bthis is\b",
        r"see you (?:next|soon|then|again|in)|until next (?:time|week)|"
        r"^\W*until then(?:\W*$|,? (?:keep|take|stay|have|be|happy|goodbye|bye)\b)|"
        r"^\W*(?:so long|good night)(?:\W*$|,? (?:everybody|everyone|folks|listeners)\b)",
        r"^\W*(?:good ?)?bye\b|take care(?: of yourselves)?\W*$|talk to you (?:soon|next|again)|"
        r"catch you (?:next|later)",
        r"that(?:'s| is) (?:all|it|everything)(?: we have| for| from|\W*$)|for today\W*$|goodbye\W*$",
        r"^\W*stay (?:tuned|safe|curious)\b|^\W*(?:are you|you) ready\W*$|dear listeners",
    ),
    "de": (
        r"^\W*moin moin|^\W*grüß (?:euch|gott|dich)|herzlich willkommen|\bwillkommen (?:zu |zur |zum |bei )",
        r"^\W*willkommen(?: zurück)?\s*(?:[,!.]|im\b|in\b|an\b|auf\b|liebe|$)|mein name ist",
        r"ich bin (?:euer|dein|ihr) |(?:ihr hört|sie hören) |wieder eingeschaltet|führe (?:euch|sie) durch",
        r"bis (?:zum )?(?:nächste\w?|dann|bald|morgen)(?: mal| woche| folge)?\W*$|^\W*tschüs+\b|^\W*ciao\b",
        r"^\W*bis (?:dahin(?:\W*$|,? (?:macht|bleibt|habt|passt|alles gute))|in (?:\w+ )?(?:woche|tage)n?\W*$)|"
        r"wir hören uns (?:in|am|nächste\w?|wieder|bald|morgen|dann)\b(?!.*\ban\W*$)|auf wieder(?:hören|sehen)\W*$|"
        r"^\W*gute nacht(?:\W*$|,? (?:zusammen|ihr|liebe)\b)",
        r"macht(?:['’]?s| es)? gut|bleibt (?:gesund|dran|neugierig|uns treu)|schön,? dass (?:du|ihr|sie)",
        r"(?:vielen|herzlichen|besten) dank|danke (?:fürs|für (?:das|dein\w*|eure?\w*|die)|dass|dir|euch|ihnen)",
        r"dankeschön|das war(?:'?s| es)\b.{0,12}\b(?:heute|diesmal)|seid ihr bereit|liebe (?:zu)?hörer\w*",
        r"(?:bei mir|bei uns|mit mir) (?:im studio|zu gast|am mikrofon)|(?:heute )?zu gast (?:ist|bei (?:mir|uns))",
        rf"^\W*(?:heute|es) ist (?:{_DE_DAY})\b.{{0,50}}\b(?:das ist|hier ist|ihr hört|dies ist|sie hören)\b",
    ),
    "fr": (
        r"^\W*(?:bonjour|bonsoir|salut|coucou)(?:\W*$|\s*[,!]| (?:à tou|et bienvenue|tout le monde|chers|"
        r"les amis)\w*)",
        r"\bbienvenue (?:dans|à tou\w+|sur|chez) |merci (?:de (?:nous |m['’])|d['’](?:avoir écouté|être)|"
        r"de votre|pour votre)",
        r"\bà (?:bientôt|demain|(?:la semaine|\w+di) prochaine?)\W*$|au revoir\W*$|bonne (?:journée|soirée)\W*$|"
        r"vous écoutez",
    ),
    "es": (
        r"^\W*(?:hola|buenos días|buenas (?:tardes|noches)|muy buenas)(?:\W*$|\s*[,!]| (?:a tod|y bienvenid|"
        r"amig|oyentes)\w*)",
        r"^\W*bienvenid[oa]s?\b|bienvenid[oa]s (?:a|un|una|de nuevo|otra) |(?:estás|están|estáis) escuchando|"
        r"adiós\W*$",
        r"gracias por (?:escuchar|estar|acompañar|venir|sintonizar)\w*|(?:^\W*|, (?:y )?)hasta (?:la próxima|"
        r"el próximo|pronto|mañana)\b.{0,20}$",
        r"nos (?:vemos|escuchamos|oímos) (?:en|el|la|pronto|mañana)",
    ),
    "nl": (
        r"^\W*(?:hallo|hoi|goede(?:morgen|middag|navond))(?:\W*$|\s*[,!]| (?:en welkom|allemaal|luisteraars|"
        r"iedereen|beste)\b)",
        r"\bwelkom (?:bij|terug|allemaal|luisteraars)|(?:bedankt|dank \w+) voor (?:het luisteren|je komst|"
        r"jullie)|^\W*doei\b",
        r"(?:^\W*|\ben )tot (?:de )?(?:volgende|morgen|snel|ziens|gauw)\b.{0,15}$|je luistert naar|"
        r"fijn dat (?:je|jullie|u) ",
    ),
    "it": (
        r"^\W*(?:buongiorno|buonasera|salve)(?:\W*$|\s*[,!]| (?:a tutt|e benvenut|amici)\w*)|alla prossima\W*$|"
        r"arrivederci\W*$",
        r"benvenut[ieoa] (?:a|in|alla|al|su|di nuovo|nel) |grazie (?:per|di) (?:aver|essere|l['’]ascolto)\w*|"
        r"state ascoltando",
    ),
}
"""What says hello, introduces, thanks somebody for being there, or takes leave."""

REPORTED = (
    r"[,!?”\"»]\s+(?:(?:so|as|wie)\s)?(?:[\w'’-]+\s){0,5}?(?:said|says|told|wrote|writes|shouted|cried|"
    r"whispered|replied|read|reads|"
    r"sagte|sagt|schrieb|rief|stand|steht|heißt|hieß|flüsterte|antwortete|las|"
    r"dit-il|dit-elle|disait|écrivait|dijo|escribió|decía|gritó|zei|schreef|stond|riep|disse|scrisse|diceva)\b"
)
"""What follows words that somebody else has said: "…, the widow told the court"."""
