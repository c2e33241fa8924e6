import pytest

from pinakes.errors import BadInput, BadMedia, NoContent, TooLarge
from pinakes.media.base import DecodeSpec
from tests.media import makers

PLATE = makers.jpeg(makers.photo(80, 60))


def test_chapters_come_in_reading_order_with_their_places(read):
    outcome = read(makers.epub(), "a.epub")
    assert [(part.place.chapter, part.place.chars, part.text) for part in outcome.of("text")] == [
        (1, (0, 21), "One\n\nThe lamp is lit."),
        (2, (0, 22), "Two\n\nThe fog comes in."),
    ]
    assert outcome.record.facts == {"chapters": 2.0}


def test_a_long_chapter_becomes_passages_with_exact_places(read):
    paragraphs = [f"Paragraph {n} tells of the sea." for n in range(60)]
    outcome = read(makers.epub(["".join(f"<p>{p}</p>" for p in paragraphs)]), "a.epub", DecodeSpec(passage_chars=200))
    text = "\n\n".join(paragraphs)
    assert len(outcome.parts) > 5
    assert all(text[slice(*part.place.chars)] == part.text for part in outcome.parts)


def test_the_package_is_read_into_the_vocabulary(read):
    assert read(makers.epub(), "a.epub").record.metadata == {
        "title": ("The Lighthouse",),
        "creator": ("Ida Bell",),
        "contributor": ("Tom Reed",),
        "language": ("en",),
        "date": ("1907-03",),
        "subjects": ("sea", "light"),
        "identifier": ("urn:isbn:9780000000001",),
        "series": ("Coasts",),
    }


def test_plates_are_parts_of_their_chapter_with_their_words(read):
    chapters = [
        "<p>One</p><img src='a%20plate.jpg' alt='A lamp'/><img src='a%20plate.jpg'/>",
        "<svg><image xlink:href='b.png'/></svg><p>Two</p>",
    ]
    outcome = read(makers.epub(chapters, {"a plate.jpg": PLATE, "b.png": makers.png()}), "a.epub")
    assert [(p.modality, p.place.chapter, p.fields) for p in outcome.parts] == [
        ("text", 1, {}),
        ("image", 1, {"description": ("A lamp",)}),
        ("text", 2, {}),
        ("image", 2, {}),
    ]
    assert outcome.record.preview == outcome.of("image")[0].preview


def test_the_cover_comes_first_and_stands_for_the_book(read):
    outcome = read(makers.epub(plates={"cover.jpg": PLATE}, cover="cover.jpg"), "a.epub")
    assert (outcome.parts[0].modality, outcome.parts[0].place.chapter) == ("image", 1)
    assert outcome.record.preview == outcome.parts[0].preview
    old = makers.epub(plates={"cover.jpg": PLATE}, metadata=makers.EBOOK_METADATA + '<meta name="cover" content="p0"/>')
    assert read(old, "a.epub").record.preview


def test_ornaments_and_pictures_from_elsewhere_are_no_plates(read):
    addresses = ("dot.png", "http://127.0.0.1:9/a.jpg", "../../../etc/passwd", "data:image/png;base64,AA")
    body = "<p>x</p>" + "".join(f"<img src='{address}'/>" for address in addresses)
    outcome = read(makers.epub([body], {"dot.png": makers.png(makers.photo(4, 4))}), "a.epub")
    assert outcome.of("image") == []
    assert outcome.record.notes == ()


def test_a_damaged_or_missing_piece_costs_only_itself(read):
    body = "<p>x</p><img src='a.jpg'/><img src='b.svg'/>"
    data = makers.epub(
        [body, "<p>y</p>"], {"a.jpg": PLATE[:500], "b.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    )
    outcome = read(data.replace(b"OEBPS/c2.xhtml", b"OEBPS/c9.xhtml"), "a.epub")
    assert outcome.text == "x"
    assert len(outcome.record.notes) == 3
    assert "Chapter 2" in outcome.record.notes[2]


def test_a_chapter_in_an_old_encoding_is_read(read):
    page = "<?xml version='1.0' encoding='windows-1251'?><html><body><p>Привет, как дела?</p></body></html>".encode(
        "cp1251"
    )
    assert read(makers.epub(["x"], more={"OEBPS/c1.xhtml": page}), "a.epub").text == "Привет, как дела?"


@pytest.mark.reliability
@pytest.mark.parametrize("entity", ["<!ENTITY a SYSTEM 'file:///etc/passwd'>", "<!ENTITY a 'aaaaaaaaaa'>"])
def test_entities_are_refused_in_the_package_and_never_expanded_in_chapters(read, entity):
    """A7."""
    package = f"<!DOCTYPE package [{entity}]><package><metadata>&a;</metadata></package>"
    with pytest.raises(BadMedia, match="document type"):
        read(makers.epub(more={"OEBPS/content.opf": package}), "a.epub")
    chapter = f"<!DOCTYPE html [{entity}]><html><body><p>before &a; after</p></body></html>"
    text = read(makers.epub(["x"], more={"OEBPS/c1.xhtml": chapter}), "a.epub").text
    assert "root:" not in text
    assert "aaaaaaaaaa after" not in text


def test_a_plain_document_type_of_an_old_package_is_no_hindrance(read):
    package = makers.zipped({})
    data = makers.epub()
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(data)) as archive:
        old = (
            archive.read("OEBPS/content.opf")
            .decode()
            .replace(
                "<package",
                '<!DOCTYPE package PUBLIC "+//ISBN 0-9673008-1-9//DTD OEB 1.2//EN" "http://x/oeb.dtd"><package',
                1,
            )
        )
    assert package
    assert read(makers.epub(more={"OEBPS/content.opf": old}), "a.epub").record.metadata["title"] == ("The Lighthouse",)


@pytest.mark.reliability
def test_a_protected_book_is_told_apart_and_scrambled_fonts_are_not(read):
    """A9, for ebooks."""
    locked = "<encryption><EncryptedData><EncryptionMethod Algorithm='{}'/></EncryptedData></encryption>"
    with pytest.raises(BadMedia, match="protected"):
        read(
            makers.epub(more={"META-INF/encryption.xml": locked.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}),
            "a.epub",
        )
    fonts = makers.epub(more={"META-INF/encryption.xml": locked.format("http://www.idpf.org/2008/embedding")})
    assert read(fonts, "a.epub").parts


@pytest.mark.reliability
@pytest.mark.parametrize(("count", "refused"), [(2, False), (3, False), (4, True)])
def test_the_limit_of_chapters_is_the_last_number_taken(read, count, refused):
    """B1, for ebooks."""
    data = makers.epub([f"<p>{n}</p>" for n in range(count)])
    if refused:
        with pytest.raises(TooLarge, match="4 chapters; the limit is 3"):
            read(data, "a.epub", max_chapters=3)
    else:
        assert len(read(data, "a.epub", max_chapters=3).parts) == count


@pytest.mark.reliability
def test_a_bomb_in_a_chapter_costs_that_chapter(read):
    """B1, for ebooks: 200 MB of blanks in 200 kB."""
    outcome = read(makers.epub(["<p>one</p>", "<p>two</p>" + " " * 50_000_000, "<p>three</p>"]), "a.epub")
    assert outcome.text == "one\nthree"
    assert "100 times its size" in outcome.record.notes[0]


@pytest.mark.reliability
def test_a_book_without_anything_to_read_is_told(read):
    """A15."""
    with pytest.raises(NoContent):
        read(makers.epub(["<p> </p>"]), "a.epub")
    with pytest.raises(NoContent):
        read(makers.epub([]), "a.epub")


@pytest.mark.reliability
@pytest.mark.parametrize("name", ["META-INF/container.xml", "OEBPS/content.opf"])
@pytest.mark.parametrize("content", [b"", b"<", b"rubbish", b"\xff\xfe\x00", b"<a>" * 500])
def test_a_book_with_a_broken_frame_is_refused(read, name, content):
    """A5."""
    with pytest.raises(BadInput):
        read(makers.epub(more={name: content}), "a.epub")
