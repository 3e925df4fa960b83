"""Questions about nothing in particular, in each language: what a query is told apart from.

A passage that is near to all of them is near to anything; only how much nearer it is to the query counts. Subtracting
their mean also takes the language out of a query, so that a German one finds English speech. With eight of a language
it measures worse, with more than sixteen no better (`benchmarks/retrieval.py`).

For the order of hits these are enough. Whether anything is close is judged beside more of them, in whatever manner one
asks (`data/everyday.toml`).
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

EVERYDAY = "everyday"
"""What the vectors of everyday questions are kept under, where means have their language."""
DATA = Path(__file__).parent / "data" / "unrelated.tsv"
_EVERYDAY = Path(__file__).parent / "data" / "everyday.toml"
_QUESTIONS = {
    "en": (
        "How do I reset the password of my bank account?",
        "What time does the supermarket close on Sunday?",
        "How long does a passport application take?",
        "What is the capital of Mongolia?",
        "Which insurance covers a broken window?",
        "What is the boiling point of ethanol?",
        "Who won the football match last night?",
        "What should I wear to a job interview?",
        "Where can I park near the airport?",
        "How do I install a printer driver?",
        "Can I grow tomatoes on a balcony?",
        "How is a mortgage rate calculated?",
        "Which phone has the best camera?",
        "How do I write a letter of complaint?",
        "What is the square root of two hundred?",
        "How do I clean leather shoes?",
    ),
    "de": (
        "Wie setze ich das Passwort meines Kontos zurück?",
        "Wann schließt der Supermarkt am Sonntag?",
        "Wie lange dauert es, einen Reisepass zu beantragen?",
        "Was ist die Hauptstadt der Mongolei?",
        "Welche Versicherung zahlt ein kaputtes Fenster?",
        "Bei wie viel Grad siedet Alkohol?",
        "Wer hat gestern das Fußballspiel gewonnen?",
        "Was zieht man zum Vorstellungsgespräch an?",
        "Wo kann ich am Flughafen parken?",
        "Wie installiere ich den Treiber für den Drucker?",
        "Kann man Tomaten auf dem Balkon ziehen?",
        "Wie wird der Zins für ein Haus berechnet?",
        "Welches Handy hat die beste Kamera?",
        "Wie schreibe ich eine Beschwerde?",
        "Was ist die Wurzel aus zweihundert?",
        "Wie putzt man Lederschuhe?",
    ),
    "fr": (
        "Comment réinitialiser le mot de passe de mon compte ?",
        "À quelle heure ferme le supermarché le dimanche ?",
        "Combien de temps faut-il pour obtenir un passeport ?",
        "Quelle est la capitale de la Mongolie ?",
        "Quelle assurance couvre une vitre cassée ?",
        "À quelle température bout l'alcool ?",
        "Qui a gagné le match de football hier soir ?",
        "Que faut-il porter à un entretien d'embauche ?",
        "Où puis-je me garer près de l'aéroport ?",
        "Comment installer le pilote de l'imprimante ?",
        "Peut-on faire pousser des tomates sur un balcon ?",
        "Comment calcule-t-on le taux d'un prêt ?",
        "Quel téléphone a le meilleur appareil photo ?",
        "Comment écrire une lettre de réclamation ?",
        "Quelle est la racine carrée de deux cents ?",
        "Comment nettoyer des chaussures en cuir ?",
    ),
    "es": (
        "¿Cómo restablezco la contraseña de mi cuenta?",
        "¿A qué hora cierra el supermercado el domingo?",
        "¿Cuánto tarda en llegar un pasaporte?",
        "¿Cuál es la capital de Mongolia?",
        "¿Qué seguro cubre una ventana rota?",
        "¿A qué temperatura hierve el alcohol?",
        "¿Quién ganó anoche el partido de fútbol?",
        "¿Qué debo ponerme para una entrevista de trabajo?",
        "¿Dónde puedo aparcar cerca del aeropuerto?",
        "¿Cómo instalo el controlador de la impresora?",
        "¿Se pueden cultivar tomates en un balcón?",
        "¿Cómo se calcula el interés de una hipoteca?",
        "¿Qué teléfono tiene la mejor cámara?",
        "¿Cómo escribo una carta de reclamación?",
        "¿Cuál es la raíz cuadrada de doscientos?",
        "¿Cómo se limpian los zapatos de cuero?",
    ),
    "it": (
        "Come reimposto la password del mio conto?",
        "A che ora chiude il supermercato la domenica?",
        "Quanto tempo ci vuole per avere un passaporto?",
        "Qual è la capitale della Mongolia?",
        "Quale assicurazione copre una finestra rotta?",
        "A quale temperatura bolle l'alcol?",
        "Chi ha vinto la partita di calcio ieri sera?",
        "Come ci si veste per un colloquio di lavoro?",
        "Dove posso parcheggiare vicino all'aeroporto?",
        "Come installo il driver della stampante?",
        "Si possono coltivare i pomodori sul balcone?",
        "Come si calcola il tasso di un mutuo?",
        "Quale telefono ha la fotocamera migliore?",
        "Come si scrive una lettera di reclamo?",
        "Qual è la radice quadrata di duecento?",
        "Come si puliscono le scarpe di pelle?",
    ),
    "nl": (
        "Hoe stel ik het wachtwoord van mijn rekening opnieuw in?",
        "Hoe laat sluit de supermarkt op zondag?",
        "Hoe lang duurt het om een paspoort te krijgen?",
        "Wat is de hoofdstad van Mongolië?",
        "Welke verzekering dekt een kapot raam?",
        "Bij welke temperatuur kookt alcohol?",
        "Wie heeft gisteravond de voetbalwedstrijd gewonnen?",
        "Wat trek je aan naar een sollicitatiegesprek?",
        "Waar kan ik parkeren bij de luchthaven?",
        "Hoe installeer ik het stuurprogramma van de printer?",
        "Kun je tomaten kweken op een balkon?",
        "Hoe wordt de rente van een hypotheek berekend?",
        "Welke telefoon heeft de beste camera?",
        "Hoe schrijf ik een klachtenbrief?",
        "Wat is de wortel van tweehonderd?",
        "Hoe maak je leren schoenen schoon?",
    ),
    "ja": (
        "銀行口座のパスワードを再設定するには？",
        "日曜日、スーパーは何時に閉まりますか？",
        "パスポートの申請にはどれくらいかかりますか？",
        "モンゴルの首都はどこですか？",
        "窓が割れたら、どの保険が使えますか？",
        "アルコールの沸点は何度ですか？",
        "昨日のサッカーの試合はどちらが勝ちましたか？",
        "面接には何を着て行けばいいですか？",
        "空港の近くで駐車できる場所は？",
        "プリンターのドライバーの入れ方",
        "ベランダでトマトは育てられますか？",
        "住宅ローンの金利はどう計算しますか？",
        "カメラが一番いいスマホはどれですか？",
        "苦情の手紙はどう書けばいいですか？",
        "二百の平方根はいくつですか？",
        "革靴の手入れの仕方",
    ),
    "zh": (
        "怎么重置银行账户的密码？",
        "超市星期天几点关门？",
        "办护照要多长时间？",
        "蒙古的首都是哪里？",
        "窗户碎了，哪种保险能赔？",
        "酒精的沸点是多少度？",
        "昨晚的足球比赛谁赢了？",
        "面试应该穿什么衣服？",
        "机场附近哪里可以停车？",
        "怎么安装打印机驱动程序？",
        "阳台上能种西红柿吗？",
        "房贷的利率怎么算？",
        "哪款手机的相机最好？",
        "投诉信应该怎么写？",
        "二百的平方根是多少？",
        "皮鞋怎么清洗？",
    ),
}


def unrelated(language: str) -> tuple[str, ...]:
    """Questions in this language that have nothing to do with each other."""
    return _QUESTIONS[language]


@cache
def everyday() -> tuple[str, ...]:
    """What is asked every day, of whatever and in whatever manner, in the languages that are best known."""
    told = tomllib.loads(_EVERYDAY.read_text(encoding="utf-8"))
    return tuple(query for queries in told.values() for query in queries)


def languages() -> tuple[str, ...]:
    """Those that there are questions in."""
    return tuple(_QUESTIONS)


def digest(questions: Sequence[str]) -> str:
    """What tells these questions from those of another version."""
    return hashlib.sha256("\n".join(questions).encode()).hexdigest()


def reckoned(engine: str, name: str, questions: Sequence[str]) -> bytes | None:
    """What is known of these questions, in floats of four bytes, if that of this engine comes along."""
    return _reckoned().get((engine, name, digest(questions)))


@cache
def _reckoned() -> Mapping[tuple[str, str, str], bytes]:
    """By engine, name and digest; `python -m benchmarks.unrelated --write` writes them."""
    rows = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]
    return {(engine, name, questions): base64.b64decode(known) for engine, name, questions, known in rows}
