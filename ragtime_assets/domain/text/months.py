"""The months in a dozen languages, which stand here because reading them from Babel takes half a second."""

from __future__ import annotations

_MONTHS = (
    "january jan januar jänner janvier enero ene gennaio januari janeiro styczeń stycznia leden ledna январь января",
    "february feb februar feber février févr febrero febbraio februari fevereiro luty lutego února февраль февраля",
    "march mar märz mrz mars marzo maart mrt março marzec marca března март марта",
    "april apr avril avr abril abr aprile kwiecień kwietnia dubna апрель апреля",
    "may mai mayo maggio mag mei maio maj maja května май мая",
    "june jun juni juin junio giugno giu junho czerwiec czerwca června июнь июня",
    "july jul juli juillet juil julio luglio lug julho lipiec lipca července июль июля",
    "august aug août agosto ago augustus augusti sierpień sierpnia srpna август августа",
    "september sep sept septembre septiembre settembre set setembro wrzesień września září сентябрь сентября",
    "october oct oktober okt octobre octubre ottobre ott outubro out październik października října октябрь октября",
    "november nov novembre noviembre novembro listopad listopada listopadu ноябрь ноября",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia prosince декабрь декабря",
)
MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
