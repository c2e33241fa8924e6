"""Works with their bytes, kind by kind: plates, texts, sounds, films and books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from pinakes.sources.sample import films, pictures, recording
from pinakes.sources.sample.art.plate import draw
from pinakes.sources.sample.creators import ARTISTS, RECORDIST, Artist, Creator
from pinakes.sources.sample.prose import chinese, english, words_en, words_zh
from pinakes.sources.sample.recipes import KEYSTONES, composed, keystone
from pinakes.sources.sample.scene import Scene, stream
from pinakes.sources.sample.sound.sounds import SOUNDS, sound
from pinakes.sources.sample.work import Told, Work

PLATE_TOLD: tuple[Told, ...] = ("embedded", "table", "sidecar", "embedded", "table", "nowhere")
SOUND_TOLD: tuple[Told, ...] = ("embedded", "table", "embedded", "sidecar", "nowhere")
PLATE_KINDS = ("jpg", "jpg", "webp", "jpg", "jpg", "webp", "jpg", "jpg", "jpg", "webp", "jpg", "jpg", "png")
SOUND_KINDS = ("wav", "ogg", "flac", "mp3", "ogg")


@dataclass(frozen=True, slots=True)
class Made:
    """A work with the bytes of its file."""

    work: Work
    data: bytes


def slug(words: str) -> str:
    """Words as a part of a file name."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in words.lower()).split())


def captions(scene: Scene, rng: np.random.Generator | None = None) -> dict[str, str]:
    """What a scene shows, in both languages."""
    return {"en": english.caption(scene, rng), "zh": chinese.caption(scene)}


def day_for(who: Creator, rng: np.random.Generator) -> date:
    """A working day of a creator."""
    first, last = date(who.years[0], 1, 1).toordinal(), date(who.years[1], 12, 28).toordinal()
    return date.fromordinal(int(rng.integers(first, last)))


def subjects(scene: Scene) -> tuple[str, ...]:
    """Subject headings: the things by themselves, and the place."""
    return tuple(dict.fromkeys([*(thing.name.capitalize() for thing in scene.things), scene.place.capitalize()]))


def plate_scene(index: int, seed: int) -> tuple[Scene, Artist]:
    """The scene and artist of a plate by its number."""
    if index < len(KEYSTONES):
        return keystone(index, seed)
    artist = ARTISTS[index % len(ARTISTS)]
    return composed(stream("plate", seed, index), artist, seed * 10_000 + index), artist


def plates(seed: int, count: int) -> Iterator[Made]:
    """The drawn plates; the first of them are in every copy of the library."""
    for index in range(count):
        scene, artist = plate_scene(index, seed)
        rng = stream("plate work", seed, index)
        told = PLATE_TOLD[index % (3 if index < len(KEYSTONES) else len(PLATE_TOLD))]
        kind = PLATE_KINDS[index % len(PLATE_KINDS)]
        name = f"{artist.who.shelf}/{index + 1:03}-{slug(f'{english.named(scene.things[0])} {scene.place}')}.{kind}"
        work = Work(
            path=name if told != "nowhere" else f"plates/unsorted/leaf-{index + 1:03}.{kind}",
            title=english.title(scene, rng) if told != "nowhere" else f"Leaf {index + 1}",
            modality="image",
            labels=scene.labels,
            captions=captions(scene, rng),
            scenes=(scene,),
            creator=artist.who.name,
            day=day_for(artist.who, rng),
            subjects=subjects(scene),
            told=told,
            extra={"series": f"{artist.who.series} / {artist.who.series_zh}"},
        )
        size = (640, 640, 680, 720)[int(rng.integers(4))] if kind != "png" else 640
        yield Made(
            work,
            pictures.encoded(
                draw(scene, size), kind, work if told == "embedded" else None, quality=int(rng.integers(82, 90))
            ),
        )


def sounds(seed: int, count: int) -> Iterator[Made]:
    """The recordings: each kind of sound in turn, each time another take."""
    names = list(SOUNDS)
    for index in range(count):
        name, take = names[index % len(names)], index // len(names)
        work = sound_work(name, take, index, seed)
        data = recording.encoded(
            sound(name, seed * 100 + take), work.path.rsplit(".", 1)[1], work if work.told == "embedded" else None
        )
        yield Made(work, data)


def sound_work(name: str, take: int, index: int, seed: int) -> Work:
    """What is known of a recording."""
    kind = SOUNDS[name]
    rng = stream("sound work", seed, index)
    place = kind.places[int(rng.integers(len(kind.places)))]
    indoors = place == "table"
    said, told_of = words_en.SOUNDS[name]
    heard, told_zh = words_zh.SOUNDS[name]
    at = "in a quiet room" if indoors else words_en.PLACES[place].ground
    at_zh = "一间安静的屋子" if indoors else words_zh.PLACES[place].name
    told = SOUND_TOLD[(index + take) % len(SOUND_TOLD)]
    suffix = SOUND_KINDS[(index + 2 * take) % len(SOUND_KINDS)]
    night = ("night",) if "night" in kind.labels else ()
    labels = tuple(dict.fromkeys([*kind.labels, *(() if indoors else (place,)), *night]))
    return Work(
        path=f"sounds/{slug(name)}-{take + 1}.{suffix}"
        if told != "nowhere"
        else f"sounds/unsorted/cylinder-{index + 1:03}.{suffix}",
        title=f"{said}, {at}" if told != "nowhere" else f"Cylinder {index + 1}",
        modality="audio",
        labels=labels,
        captions={"en": f"{told_of} Recorded {at}.", "zh": f"{heard}。{told_zh}录于{at_zh}。"},
        creator=RECORDIST.name,
        day=day_for(RECORDIST, rng),
        subjects=tuple(label.capitalize() for label in kind.labels),
        sounds=(name,),
        told=told,
        extra={"series": f"{RECORDIST.series} / {RECORDIST.series_zh}"},
    )


def moving(seed: int, count: int) -> Iterator[Made]:
    """The films."""
    for index, film in enumerate(films.FILMS[:count]):
        scenes = films.scenes_of(film, seed)
        artist = next(artist for artist in ARTISTS if artist.hand == film.hand)
        heard = tuple(dict.fromkeys(shot.sound for shot in film.shots))
        labels = [label for scene in scenes for label in scene.labels] + [
            label for name in heard for label in SOUNDS[name].labels
        ]
        work = Work(
            path=f"films/{film.slug}.{film.suffix}",
            title=film.title,
            modality="film",
            labels=tuple(dict.fromkeys(labels)),
            captions={
                "en": " ".join(english.caption(scene) for scene in scenes),
                "zh": film.title_zh + "。" + "".join(chinese.caption(scene) for scene in scenes),
            },
            scenes=scenes,
            creator=artist.who.name,
            day=date(1926 + index, 4 + index, 1 + 3 * index),
            subjects=tuple(dict.fromkeys(subject for scene in scenes for subject in subjects(scene))),
            sounds=heard,
            told="embedded",
        )
        yield Made(work, films.encoded(film, scenes, seed, work))
