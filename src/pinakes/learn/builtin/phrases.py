"""What is said of a drawn scene, in English and in Chinese: captions, titles, and the short words of a query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pinakes.sources.sample.prose import chinese, english, nouns_zh, words_en, words_zh
from pinakes.sources.sample.scene import Scene, Thing, shown_in

# Shorter words that ask for the same thing as those of the library, beside which they are used.
SHORT: dict[str, str] = {
    "balloon": "气球",
    "bell": "铃",
    "bird": "鸟",
    "boat": "船",
    "book": "书",
    "bridge": "桥",
    "cat": "猫",
    "clock": "钟",
    "cup": "杯子",
    "dog": "狗",
    "drum": "鼓",
    "lamp": "灯",
    "mountain": "山",
    "ship": "船",
    "tree": "树",
    "umbrella": "伞",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same said in both languages, and the facts that a scene must have for it to be true."""

    en: str
    zh: str
    needs: tuple[str, ...]


def facts(scene: Scene) -> frozenset[str]:
    """All that is true of a scene, in the words of `Phrase.needs`; fine weather is "clear"."""
    return frozenset((*scene.labels, *shown_in(scene), scene.weather))


def phrases(scene: Scene, rng: np.random.Generator, most: int = 12) -> list[Phrase]:
    """The whole caption and a title, then some of all the short ones, chosen by chance."""
    whole = Phrase(english.caption(scene, rng), chinese.caption(scene), tuple(sorted(facts(scene))))
    short = [each for thing in scene.things for each in _of_thing(thing, scene)]
    short += _of_pairs(scene) + _of_surroundings(scene)
    short = list({each.en: each for each in short}.values())
    kept = rng.permutation(len(short))[: max(most - 2, 0)]
    return [whole, _title(scene, rng), *(short[k] for k in sorted(kept.tolist()))]


def _title(scene: Scene, rng: np.random.Generator) -> Phrase:
    """A title as works of the sample library have them, with its twin in Chinese."""
    title = english.title(scene, rng)
    first = scene.things[0]
    needs = [english.named(first)]
    twin = chinese.named(first)
    if len(scene.things) > 1 and " and the " in title:
        needs.append(english.named(scene.things[1]))
        twin = f"{twin}和{chinese.named(scene.things[1])}"
    elif english.where(first, scene.place).lower() in title.lower():
        needs.append(scene.place)
        return Phrase(title, f"{chinese.where(first, scene.place)}的{twin}", tuple(needs))
    if title.endswith((" at Dusk", " at Night")):
        needs.append(scene.time)
        twin = f"{words_zh.TIMES[scene.time][0]}的{twin}"
    elif title.endswith((" in the Rain", " in the Snow")):
        needs.append(scene.weather)
        twin = f"{words_zh.WEATHERS[scene.weather][0]}中的{twin}"
    return Phrase(title, twin, tuple(needs))


def _of_thing(thing: Thing, scene: Scene) -> list[Phrase]:
    """A thing alone, in its colour, in its place, at its hour."""
    noun, word = thing.name, nouns_zh.NOUNS[thing.name].word
    coloured, painted = english.named(thing), chinese.named(thing)
    measure, short = f"一{nouns_zh.NOUNS[noun].measure}", SHORT.get(noun, word)
    counted = f"{measure}{word}"
    hour, hour_zh = english.hour(scene), chinese.hour(scene)
    at, at_zh = english.where(thing, scene.place), chinese.where(thing, scene.place)
    ground, ground_zh = words_en.PLACES[scene.place].ground, words_zh.PLACES[scene.place].ground
    when = (scene.time, scene.weather)
    return [
        Phrase(noun, word, (noun,)),
        Phrase(english.a(noun), f"{measure}{short}", (noun,)),
        Phrase(coloured, painted, (coloured,)),
        Phrase(english.a(coloured), f"{measure}{words_zh.COLOURS[thing.colour]}的{short}", (coloured,)),
        Phrase(f"picture of {english.a(noun)}", f"{counted}的图画", (noun,)),
        Phrase(f"picture of {english.a(coloured)}", f"{chinese.counted(thing)}的图画", (coloured,)),
        Phrase(f"{noun} {at}", f"{at_zh}的{word}", (noun, scene.place)),
        Phrase(f"{noun} {ground}", f"{ground_zh}的{word}", (noun, scene.place)),
        Phrase(f"{coloured} {at}", f"{at_zh}的{painted}", (coloured, scene.place)),
        Phrase(f"{noun} {hour}", f"{hour_zh}的{word}", (noun, *when)),
        Phrase(f"{coloured} {hour}", f"{hour_zh}的{painted}", (coloured, *when)),
    ]


def _of_pairs(scene: Scene) -> list[Phrase]:
    """Two things that are seen together, with and without their colours."""
    if len(scene.things) < 2:
        return []
    one, other = scene.things[:2]
    words = [nouns_zh.NOUNS[each.name].word for each in (one, other)]
    named = [english.named(one), english.named(other)]
    return [
        Phrase(f"{one.name} and {other.name}", "和".join(words), (one.name, other.name)),
        Phrase(" and ".join(map(english.a, named)), f"{chinese.named(one)}和{chinese.named(other)}", tuple(named)),
    ]


def _of_surroundings(scene: Scene) -> list[Phrase]:
    """The place, the hour and the weather by themselves."""
    place, time = words_zh.PLACES[scene.place], words_zh.TIMES[scene.time][0]
    at = words_en.PLACES[scene.place].ground
    late = words_en.TIMES[scene.time][0][0]
    found = [
        Phrase(scene.place if scene.place != "underwater" else at, place.name, (scene.place,)),
        Phrase(f"{at}, {late}", f"{time}的{place.name}", (scene.place, scene.time)),
    ]
    if scene.weather != "clear":
        named = words_zh.NAMED[scene.time, scene.weather]
        found.append(Phrase(f"{scene.weather} {late}", named, (scene.weather, scene.time)))
        found.append(Phrase(scene.weather, words_zh.WEATHERS[scene.weather][0], (scene.weather,)))
    return found
