"""An English grammar for scenes: captions, titles, sentences."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.prose.nouns_en import NOUNS
from pinakes.sources.sample.prose.words_en import PLACES, TIMES, WEATHERS
from pinakes.sources.sample.scene import SLOTS, Scene, Thing


def a(words: str) -> str:
    """The words with their article."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def joined(words: list[str]) -> str:
    """One, one and two, one, two and three."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(words: str) -> str:
    """The words with a capital and a full stop."""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".?!" else ".")


def named(thing: Thing) -> str:
    """Colour and name."""
    return f"{thing.colour} {thing.name}"


def element(thing: Thing, place: str) -> str:
    """Whether a thing is on the ground, on the water, in the air, among leaves near by, or far off."""
    slots = SLOTS[thing.name][0]
    if slots == ("far",):
        return "far"
    if "air" in slots and thing.y < 0.68 and place not in ("table", "underwater"):
        if place in ("forest", "garden") and thing.name in ("bird", "butterfly"):
            return "near"
        return "air"
    if "water" in slots and place in ("sea", "harbour", "river", "beach") and ("ground" not in slots or thing.y < 0.83):
        return "water"
    return "ground"


def where(thing: Thing, place: str) -> str:
    """In which place, said as it suits the thing."""
    words = PLACES[place]
    kind = element(thing, place)
    if kind == "far":
        return f"beyond {words.ground.split(' ', 1)[1]}" if place not in ("sea",) else "beyond the sea"
    if thing.name == "bridge":
        return "across the river"
    if kind == "near" and place == "forest":
        return "among the trees of the forest"
    return {"air": words.air, "water": words.water}.get(kind, words.ground)


def hour(scene: Scene, rng: np.random.Generator | None = None) -> str:
    """When, and in which weather; without chance always in the same words."""

    def pick(choices: tuple[str, ...]) -> str:
        return choices[int(rng.integers(len(choices)))] if rng is not None else choices[0]

    # The third way of saying it is for fine weather out of doors.
    fine = scene.weather == "clear" and scene.place not in ("table", "underwater")
    words = [pick(TIMES[scene.time][0][: 3 if fine else 2])]
    if scene.weather != "clear":
        words.append(
            f"with {scene.weather} at the window" if scene.place == "table" else pick(WEATHERS[scene.weather][0])
        )
    return ", ".join(words)


def caption(scene: Scene, rng: np.random.Generator | None = None) -> str:
    """One sentence that names everything in the scene."""
    groups: dict[str, list[str]] = {}
    for thing in scene.things:
        groups.setdefault(where(thing, scene.place), []).append(a(named(thing)))
    parts = [f"{joined(things)} {at}" for at, things in groups.items()]
    return sentence(f"{joined(parts)}, {hour(scene, rng)}")


def title(scene: Scene, rng: np.random.Generator) -> str:
    """A short name for a work about the scene."""
    first = scene.things[0]
    noun = first.name.capitalize()
    colour = first.colour.capitalize()
    place = where(first, scene.place)
    late = {"day": "", "dusk": " at Dusk", "night": " at Night"}[scene.time]
    if scene.weather != "clear" and scene.place != "table":
        late = {"rain": " in the Rain", "snow": " in the Snow"}[scene.weather]
    if len(scene.things) > 1 and rng.random() < 0.45:
        second = scene.things[1]
        return f"The {colour} {noun} and the {second.colour.capitalize()} {second.name.capitalize()}{late}"
    choices = [
        f"{colour} {noun} {_titled(place)}",
        f"The {colour} {noun}{late}",
        f"{a(first.colour).split()[0].capitalize()} {colour} {noun}{late or ' ' + _titled(place)}",
    ]
    return choices[int(rng.integers(len(choices)))]


def _titled(words: str) -> str:
    small = {"a", "an", "the", "in", "on", "of", "at", "by", "above", "off", "under", "among", "across", "beyond"}
    return " ".join(word if word in small else word.capitalize() for word in words.split())


def doing(thing: Thing, rng: np.random.Generator) -> str:
    """What a thing does that was named before."""
    verbs = NOUNS[thing.name].doing
    return sentence(f"the {named(thing)} {verbs[int(rng.integers(len(verbs)))]}")
