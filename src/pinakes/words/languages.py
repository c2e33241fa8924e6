"""Guess the language of a text from its script and its commonest little words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set

from pinakes.words.runs import parting, runs_in
from pinakes.words.scripts import CYRILLIC, scripts_in, telling

# The commonest function words that tell neighbours apart; short lists suffice for a paragraph.
_LITTLE_WORDS = {
    "en": "the of and to in is that it was for on with as his be at by this had not are but from have which you were",
    "de": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat",
    "fr": "le la les des et est un une du que dans qui pour pas sur au par plus avec ce il sont ne se cette ou mais",
    "es": "el los las de la que y en un una por con no su para es se lo como más pero sus le al este del ya muy",
    "it": "il di che la e un una per non sono con del della le si da come anche nel alla ha gli dei più ma questo",
    "pt": "o os de que e do da em um uma para com não se na por mais as dos como mas ao ele das à seu sua ou",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit naar werd",
    "sv": "och att det som en på är av för med den till inte om ett han men var jag från vi så kan när",
    "da": "og det at en den til er som på de med han af for ikke der var mig sig men et har om vi havde",
    "no": "og i det på som er en til å han av for med at var de ikke den har jeg om et men så seg",
    "fi": "ja on ei se että oli hän mutta niin kun kuin olla myös sen ovat tai jos vain mitä minä joka",
    "hu": "a az és hogy nem is egy ez meg volt csak de már mint ha még ki van azt el kell vagy",
    "pl": "w i na z nie się do to że jest o za od po przez co jak ale czy tak już dla był",
    "cs": "a se v na je že o s z do i to k ve pro za by ale si po jako nebo jsou byl jeho",
    "ro": "și în de la a cu pe nu că este care un o mai din sau pentru au al dar se lui",
    "tr": "ve bir bu da de için ile çok ama gibi daha olan olarak ne var kadar sonra her ben o mi",
    "ca": "el la els les de i que a en un una per amb no es del al com més és són dels seva",
    "id": "yang dan di dari ini itu dengan untuk pada tidak akan dalam adalah ke oleh juga ada saya",
}
_RUSSIAN = "и в не на я что он с как а то это по но из у же за от его так для мы ты"
_UKRAINIAN = "і в не на що з до як а та це за по але від у він для ми її й"
_BY_WORD: dict[str, list[str]] = {}
for _language, _words in (*_LITTLE_WORDS.items(), ("ru", _RUSSIAN), ("uk", _UKRAINIAN)):
    for _word in _words.split():
        _BY_WORD.setdefault(_word, []).append(_language)
# Words that tell no language from its neighbours, and tell no more of what is meant than these.
_ALSO_LITTLE = {
    "en": "an or if no into such then there these they this will we she her him their them its our your my me who do "
    "does did been being can could should would may"
}
_LITTLE_IN = {word: frozenset(found) for word, found in _BY_WORD.items()}
for _language, _words in _ALSO_LITTLE.items():
    for _word in _words.split():
        _LITTLE_IN[_word] = _LITTLE_IN.get(_word, frozenset()) | {_language}
# What each little word says for each of its languages: the more languages share it, the less.
_VOTES = {
    word: tuple((language, 6 // min(len(languages), 6)) for language in languages)
    for word, languages in _BY_WORD.items()
}

_LETTERS = re.compile(r"[^\W\d_]+")
_PARTED = parting(str.isalpha)
_SAMPLE = 2_000


def guess(text: str) -> str:
    """ISO 639-1 code of the text's language, or empty where it does not tell."""
    sample = text[:_SAMPLE]
    letters = runs_in(sample.lower(), _PARTED, str.isalpha, _LETTERS.findall)
    if letters and not sample.isascii() and telling().search(sample):
        script, count = _leading(scripts_in(sample))
        if script and script != CYRILLIC and count * 4 >= sum(map(len, letters)):
            return script
    return _by_little_words(letters)


def _leading(scripts: dict[str, int]) -> tuple[str, int]:
    # A Japanese text has more Han characters than kana, a Chinese one has no kana at all.
    if scripts.get("ja", 0) * 10 > scripts.get("zh", 0):
        scripts["ja"] += scripts.pop("zh", 0)
    count, name = max(((count, name) for name, count in scripts.items()), default=(0, ""))
    return name, count


def _by_little_words(words: list[str]) -> str:
    votes: dict[str, int] = {}
    for word, count in Counter(filter(_VOTES.__contains__, words)).items():
        for language, vote in _VOTES[word]:
            votes[language] = votes.get(language, 0) + vote * count
    if not votes:
        return ""
    most = max(votes.values())
    best = [language for language, count in votes.items() if count == most]
    return best[0] if len(best) == 1 else ""


def is_little(form: str, languages: Set[str] | None = None) -> bool:
    """Whether a word is so common, in one of some languages or in any, that it tells nothing of what is meant."""
    if form in ("a", "i", "o", "y"):
        return True
    little_in = _LITTLE_IN.get(form, frozenset())
    return bool(little_in if languages is None else little_in & languages)
