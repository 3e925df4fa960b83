"""Questions about nothing in particular, in each language: what a query is told apart from.

A passage that is near to all of them is near to anything; only how much nearer it is to the query counts. Subtracting
their mean also takes the language out of a query, so that a German one finds English speech. With eight of a language
it measures worse, with more than sixteen no better (`benchmarks/retrieval.py`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "unrelated.tsv"
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
}


def unrelated(language: str) -> tuple[str, ...]:
    """Questions in this language that have nothing to do with each other."""
    return _QUESTIONS[language]


def languages() -> tuple[str, ...]:
    """Those that there are questions in."""
    return tuple(_QUESTIONS)


def digest(language: str) -> str:
    """What tells these questions from those of another version."""
    return hashlib.sha256("\n".join(unrelated(language)).encode()).hexdigest()


def reckoned(engine: str, language: str) -> bytes | None:
    """The mean vector of the questions, in floats of four bytes, if that of this engine comes along."""
    return _reckoned().get((engine, language, digest(language)))


@cache
def _reckoned() -> Mapping[tuple[str, str, str], bytes]:
    """By engine, language and digest; `python -m benchmarks.unrelated --write` writes them."""
    rows = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]
    return {(engine, language, questions): base64.b64decode(mean) for engine, language, questions, mean in rows}
