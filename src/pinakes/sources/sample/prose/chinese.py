"""A Chinese grammar for scenes: captions, titles, sentences."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.prose.english import element
from pinakes.sources.sample.prose.nouns_zh import NOUNS
from pinakes.sources.sample.prose.words_zh import COLOURS, NAMED, PLACES, TIMES, WEATHERS
from pinakes.sources.sample.scene import Scene, Thing


def named(thing: Thing) -> str:
    """Colour and name: 红色的小船."""
    return f"{COLOURS[thing.colour]}的{NOUNS[thing.name].word}"


def counted(thing: Thing) -> str:
    """One of it: 一艘红色的小船."""
    return f"一{NOUNS[thing.name].measure}{named(thing)}"


def where(thing: Thing, place: str) -> str:
    """In which place, said as it suits the thing."""
    words = PLACES[place]
    kind = element(thing, place)
    if kind == "far":
        return f"{words.name}远处"
    if kind == "near" and place == "forest":
        return "森林的枝叶间"
    return {"air": words.air, "water": words.water}.get(kind, words.ground)


def being(thing: Thing, place: str) -> str:
    """The verb of a sentence of presence: 停着, 飘着, 立着."""
    noun = NOUNS[thing.name]
    return noun.flying if element(thing, place) in ("air", "near") else noun.verb


def hour(scene: Scene) -> str:
    """When, and in which weather: 雪夜."""
    return NAMED.get((scene.time, scene.weather), TIMES[scene.time][0])


def presence(thing: Thing, place: str) -> str:
    """Somewhere there is something: 港湾里停着一艘红色的小船."""
    return f"{where(thing, place)}{being(thing, place)}{counted(thing)}"


def caption(scene: Scene) -> str:
    """One sentence that names everything in the scene."""
    clauses: list[str] = []
    before = ""
    for thing in scene.things:
        at = where(thing, scene.place)
        also = "也" if clauses and clauses[-1].startswith("还") else "还"
        clauses.append(
            presence(thing, scene.place) if at != before else f"{also}{being(thing, scene.place)}{counted(thing)}"
        )
        before = at
    weather = WEATHERS[scene.weather][1]
    time = TIMES[scene.time][0]
    tail = f"，{'窗外' if scene.place == 'table' else '天上'}{weather}" if weather else ""
    return f"{time}，{'，'.join(clauses)}{tail}。"


def title(scene: Scene, rng: np.random.Generator) -> str:
    """A short name: 雪夜的灯塔, 港湾里的红色小船."""
    first = scene.things[0]
    word, colour = NOUNS[first.name].word, COLOURS[first.colour]
    if len(scene.things) > 1 and rng.random() < 0.4:
        return f"{named(first)}和{named(scene.things[1])}"
    close = named(first) if len(word) == 1 else colour + word
    choices = [f"{hour(scene)}的{close}", f"{where(first, scene.place)}的{close}", named(first)]
    return choices[int(rng.integers(len(choices)))]
