"""English texts about scenes: notes, field notes, poems, letters, cards and walks of several passages."""

from __future__ import annotations

from datetime import date

import numpy as np

from pinakes.sources.sample.prose.english import a, caption, doing, hour, joined, named, sentence, title, where
from pinakes.sources.sample.prose.nouns_en import NOUNS
from pinakes.sources.sample.prose.text import Deck, Text
from pinakes.sources.sample.prose.words_en import PLACES, TIMES, WEATHERS
from pinakes.sources.sample.scene import Scene

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
OPENINGS = (
    "There is {a}\n{at}, I know it well;\nit never asks for anything\nand has so much to tell.",
    "{A} {at},\nand no one passing by;\nit keeps a little of the light\nthat leaks out of the sky.",
    "I drew {a} once\n{at}, from memory;\nthe colour was the only part\nthat looked back out at me.",
    "Who left {a}\n{at} and went away?\nThe wind has not been told, and I\nam not the one to say.",
    "Say only this: {a}\n{at}, and then be still;\nthe rest will come to find you,\nas such things sometimes will.",
)
BESIDE = (
    "And close to it {a}\nwas keeping company;\nthey did not speak, they did not need\na word from you or me.",
    "Beside it stood for all to see\n{a}, not far away;\n"
    "they had the look of two old friends\nwith nothing left to say.",
)
HOURS = {
    "day": (
        "The day has laid its tablecloth\non every roof and stone;\n"
        "there is enough of noon for two,\nand I have it alone.",
        "By day the world is plain and wide,\nby day the road is long;\n"
        "a shadow lies down at my feet\nand hums a walking song.",
    ),
    "dusk": (
        "At dusk the colours say their names\nbefore they are put out;\n"
        "the last to go is apricot,\nwithout a sigh or shout.",
        "Now dusk comes down on quiet feet\nwith plums inside its coat,\n"
        "and someone lights a window there,\nand someone writes a note.",
    ),
    "night": (
        "The night has such a lot of room\nand only us in it;\nand somebody has drawn a line\nof windows, newly lit.",
        "At night the near things come more near,\nthe far things farther go;\n"
        "the dark has opened one large eye\nto see what we may know.",
    ),
}
SKIES = {
    "rain": (
        "And rain comes down in pencil strokes,\nand rubs out what it drew,\n"
        "and starts again more carefully,\nas I would like to do.",
        "Rain on the roof, rain on the road,\nrain in the open hand:\n"
        "it reads aloud the same long page\nthat none can understand.",
    ),
    "snow": (
        "The snow comes down without a word\nand sits on every sill,\n"
        "and all that ever hurried here\nis white, and round, and still.",
        "Snow is the quietest of guests:\nit stays outside all night,\n"
        "and in the morning leaves for us\na world completely white.",
    ),
}
CLOSINGS = (
    "If you should come this way one day,\nput down the things you hold,\n"
    "and look until the looking ends.\nIt is already told.",
    "I have no more to say of it;\nthe page is nearly done.\nOf all the things I might have kept\nI wanted only one.",
    "And when they ask what it was for,\nthis line, this little while,\n"
    "I shall point out the colour first,\nand then the quiet mile.",
)
GREETINGS = (
    "Your parcel came, with the string tied in the knot that only you can tie, and I have had to cut it.",
    "You ask for news, and I have none; but I have looked out of a great many windows.",
    "I write this on my knee, so forgive the hills in my lines.",
    "It is three weeks since I promised to write tomorrow.",
    "The library is shut for stocktaking, and so I can at last answer you.",
)
ASIDES = (
    "The new shelves are up, and they lean only where nobody looks.",
    "I have entered it in the catalogue twice, once under what it is and once under what it is like.",
    "We have lost volume four again; I suspect the naturalist.",
    "A reader asked for something cheerful yesterday, and I gave him the atlas.",
    "The inspector came, counted everything, and found one thing more than there is.",
    "I have begun to sort the plates by how quiet they are.",
    "Somebody returned a library book after thirty-one years and asked whether there was a fine. I said "
    "that it was a fine thing to do.",
    "Please send blotting paper, and another winter if you have one to spare.",
)
FAREWELLS = (
    "Come before the paint dries.",
    "Write soon, or better, come; we have a second spoon now.",
    "The lamp is nearly out, and so am I.",
    "Keep well, keep dry, and keep my place in the queue.",
    "I stop here, because the post leaves whether one has finished or not.",
)
REMARKS = (
    "I stayed for an hour and was not noticed, which I take as a compliment.",
    "Nothing else of note, unless one counts the silence, which I did: eleven minutes.",
    "I could not make out whether it knew that it was being drawn.",
    "To be looked at again in another season.",
    "My sandwiches were observed in their turn, by ants.",
)
TALK = (
    "“Is the {n} yours?” I asked a boy. “Today it is,” he said.",
    "“What is it for?” asked the librarian. Nobody knew, and so it was entered under Useful.",
    "“I could look at the {n} all day,” said the naturalist. “You have,” said the librarian.",
    "A woman with a basket stopped beside me. “It was another colour once,” she said, “but it changed its mind.”",
    "The postman said that he had a letter for the {n}, and nobody has ever proved him wrong.",
    "“Draw it from the other side,” somebody advised. But the other side was not looking.",
    "An old man told us that there used to be two of them, and that this was the one that listened.",
    "“Do not touch it,” said a voice. It was my own.",
)
STEPS = (
    "We began where every walk begins, which is in the middle.",
    "From there the road went on, and so did we.",
    "A little farther, when nobody expected anything more, we stopped again.",
    "We took the path that looked less certain of itself.",
    "After bread and cheese the world had moved on by one hill.",
    "We were lost for a time, and found that it suited us.",
    "The last part of the way one should go slowly, and we did.",
)


def _hour_and_weather(scene: Scene, deck: Deck) -> list[str]:
    words = [deck.draw(TIMES[scene.time][1])]
    if scene.weather != "clear":
        words.append(deck.draw(WEATHERS[scene.weather][1]))
    return words


def day_of(day: date) -> str:
    """A date as it is written in a letter."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def note(scene: Scene, made_by: str, shelf: str, deck: Deck, who: str) -> Text:
    """A librarian's note on a plate."""
    first = scene.things[0]
    parts = [
        f"{caption(scene, deck.rng)} {doing(first, deck.rng)} {deck.draw(NOUNS[first.name].facts)}",
        " ".join([deck.draw(PLACES[scene.place].sights), *_hour_and_weather(scene, deck)]),
    ]
    if len(scene.things) > 1:
        parts.append(f"{doing(scene.things[1], deck.rng)} {deck.draw(NOUNS[scene.things[1].name].facts)}")
    parts.append(f"Made by {made_by}; kept on the shelf {shelf}. {deck.draw(ASIDES)}")
    return Text(title(scene, deck.rng), f"A note by {who}", tuple(parts))


def field_note(scene: Scene, day: date, deck: Deck, who: str) -> Text:
    """A naturalist's page for a day."""
    seen = joined([a(named(thing)) for thing in scene.things])
    head = f"{day_of(day)}. {sentence(PLACES[scene.place].ground)} Time and weather: {hour(scene)}. Seen: {seen}."
    parts = [head]
    for thing in scene.things:
        facts = NOUNS[thing.name].facts
        parts += [f"{doing(thing, deck.rng)} {deck.draw(facts)} {deck.draw(facts)}"]
    parts.append(" ".join([deck.draw(PLACES[scene.place].sights), *_hour_and_weather(scene, deck), deck.draw(REMARKS)]))
    return Text(f"Field note: {title(scene, deck.rng)}", who, tuple(parts), day=day)


def poem(scene: Scene, deck: Deck, who: str) -> Text:
    """Four or five quatrains."""
    first = scene.things[0]
    at, thing = where(first, scene.place), a(named(first))
    stanzas = [deck.draw(OPENINGS).format(a=thing, A=thing[0].upper() + thing[1:], at=at)]
    stanzas += [deck.draw(BESIDE).format(a=a(named(other))) for other in scene.things[1:]]
    stanzas.append(deck.draw(HOURS[scene.time]))
    if scene.weather != "clear":
        stanzas.append(deck.draw(SKIES[scene.weather]))
    stanzas.append(deck.draw(CLOSINGS))
    return Text(title(scene, deck.rng), who, tuple(stanzas))


def letter(scene: Scene, day: date, to: str, deck: Deck, who: str) -> Text:
    """A letter about what was seen."""
    first = scene.things[0]
    seen = f"Yesterday, {hour(scene, deck.rng)}, I saw {a(named(first))} {where(first, scene.place)}."
    seen = f"{seen} {deck.draw(NOUNS[first.name].facts)} {deck.draw(PLACES[scene.place].sights)}"
    parts = [f"Dear {to},", f"{deck.draw(GREETINGS)} {deck.draw(ASIDES)}", seen]
    for thing in scene.things[1:]:
        also = f"And there was {a(named(thing))} too, {where(thing, scene.place)}."
        parts += [f"{also} {deck.draw(NOUNS[thing.name].facts)} {deck.draw(TALK).format(n=thing.name)}"]
    parts.append(" ".join([*_hour_and_weather(scene, deck), deck.draw(NOUNS[first.name].facts)]))
    parts += [f"{deck.draw(ASIDES)} {deck.draw(FAREWELLS)}", f"Yours,\n{who}"]
    return Text(f"Letter to {to}, with {a(named(first))}", day_of(day), tuple(parts), day=day)


def card(scene: Scene, made_by: str, day: date, shelf: str, number: int, rng: np.random.Generator) -> Text:
    """A catalogue card."""
    rows = [
        f"Card no. {number:04}",
        f"Title: {title(scene, rng)}",
        f"Maker: {made_by}",
        f"Date: {day.year}",
        f"Shelf: {shelf}",
        f"Subjects: {', '.join(scene.labels)}",
    ]
    return Text(
        f"Catalogue card {number:04}",
        "",
        ("\n".join(rows), caption(scene, rng), NOUNS[scene.things[0].name].facts[int(rng.integers(4))]),
    )


def passages(scene: Scene, deck: Deck, step: int) -> list[str]:
    """Three paragraphs of a walk: arriving, looking, talking."""
    first = scene.things[0]
    facts = NOUNS[first.name].facts
    arriving = f"{STEPS[step % len(STEPS)]} {caption(scene, deck.rng)} {deck.draw(PLACES[scene.place].sights)}"
    looking = (
        f"{doing(first, deck.rng)} {deck.draw(facts)} {deck.draw(facts)} {' '.join(_hour_and_weather(scene, deck))}"
    )
    talking = deck.draw(TALK).format(n=first.name)
    if len(scene.things) > 1:
        second = scene.things[1]
        talking = f"{doing(second, deck.rng)} {deck.draw(NOUNS[second.name].facts)} {talking}"
    return [arriving, looking, f"{talking} {deck.draw(REMARKS)}"]


def walk(scenes: tuple[Scene, ...], rng: np.random.Generator, who: str, name: str) -> Text:
    """A longer text that goes from scene to scene."""
    deck = Deck(rng)
    parts: list[str] = []
    for step, scene in enumerate(scenes):
        parts += passages(scene, deck, step)
    parts += [deck.draw(FAREWELLS), deck.draw(CLOSINGS)]
    return Text(name, who, tuple(parts))
