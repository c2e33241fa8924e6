"""Queries and graded judgements: the generator knows what every work shows, so it can say what answers a query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pinakes.sources.sample.prose import english, nouns_zh, words_en, words_zh
from pinakes.sources.sample.scene import PLACES, THINGS, Colour, Scene, Thing, Time, Weather, fits, shown_in, stream
from pinakes.sources.sample.sound.sounds import SOUNDS
from pinakes.sources.sample.work import Work

MOST = 80
# How many queries of each kind are kept at most.
SHARES = {
    "word": 10,
    "attribute": 14,
    "place": 12,
    "hour": 8,
    "several": 4,
    "cross-modal": 10,
    "sound": 8,
    "chinese": 14,
}


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what it asks for; what is None may be anything."""

    text: str
    language: str
    kind: str
    modality: str | None = None
    things: tuple[tuple[str, Colour | None], ...] = ()
    place: str | None = None
    time: Time | None = None
    weather: Weather | None = None
    sound: str | None = None


def grade(query: Query, work: Work) -> int:
    """2: all that was asked for; 1: the thing, but not as asked for; 0: neither."""
    if work.difficulty == "empty" or (query.modality is not None and query.modality not in work.parts):
        return 0
    if query.sound is not None:
        return 2 if query.sound in work.sounds else 0
    best = max((_grade_scene(query, scene) for scene in work.scenes), default=0)
    if work.sounds and best < 2 and query.things and query.things[0][0] in work.labels:
        whole = (
            len(query.things) == 1 and query.things[0][1] is None and not (query.place or query.time or query.weather)
        )
        best = max(best, 2 if whole else 1)
    return best


def _grade_scene(query: Query, scene: Scene) -> int:
    around = (
        (query.place in (None, scene.place))
        and (query.time in (None, scene.time))
        and (query.weather in (None, scene.weather))
    )
    found = [any(_is(thing, name, colour) for thing in scene.things) for name, colour in query.things]
    if all(found) and around:
        return 2
    if not query.things:
        return 1 if query.weather == scene.weather or (query.weather is None and query.time == scene.time) else 0
    if query.things[0][0] in {thing.name for thing in scene.things}:
        return 1
    plain = query.things[0][1] is None and around and len(query.things) == 1
    return 1 if plain and query.things[0][0] in shown_in(scene) else 0


def _is(thing: Thing, name: str, colour: Colour | None) -> bool:
    return thing.name == name and colour in (None, thing.colour)


def _candidates(works: Sequence[Work]) -> Iterator[Query]:
    """Questions of every kind about what the works show."""
    scenes = list(dict.fromkeys(scene for work in works for scene in work.scenes))
    for name in THINGS:
        yield Query(name, "en", "word", things=((name, None),))
        yield Query(nouns_zh.NOUNS[name].word, "zh", "chinese", things=((name, None),))
        yield Query(f"picture of {english.a(name)}", "en", "cross-modal", "image", ((name, None),))
        for place in PLACES:
            if fits(name, place):
                yield Query(
                    f"{name} {words_en.PLACES[place].ground}", "en", "place", things=((name, None),), place=place
                )
                afloat = name in ("boat", "ship", "whale", "bridge")
                at = words_zh.PLACES[place].water if afloat else words_zh.PLACES[place].ground
                asked = f"{at}的{nouns_zh.NOUNS[name].word}"
                yield Query(asked, "zh", "chinese", things=((name, None),), place=place)
    pairs = sorted({(thing.colour, thing.name) for scene in scenes for thing in scene.things})
    for colour, name in pairs:
        yield Query(f"{colour} {name}", "en", "attribute", things=((name, colour),))
        yield Query(
            f"{words_zh.COLOURS[colour]}的{nouns_zh.NOUNS[name].word}", "zh", "chinese", things=((name, colour),)
        )
        yield Query(f"{colour} {name}", "en", "cross-modal", "image", ((name, colour),))
    for scene in scenes:
        first = scene.things[0]
        yield Query(
            f"{first.name} {english.hour(scene)}",
            "en",
            "hour",
            things=((first.name, None),),
            time=scene.time,
            weather=scene.weather,
        )
        if len(scene.things) > 1:
            second = scene.things[1]
            yield Query(
                f"{first.name} and {second.name}", "en", "several", things=((first.name, None), (second.name, None))
            )
    for name in SOUNDS:
        yield Query(f"sound of {words_en.SOUNDS[name][0].lower()}", "en", "sound", "audio", sound=name)
        yield Query(words_zh.SOUNDS[name][0], "zh", "chinese", "audio", sound=name)


FIRST = (
    Query("red boat", "en", "attribute", things=(("boat", "red"),)),
    Query("红色的小船", "zh", "chinese", things=(("boat", "red"),)),
    Query("boat in the harbour", "en", "place", things=(("boat", None),), place="harbour"),
    Query("snow at night", "en", "hour", "image", time="night", weather="snow"),
    Query("lighthouse at dusk", "en", "hour", things=(("lighthouse", None),), time="dusk"),
    Query("black cat on the table", "en", "place", things=(("cat", "black"),), place="table"),
    Query("雪夜", "zh", "chinese", time="night", weather="snow"),
    Query("sound of a bell", "en", "sound", "audio", sound="bell"),
)


def by_example(works: Sequence[Work]) -> Iterator[tuple[Query, str]]:
    """Questions asked with a plate of the collection, by the sound or the words that belong to it."""
    plates = [work for work in works if work.modality == "image" and work.told != "nowhere" and work.scenes]
    for work in plates[:: max(1, len(plates) // 4)][:4]:
        first = work.scenes[0].things[0]
        yield Query(work.path, "en", "picture", things=((first.name, None),)), work.path
    for work in plates[1 :: max(1, len(plates) // 3)][:3]:
        first = work.scenes[0].things[0]
        yield (
            Query(f"{work.path} + {first.name}", "en", "picture and words", things=((first.name, first.colour),)),
            work.path,
        )


def judged(works: Sequence[Work], seed: int) -> list[tuple[Query, dict[str, int]]]:
    """About eighty queries, each with the grades of the works that answer it, at least one of them fully."""
    taken: dict[str, int] = {}
    asked: set[tuple[str, str | None]] = set()
    chosen: list[tuple[Query, dict[str, int]]] = []

    def consider(query: Query, besides: str = "") -> None:
        if taken.get(query.kind, 0) >= SHARES.get(query.kind, 4) or (query.text, query.modality) in asked:
            return
        grades = {work.path: grade(query, work) for work in works if work.path != besides}
        found = {path: value for path, value in grades.items() if value}
        if sum(value == 2 for value in found.values()) >= 1 and len(found) <= max(20, len(works) // 4):
            asked.add((query.text, query.modality))
            taken[query.kind] = taken.get(query.kind, 0) + 1
            chosen.append((query, found))

    candidates = list(_candidates(works))
    order = stream("queries", seed).permutation(len(candidates))
    for query in (*FIRST, *(candidates[int(k)] for k in order)):
        if len(chosen) < MOST:
            consider(query)
    for query, besides in by_example(works):
        consider(query, besides)
    return chosen


def as_lines(chosen: Sequence[tuple[Query, dict[str, int]]]) -> tuple[str, str]:
    """`queries.jsonl` and `qrels.tsv`; the identifiers say the kind."""
    queries, rows = [], []
    for number, (query, found) in enumerate(chosen, 1):
        name = f"q{number:03}"
        row = {
            "id": name,
            "text": query.text,
            "language": query.language,
            "kind": query.kind,
            "modality": query.modality,
        }
        queries.append(json.dumps(row, ensure_ascii=False))
        rows += [
            f"{name}\t0\t{path}\t{value}" for path, value in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        ]
    return "\n".join(queries) + "\n", "\n".join(rows) + "\n"
