"""Texts and books with their bytes: notes, field notes, poems, letters, cards, walks, PDF and EPUB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import numpy as np
from PIL import Image

from pinakes.sources.sample.books.epub import Chapter, epub
from pinakes.sources.sample.books.pdf import About, Plate, pdf
from pinakes.sources.sample.creators import ARTISTS, LIBRARIAN, NATURALIST, POET, RIGHTS, Creator
from pinakes.sources.sample.made import Made, captions, day_for, slug, subjects
from pinakes.sources.sample.prose import chinese, english, forms_en, forms_zh
from pinakes.sources.sample.prose.text import Deck, Text, as_html, as_markdown, as_plain
from pinakes.sources.sample.recipes import composed
from pinakes.sources.sample.scene import Scene, stream
from pinakes.sources.sample.work import Told, Work

# What is written in turn, and the file that it becomes.
ENGLISH_FORMS = (
    ("note", "md"),
    ("field note", "txt"),
    ("poem", "txt"),
    ("letter", "html"),
    ("card", "txt"),
    ("note", "md"),
    ("poem", "md"),
    ("field note", "html"),
    ("letter", "txt"),
    ("walk", "md"),
)
CHINESE_FORMS = (("note", "txt"), ("poem", "txt"), ("letter", "html"), ("note", "md"), ("poem", "md"), ("walk", "txt"))
FOLDERS = {
    "note": "notes",
    "field note": "field-notes",
    "poem": "poems",
    "letter": "letters",
    "card": "cards",
    "walk": "walks",
}
TEXT_TOLD: tuple[Told, ...] = ("table", "nowhere", "sidecar", "nowhere")


@dataclass(frozen=True, slots=True)
class Book:
    """A book to be made: whose plates, in which language and format."""

    slug: str
    title: str
    language: str
    suffix: str
    artist: int
    chapters: int


BOOKS: tuple[Book, ...] = (
    Book("a-year-in-the-harbour", "A Year in the Harbour", "en", "pdf", 0, 4),
    Book("the-book-of-small-boats", "The Book of Small Boats and Other Plates", "en", "epub", 0, 4),
    Book("listening-to-the-waves", "听澜集", "zh", "epub", 4, 4),
    Book("streets-hills-and-trains", "Streets, Hills and Trains", "en", "pdf", 1, 3),
    Book("a-garden-cut-from-paper", "A Garden Cut from Paper", "en", "pdf", 2, 3),
    Book("an-almanac-of-weathers", "An Almanac of Weathers", "en", "pdf", 3, 4),
    Book("quiet-things", "Quiet Things: A Catalogue", "en", "pdf", 4, 3),
    Book("walks-of-a-naturalist", "Walks of a Naturalist", "en", "pdf", 1, 3),
    Book("forty-weathers-retold", "Forty Weathers, Retold", "en", "epub", 3, 4),
)


def _scene_for(form: str, index: int, seed: int, known: Sequence[Made]) -> tuple[Scene, str, str]:
    """The scene of a text, with the maker and shelf of its plate: notes and cards are about plates that exist."""
    if form in ("note", "card") and known:
        plate = known[(index * 7 + 1) % len(known)].work
        return plate.scenes[0], plate.creator, plate.path.rsplit("/", 1)[0]
    artist = ARTISTS[index % len(ARTISTS)]
    return (
        composed(stream("text scene", seed, index), artist, seed * 10_000 + 5_000 + index),
        artist.who.name,
        artist.who.shelf,
    )


def _written(
    form: str, scenes: tuple[Scene, ...], about: tuple[str, str], day: date, index: int, rng: np.random.Generator
) -> tuple[Text, Creator]:
    """A text in one of the English forms, and who wrote it."""
    scene = scenes[0]
    if form == "note":
        return forms_en.note(scene, about[0], about[1], Deck(rng), LIBRARIAN.name), LIBRARIAN
    if form == "card":
        return forms_en.card(scene, about[0], day, about[1], index + 1, rng), LIBRARIAN
    if form == "field note":
        return forms_en.field_note(scene, day, Deck(rng), NATURALIST.name), NATURALIST
    if form == "walk":
        return forms_en.walk(
            scenes, rng, NATURALIST.name, f"A walk to {english.a(english.named(scene.things[0]))}"
        ), NATURALIST
    if form == "poem":
        return forms_en.poem(scene, Deck(rng), POET.name), POET
    writer, to = (LIBRARIAN, NATURALIST) if index % 2 else (NATURALIST, LIBRARIAN)
    return forms_en.letter(scene, day, to.name.split()[0], Deck(rng), writer.name.split()[0]), writer


def _written_zh(form: str, scenes: tuple[Scene, ...], day: date, rng: np.random.Generator) -> Text:
    """A text in one of the Chinese forms."""
    if form == "note":
        return forms_zh.note(scenes[0], Deck(rng), POET.name_zh)
    if form == "poem":
        return forms_zh.poem(scenes[0], Deck(rng), POET.name_zh)
    if form == "letter":
        return forms_zh.letter(scenes[0], day, ARTISTS[int(rng.integers(3, 5))].who.name_zh, Deck(rng), POET.name_zh)
    return forms_zh.walk(scenes, rng, POET.name_zh, f"散步：{chinese.named(scenes[0].things[0])}")


def texts(seed: int, count: int, known: Sequence[Made], language: str) -> Iterator[Made]:
    """Short and longer texts in a language."""
    forms = ENGLISH_FORMS if language == "en" else CHINESE_FORMS
    for index in range(count):
        form, suffix = forms[index % len(forms)]
        rng = stream("text", language, seed, index)
        number = index if language == "en" else 3_000 + index
        scene, maker, shelf = _scene_for(form, number, seed, known)
        scenes: tuple[Scene, ...] = (scene,)
        if form == "walk":
            scenes = (scene, *(_scene_for("walk", number + 700 + 100 * k, seed, known)[0] for k in range(1, 5)))
        day = day_for(POET if language == "zh" else LIBRARIAN, rng)
        if language == "en":
            text, who = _written(form, scenes, (maker, shelf), day, index, rng)
            path = f"texts/{FOLDERS[form]}/{index + 1:03}-{slug(text.title)}.{suffix}"
            creator = who.name
        else:
            text, creator = _written_zh(form, scenes, day, rng), POET.name_zh
            path = f"texts/chinese/{index + 1:03}-{text.title.replace('：', '-')}.{suffix}"
        yield _as_file(text, path, suffix, scenes, creator, day, index)


def _as_file(
    text: Text, path: str, suffix: str, scenes: tuple[Scene, ...], creator: str, day: date, index: int
) -> Made:
    """A text with its metadata as a file of a kind."""
    work = Work(
        path=path,
        title=text.title,
        modality="text",
        labels=tuple(dict.fromkeys(label for scene in scenes for label in scene.labels)),
        captions={language: " ".join(captions(scene)[language] for scene in scenes) for language in ("en", "zh")},
        scenes=scenes,
        creator=creator,
        day=day,
        language=text.language,
        subjects=tuple(dict.fromkeys(subject for scene in scenes for subject in subjects(scene))),
        told="embedded" if suffix == "html" else TEXT_TOLD[index % len(TEXT_TOLD)],
    )
    if suffix == "html":
        fields = [("DC.title", work.title), ("DC.creator", creator), ("DC.date", day.isoformat())]
        fields += [("DC.language", text.language), ("DC.rights", RIGHTS), ("description", work.captions[text.language])]
        fields += [("DC.subject", subject) for subject in work.subjects]
        return Made(work, as_html(text, fields).encode())
    return Made(work, (as_markdown(text) if suffix == "md" else as_plain(text)).encode())


def books(seed: int, count: int, known: Sequence[Made]) -> Iterator[Made]:
    """PDF and EPUB, with plates that hang in the library too."""
    for index, book in enumerate(BOOKS[:count]):
        rng = stream("book", seed, index)
        own = [plate for plate in known if plate.work.creator == ARTISTS[book.artist].who.name]
        others = [plate for plate in known if plate not in own]
        chosen = [*(own[int(k)] for k in rng.permutation(len(own))), *others][: book.chapters]
        scenes = tuple(plate.work.scenes[0] for plate in chosen)
        creator = POET.name_zh if book.language == "zh" else (NATURALIST if index % 2 else LIBRARIAN).name
        day = day_for(POET, rng)
        work = Work(
            path=f"books/{book.slug}.{book.suffix}",
            title=book.title,
            modality="text",
            labels=tuple(dict.fromkeys(label for scene in scenes for label in scene.labels)),
            captions={language: " ".join(captions(scene)[language] for scene in scenes) for language in ("en", "zh")},
            scenes=scenes,
            creator=creator,
            day=day,
            language=book.language,
            subjects=tuple(dict.fromkeys(subject for scene in scenes for subject in subjects(scene))),
            told="embedded",
        )
        yield Made(work, _bound(book, work, chosen, rng))


def _jpeg(plate: Made) -> tuple[bytes, int, int]:
    """A plate as a JPEG for a book, with its size."""
    with Image.open(BytesIO(plate.data)) as image:
        if plate.work.path.endswith(".jpg"):
            return plate.data, image.width, image.height
        out = BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=84)
        return out.getvalue(), image.width, image.height


def _chapter(book: Book, scene: Scene, day: date, step: int, deck: Deck, who: str) -> Text:
    """What a book says of one plate: a walk to it, a page of the field notes, a poem."""
    rng = deck.rng
    if book.language == "zh":
        name = chinese.title(scene, rng)
        parts = [
            *forms_zh.passages(scene, deck, step),
            *forms_zh.note(scene, deck, who).paragraphs[1:],
            *forms_zh.poem(scene, deck, who).paragraphs,
        ]
        return Text(name, who, tuple(parts), "zh")
    parts = [
        *forms_en.passages(scene, deck, step),
        *forms_en.field_note(scene, day, deck, who).paragraphs,
        *forms_en.poem(scene, deck, who).paragraphs,
    ]
    return Text(english.title(scene, rng), who, tuple(parts))


def _bound(book: Book, work: Work, chosen: Sequence[Made], rng: np.random.Generator) -> bytes:
    """The chapters of a book, one for each plate, as a file."""
    deck = Deck(rng)
    day = work.day or date(1912, 1, 1)
    chapters = [
        (_chapter(book, plate.work.scenes[0], day, step, deck, work.creator), plate)
        for step, plate in enumerate(chosen)
    ]
    if book.suffix == "epub":
        return epub(
            [Chapter(text, _jpeg(plate)[0], plate.work.captions[book.language]) for text, plate in chapters], work
        )
    about = About(work.title, work.creator, work.captions["en"], "; ".join(work.labels), work.day)
    return pdf([(text, Plate(*_jpeg(plate), plate.work.captions["en"])) for text, plate in chapters], about)
