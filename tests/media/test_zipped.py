import io
import struct

import pytest

from pinakes.errors import BadInput, BadMedia, TooLarge
from pinakes.limits import Limits
from pinakes.media.safexml import parse_xml, without_type
from pinakes.media.zipped import Zipped
from tests.media.makers import zipped

MOST = 1 << 30


def opened(data, **limits):
    return Zipped(io.BytesIO(data), "book", Limits(**limits))


def test_entries_are_read_by_name():
    archive = opened(zipped({"a": "one", "b/c": b"two"}))
    assert archive.names == {"a", "b/c"}
    assert archive.read("b/c", MOST) == b"two"


@pytest.mark.reliability
@pytest.mark.parametrize(("most", "refused"), [(9, True), (10, False), (11, False)])
def test_an_entry_may_be_as_long_as_its_limit(most, refused):
    """B1."""
    archive = opened(zipped({"a": "x" * 10}))
    if refused:
        with pytest.raises(TooLarge):
            archive.read("a", most)
    else:
        assert len(archive.read("a", most)) == 10


@pytest.mark.reliability
def test_a_bomb_is_refused_by_its_ratio_while_it_is_read():
    """B1."""
    data = zipped({"a": bytes(20_000_000)})
    with pytest.raises(TooLarge, match="100 times"):
        opened(data).read("a", MOST)
    assert len(opened(data, max_archive_ratio=2000).read("a", MOST)) == 20_000_000


@pytest.mark.reliability
def test_the_total_of_all_entries_is_bounded():
    """B1."""
    archive = opened(zipped({"a": "x" * 60, "b": "y" * 60}), max_archive_bytes=100)
    archive.read("a", MOST)
    with pytest.raises(TooLarge):
        archive.read("b", MOST)


@pytest.mark.reliability
@pytest.mark.parametrize(("count", "refused"), [(4, False), (5, False), (6, True)])
def test_the_number_of_entries_is_bounded_before_they_are_listed(count, refused):
    """B1."""
    data = zipped({str(n): "" for n in range(count)})
    if refused:
        with pytest.raises(TooLarge):
            opened(data, max_archive_entries=5)
    else:
        assert len(opened(data, max_archive_entries=5).names) == count


@pytest.mark.reliability
def test_a_size_that_lies_is_no_way_round_the_limit():
    """B1."""
    data = bytearray(zipped({"a": bytes(5_000_000)}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    with pytest.raises(BadInput):
        opened(bytes(data)).read("a", 1000)


@pytest.mark.reliability
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", zipped({"a": "x"})[:-10], b"PK\x05\x06" + b"\xff" * 18])
def test_a_broken_archive_is_refused(data):
    """B1."""
    with pytest.raises(BadInput):
        opened(data).read("a", MOST)


def test_an_encrypted_entry_is_told():
    data = bytearray(zipped({"a": "x"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + offset] |= 1
    with pytest.raises(BadMedia, match="encrypted"):
        opened(bytes(data)).read("a", MOST)


def test_xml_keeps_names_spaces_attributes_and_order():
    root = parse_xml(b"<a xmlns:b='u'><b:c d='1'>x</b:c><c d='2'/></a>", "it", Limits())
    found = list(root.all("c"))
    assert [(node.space, node.name, node.attributes, node.text) for node in found] == [
        ("u", "c", {"d": "1"}, "x"),
        ("", "c", {"d": "2"}, ""),
    ]
    assert root.first("nothing") is None


@pytest.mark.reliability
@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<!DOCTYPE a [<!ENTITY % b SYSTEM 'file:///etc/passwd'> %b;]><a/>",
        b"<a>&b;</a>",
        b"<a><b></a></b>",
        b"",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
)
def test_xml_that_declares_or_breaks_anything_is_refused(data):
    """A7."""
    with pytest.raises(BadMedia):
        parse_xml(data, "it", Limits())


@pytest.mark.reliability
@pytest.mark.parametrize(("count", "refused"), [(9, False), (10, False), (11, True)])
def test_the_elements_and_levels_of_xml_are_bounded(count, refused):
    """A7."""
    flat, deep = b"<a>" + b"<b/>" * (count - 1) + b"</a>", b"<a>" * count + b"</a>" * count
    for data, limits in ((flat, Limits(max_xml_elements=10)), (deep, Limits(max_xml_depth=10))):
        if refused:
            with pytest.raises(TooLarge):
                parse_xml(data, "it", limits)
        else:
            assert parse_xml(data, "it", limits).name == "a"


def test_only_a_document_type_that_declares_nothing_is_taken_away():
    assert without_type(b"<!DOCTYPE a PUBLIC 'b'><a/>") == b"<a/>"
    declared = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"
    assert without_type(declared) == declared
