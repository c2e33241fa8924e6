"""Storing works: the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import func, select, text, update

from pinakes.catalogue import entries, items, spaces, vectors
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.check import problems
from pinakes.catalogue.checksums import sealed
from pinakes.catalogue.compaction import compact
from pinakes.catalogue.counters import generation
from pinakes.catalogue.schema import codes, files, parts, removed, tombstones, vector_blocks
from pinakes.catalogue.schema import fields as field_table
from pinakes.catalogue.schema import items as item_table
from pinakes.catalogue.spaces import Space
from pinakes.encoders.hashers import Hasher, fit
from pinakes.errors import Conflict, NotFound
from pinakes.types import Floats, Place
from tests import makers
from tests.makers import fill, text_part, work


def count(catalogue: Catalogue, table: object) -> int:
    """Rows of a table."""
    with catalogue.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_a_work_comes_back_as_it_was_stored(catalogue: Catalogue) -> None:
    (stored,) = fill(
        catalogue,
        [
            work(
                "boat",
                text_part("a red boat", language="en", flags=("short",)),
                fields={"title": "Boats", "subjects": ["sea", "ships"]},
            )
        ],
    )
    with catalogue.reading() as connection:
        item = entries.item_entry(connection, stored.item_id)
        (part,) = entries.parts_of(connection, [stored.item_id])
    assert (item.title, item.collection, item.state) == ("Boats", "main", "ready")
    assert item.fields == {"title": ("Boats",), "subjects": ("sea", "ships")}
    assert item.files[0].path == b"/books/boat"
    assert (part.text, part.place, part.flags, part.language) == ("a red boat", Place(chars=(0, 10)), ("short",), "en")


def test_the_heading_and_the_first_texts_of_an_item_are_those_of_its_parts(catalogue: Catalogue) -> None:
    from dataclasses import replace

    plate = replace(text_part("a plate"), modality="image")
    stored, other = fill(
        catalogue,
        [
            work("book", text_part("one"), text_part(""), plate, text_part("two"), fields={"title": "A book"}),
            work("other", text_part("other", language="en")),
        ],
    )
    with catalogue.reading() as connection:
        assert entries.heading(connection, stored.item_id) == ("A book", "")
        assert entries.texts_of(connection, stored.item_id, 2) == ["one", "a plate"]
        assert entries.texts_of(connection, stored.item_id, 9, "text") == ["one", "two"]
        assert entries.texts_of(connection, stored.item_id, 9, "audio") == []
        with pytest.raises(NotFound, match=str(other.item_id + 1)):
            entries.heading(connection, other.item_id + 1)


def test_a_work_without_a_title_goes_by_its_file_name(catalogue: Catalogue) -> None:
    (stored,) = fill(catalogue, [work("red_boat.txt", text_part("x"))])
    with catalogue.reading() as connection:
        assert entries.item_entry(connection, stored.item_id).title == "red boat"


def test_storing_a_file_again_replaces_its_parts_and_keeps_its_item(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    (vector,) = makers.vectors(1)
    first = fill(catalogue, [work("a", text_part("one", vectors={space.id: vector}), text_part("two"))], space)
    second = fill(catalogue, [work("a", text_part("three"), fields={"title": "New"})], space)
    assert first[0].item_id == second[0].item_id
    assert set(first[0].part_ids).isdisjoint(second[0].part_ids)
    assert (count(catalogue, parts), count(catalogue, codes), count(catalogue, tombstones)) == (1, 0, 1)
    with catalogue.reading() as connection:
        assert entries.item_entry(connection, first[0].item_id).title == "New"


def test_several_files_of_one_work_are_one_item(catalogue: Catalogue) -> None:
    picture = work("a.jpg", text_part("picture"), fields={"title": "Work"})
    caption = work("a.txt", text_part("caption"), fields={"description": "words"})
    from dataclasses import replace

    stored = fill(catalogue, [replace(picture, key=b"work 1"), replace(caption, key=b"work 1")])
    assert stored[0].item_id == stored[1].item_id
    with catalogue.reading() as connection:
        item = entries.item_entry(connection, stored[0].item_id)
        texts = [part.text for part in entries.parts_of(connection, [item.id])]
    assert texts == ["picture", "caption"]
    assert set(item.fields) == {"title", "description"}
    again = fill(catalogue, [replace(caption, key=b"work 1", parts=(text_part("new caption"),))])
    with catalogue.reading() as connection:
        texts = [part.text for part in entries.parts_of(connection, [again[0].item_id])]
        assert entries.item_entry(connection, again[0].item_id).title == "Work"
    assert texts == ["picture", "new caption"]


def test_a_file_that_comes_to_another_work_leaves_nothing_in_the_one_it_had(catalogue: Catalogue) -> None:
    from dataclasses import replace

    space = makers.space(catalogue)
    vector, other = makers.vectors(2)
    picture = work("a.jpg", text_part("picture", vectors={space.id: vector}), fields={"title": "Alone"})
    caption = work("a.txt", text_part("caption", vectors={space.id: other}))
    alone, beside = fill(catalogue, [replace(picture, key=b"old"), replace(caption, key=b"old 2")], space)
    (joined,) = fill(catalogue, [replace(picture, key=b"new")], space)
    assert joined.gone_ids == alone.part_ids
    with catalogue.reading() as connection:
        with pytest.raises(NotFound):
            entries.item_entry(connection, alone.item_id)
        assert not list(problems(connection))
    (again,) = fill(catalogue, [replace(caption, key=b"new")], space)
    assert again.item_id == joined.item_id
    for table, rows in ((item_table, 1), (files, 2), (parts, 2), (codes, 2), (removed, 2)):
        assert count(catalogue, table) == rows, table.name
    fill(catalogue, [replace(picture, key=b"old")], space)
    with catalogue.reading() as connection:
        item = entries.item_entry(connection, joined.item_id)
        assert (item.title, item.state, [file.path for file in item.files]) == ("new", "ready", [b"/books/a.txt"])
        assert beside.item_id != item.id
        assert not list(problems(connection))


def test_a_part_in_the_wrong_item_is_found_by_the_check(catalogue: Catalogue) -> None:
    one, other = fill(catalogue, [work("a", text_part("x")), work("b", text_part("y"))])
    with catalogue.writing() as connection:
        row = dict(connection.execute(select(files).where(files.c.id == one.file_id)).mappings().one())
        row["item_id"] = other.item_id
        connection.execute(update(files).where(files.c.id == one.file_id).values(sealed(files, row)))
    with catalogue.reading() as connection:
        (problem,) = problems(connection)
    assert (problem.where, str(other.item_id) in problem.what) == (f"part {one.part_ids[0]}", True)


def test_removing_an_item_removes_all_that_belongs_to_it(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    pair = makers.vectors(2)
    stored = fill(
        catalogue,
        [
            work(name, text_part(name, vectors={space.id: vector}), fields={"title": name})
            for name, vector in zip("ab", pair, strict=True)
        ],
        space,
    )
    with catalogue.writing() as connection:
        assert items.remove(connection, [stored[0].item_id, 999]) == 1
    for table in (item_table, files, parts, field_table, codes, removed, tombstones, vector_blocks):
        assert count(catalogue, table) == 1, table.name
    with catalogue.reading() as connection, pytest.raises(NotFound):
        entries.item_entry(connection, stored[0].item_id)


def test_numbers_are_never_given_out_twice(catalogue: Catalogue) -> None:
    first = fill(catalogue, [work("a", text_part("x"))])[0]
    with catalogue.writing() as connection:
        items.remove(connection, [first.item_id])
    second = fill(catalogue, [work("a", text_part("x"))])[0]
    assert second.item_id > first.item_id
    assert second.part_ids[0] > first.part_ids[0]


def test_every_change_is_a_new_generation(catalogue: Catalogue) -> None:
    seen = []
    for name in "abc":
        fill(catalogue, [work(name, text_part("x"))])
        seen.append(catalogue.generation())
    assert seen == sorted(set(seen))
    with catalogue.reading() as connection:
        assert generation(connection) == seen[-1]


def test_vectors_come_back_as_half_floats_of_what_was_stored(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    given = makers.vectors(5)
    stored = fill(
        catalogue, [work(str(i), text_part("x", vectors={space.id: vector})) for i, vector in enumerate(given)], space
    )
    numbers = [one.part_ids[0] for one in stored]
    with catalogue.reading() as connection:
        found = {part: several for part, _, several in vectors.of_parts(connection, space, numbers)}
    assert np.allclose([found[number] for number in numbers], given[:, None], atol=1e-3)


def test_a_block_of_which_most_is_gone_is_rewritten_with_what_is_left(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    given = makers.vectors(10)
    stored = fill(
        catalogue, [work(str(i), text_part("x", vectors={space.id: vector})) for i, vector in enumerate(given)], space
    )
    with catalogue.writing() as connection:
        items.remove(connection, [one.item_id for one in stored[:7]])
    assert compact(catalogue) == 1
    assert compact(catalogue) == 0
    left = [one.part_ids[0] for one in stored[7:]]
    with catalogue.reading() as connection:
        found = {part: several for part, _, several in vectors.of_parts(connection, space, left)}
    assert np.allclose([found[number] for number in left], given[7:, None], atol=1e-3)
    assert count(catalogue, tombstones) == 0


def several(counts: Sequence[int]) -> list[Floats]:
    """So many vectors for each of some parts."""
    return np.split(makers.vectors(sum(counts)), np.cumsum(counts)[:-1])


def held(catalogue: Catalogue, space: Space, numbers: Sequence[int], hasher: Hasher | None = None) -> list[Floats]:
    """The vectors of each part, whose codes are those of these vectors, in a catalogue without a fault."""
    with catalogue.reading() as connection:
        assert list(problems(connection)) == []
        found = {part: (code, halves) for part, code, halves in vectors.of_parts(connection, space, numbers)}
    for code, halves in found.values():
        assert code == (hasher or space.hasher).codes(vectors.singles(halves)).tobytes()
    return [found[number][1].astype(np.float32) for number in numbers]


def test_a_part_keeps_all_its_vectors_and_loses_none_of_another(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BLOCK_ROWS", 6)
    space = makers.space(catalogue)
    # Four and three do not fit in one block, nor do nine.
    given = several([4, 3, 1, 9, 2])
    stored = fill(
        catalogue, [work(str(i), text_part("x", vectors={space.id: each})) for i, each in enumerate(given)], space
    )
    numbers = [one.part_ids[0] for one in stored]
    assert count(catalogue, vector_blocks) == 4
    for found, each in zip(held(catalogue, space, numbers), given, strict=True):
        assert np.allclose(found, each, atol=1e-3)

    with catalogue.writing() as connection:
        items.remove(connection, [stored[1].item_id, stored[3].item_id])
    assert count(catalogue, tombstones) == 3 + 9
    left = [numbers[0], numbers[2], numbers[4]]
    held(catalogue, space, left)
    assert compact(catalogue) == 2
    assert count(catalogue, tombstones) == 0
    for found, each in zip(held(catalogue, space, left), (given[0], given[2], given[4]), strict=True):
        assert np.allclose(found, each, atol=1e-3)


def test_all_vectors_of_a_part_get_the_codes_of_another_hasher(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    stored = fill(
        catalogue,
        [work(str(i), text_part("x", vectors={space.id: each})) for i, each in enumerate(several([3, 1, 2]))],
        space,
    )
    longer = fit("rotation", makers.vectors(200, seed=9), "cosine", 128)
    with catalogue.writing() as connection:
        vectors.recode(connection, space, longer)
        spaces.change(connection, space.id, hasher=longer)
    with catalogue.reading() as connection:
        changed = spaces.space_of(connection, space.id)
    assert list(map(len, held(catalogue, changed, [one.part_ids[0] for one in stored]))) == [3, 1, 2]


def test_the_views_show_the_code_of_the_whole(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    (given,) = several([3])
    fill(catalogue, [work("a", text_part("x", vectors={space.id: given}))], space)
    with catalogue.reading() as connection:
        (code,) = connection.scalars(text('SELECT code FROM "Text_feature"')).all()
    assert bytes(code) == space.hasher.codes(given[:1]).tobytes()


def test_a_code_that_lacks_a_vector_is_told(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    fill(catalogue, [work("a", text_part("x", vectors={space.id: several([3])[0]}))], space)
    with catalogue.writing() as connection:
        row = dict(connection.execute(select(codes)).mappings().one())
        row["code"] = row["code"][:-8]
        connection.execute(update(codes).values(sealed(codes, row)))
    with catalogue.reading() as connection:
        (problem,) = problems(connection)
    assert problem.what == "row 2 is neither alive nor gone, or both"


def test_text_that_a_database_refuses_is_stored_with_marks_in_its_place(catalogue: Catalogue) -> None:
    (stored,) = fill(catalogue, [work("odd", text_part("a\0b\ud800c"), fields={"title": "t\0"})])
    with catalogue.reading() as connection:
        (part,) = entries.parts_of(connection, [stored.item_id])
    assert part.text == "a\ufffdb?c"


def test_paths_that_are_no_text_come_back_byte_for_byte(catalogue: Catalogue) -> None:
    from dataclasses import replace

    odd = b"/books/\xff\xfe\n'\".txt"
    plain = work("x", text_part("x"))
    assert plain.file is not None
    (stored,) = fill(catalogue, [replace(plain, key=odd, file=replace(plain.file, path=odd))])
    with catalogue.reading() as connection:
        assert entries.item_entry(connection, stored.item_id).files[0].path == odd


def test_the_six_tables_of_the_literature_can_be_queried_together(catalogue: Catalogue) -> None:
    space = makers.space(catalogue)
    fill(
        catalogue,
        [work("a", text_part("a red boat", vectors={space.id: makers.vectors(1)[0]}), fields={"title": "Boat"})],
        space,
    )
    query = (
        'SELECT "Text".title, "Text".content, "Text_feature".bits FROM "Text" '
        'JOIN "Text_feature" ON "Text_feature".text_id = "Text".id'
    )
    with catalogue.reading() as connection:
        assert connection.execute(text(query)).all() == [("Boat", "a red boat", 64)]
        for view in ("User", "Administrator", "Picture", "Pic_feature"):
            assert connection.execute(text(f'SELECT * FROM "{view}"')).all() == []


def test_every_stored_number_is_widened_exactly() -> None:
    every = np.arange(65_536, dtype=np.uint16).view(np.float16)
    halves = every[np.isfinite(every)].reshape(-1, 512)
    assert halves.size == 63_488
    for told in (halves, halves[::3, ::5], halves.astype(">f2"), halves[:0]):
        widened = vectors.singles(told)
        assert widened.dtype == np.float32
        assert widened.tobytes() == told.astype(np.float32).tobytes()


def test_a_catalogue_that_was_closed_says_so_and_may_be_closed_again(embedded: Catalogue) -> None:
    embedded.close()
    embedded.close()
    for used in (embedded.reading, embedded.writing, embedded.writer):
        with pytest.raises(Conflict, match="was closed"), used():
            pass
