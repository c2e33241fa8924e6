import bz2
import gc
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinakes.errors import NotFound, PinakesError, UnsafePath
from pinakes.limits import MIB, Limits
from pinakes.sources.archive import is_archive, one_member, read_archive
from pinakes.sources.base import Candidate, Refused
from pinakes.sources.names import check_member, safe_name

pytestmark = pytest.mark.reliability


class Unpacked:
    """The offers of an archive, sorted; contents are read before the temporary files go."""

    def __init__(self, path, limits=None, **options):
        self.contents, self.candidates, self.errors, self.codes = {}, [], {}, {}
        scratch = options.setdefault("scratch", path.parent / "scratch")
        scratch.mkdir(exist_ok=True)
        self.most = 0
        for one in read_archive(path, limits, **options):
            self.most = max(self.most, disk_use(scratch))
            if isinstance(one, Candidate):
                self.contents[one.member] = one.path.read_bytes()
                self.candidates.append(one)
            else:
                assert isinstance(one, Refused)
                name = os.fsdecode(one.key.partition(b"!/")[2])
                self.errors[name] = str(one.error)
                self.codes[name] = one.error.code


def disk_use(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def make_zip(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def make_tar(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content)
            info.mtime = 1_000_000_000
            archive.addfile(info, io.BytesIO(content))
    return path


MEMBERS = {"a.txt": b"first", "sub/b.txt": b"second" * 1000, "empty": b"", "übung.txt": b"third"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.tgz"])
def test_members_are_unpacked_one_by_one(tmp_path, name):
    path = tmp_path / name
    mode = {"gz": "w:gz", "tgz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}.get(name.rpartition(".")[2], "w")
    make_zip(path, MEMBERS) if name.endswith("zip") else make_tar(path, MEMBERS, mode)
    assert is_archive(path)
    found = Unpacked(path)
    assert found.errors == {}
    assert found.contents == MEMBERS
    for one in found.candidates:
        assert one.key == os.fsencode(os.path.realpath(path)) + b"!/" + one.member.encode()
        assert one.size == len(MEMBERS[one.member])
        assert one.path.name == one.member.rpartition("/")[2]
        assert one.mtime_ns > 0


def test_a_members_file_goes_with_its_candidate(tmp_path):
    path, scratch = make_zip(tmp_path / "a.zip", MEMBERS), tmp_path / "scratch"
    scratch.mkdir()
    offers = read_archive(path, scratch=scratch)
    first = next(offers)
    kept = first.path
    second = next(offers)
    assert kept.exists()
    del first
    gc.collect()
    assert not kept.exists()
    assert second.path.exists()
    offers.close()
    del second
    gc.collect()
    assert list(scratch.iterdir()) == []


def test_two_members_of_one_name_do_not_disturb_each_other(tmp_path):
    path, scratch = (
        make_zip(tmp_path / "a.zip", {"x/a.txt": b"x", "y/a.txt": b"y", "z/A.TXT": b"z"}),
        tmp_path / "scratch",
    )
    scratch.mkdir()
    found = list(read_archive(path, scratch=scratch))
    assert [one.path.read_bytes() for one in found] == [b"x", b"y", b"z"]
    assert [one.path.name for one in found] == ["a.txt", "a.txt", "A.TXT"]
    del found
    gc.collect()
    assert list(scratch.iterdir()) == []


def test_a_member_that_is_not_wanted_is_not_unpacked(tmp_path):
    path = make_zip(tmp_path / "a.zip", MEMBERS)
    found = Unpacked(path, wanted=lambda key, size, mtime_ns: key.endswith(b"/b.txt") and size == 6000)
    paths = {one.member: one.path for one in found.candidates}
    assert paths["a.txt"] == path.resolve()
    assert paths["sub/b.txt"] != path.resolve()
    assert {one.member: one.size for one in found.candidates} == {name: len(data) for name, data in MEMBERS.items()}


def test_one_member_can_be_taken_out(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"deep.txt": b"deep"}).read_bytes()
    path = make_zip(tmp_path / "a.zip", MEMBERS | {"in/inner.zip": inner})
    for member, content in (("sub/b.txt", MEMBERS["sub/b.txt"]), ("in/inner.zip!/deep.txt", b"deep")):
        with one_member(path, member) as taken:
            assert taken.read_bytes() == content
        gc.collect()
        assert not taken.exists()
    with pytest.raises(NotFound, match="no member nowhere"), one_member(path, "nowhere"):
        pass


def bomb(path, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.txt", "w") as entry:
        for _ in range(size // MIB):
            entry.write(b"\0" * MIB)
    return path


@pytest.mark.parametrize("kind", ["zip", "gz", "bz2", "xz"])
def test_a_bomb_is_refused_before_it_reaches_the_disk(tmp_path, kind):
    """B1."""
    if kind == "zip":
        path = bomb(tmp_path / "bomb.zip", 200 * MIB)
        assert path.stat().st_size < 250_000
    else:
        path = tmp_path / f"bomb.tar.{kind}"
        info = tarfile.TarInfo("bomb.txt")
        info.size = 50 * MIB
        pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[kind]
        path.write_bytes(pack(info.tobuf() + b"\0" * 50 * MIB))
    found = Unpacked(path)
    assert found.contents == {}
    assert set(found.codes.values()) == {"too-large"}
    assert "100 times its size" in next(iter(found.errors.values()))
    assert found.most < 1_000_000
    assert disk_use(tmp_path / "scratch") == 0


def test_what_packs_well_but_is_small_is_no_bomb(tmp_path):
    content = b" " * MIB
    assert Unpacked(make_zip(tmp_path / "a.zip", {"blank.txt": content})).contents == {"blank.txt": content}


@pytest.mark.parametrize("ratio", [99, 101])
def test_the_ratio_is_limited(tmp_path, ratio):
    content = os.urandom(20_000) + b"\0" * 3_000_000
    path = make_zip(tmp_path / "a.zip", {"a": content})
    packed = zipfile.ZipFile(path).infolist()[0].compress_size
    found = Unpacked(path, Limits(max_archive_ratio=len(content) * ratio // packed // 100))
    assert bool(found.contents) == (ratio > 100)


@pytest.mark.parametrize(("count", "fits"), [(9, True), (10, True), (11, False)])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_the_number_of_entries_is_limited(tmp_path, kind, count, fits):
    members = {f"{n}.txt": b"x" for n in range(count)}
    path = tmp_path / f"a.{kind}"
    make_zip(path, members) if kind == "zip" else make_tar(path, members)
    found = Unpacked(path, Limits(max_archive_entries=10))
    assert found.codes == ({} if fits else {"": "too-large"})
    assert len(found.contents) == (count if fits else 0 if kind == "zip" else 10)


def test_a_directory_of_a_hundred_thousand_entries_is_refused_unread(tmp_path):
    """B1."""
    path = tmp_path / "many.zip"
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    directory = entry * 100_000
    # Its end declares two of them.
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), 4, 0)
    path.write_bytes(b"PK\x03\x04" + directory + end)
    found = Unpacked(path)
    assert found.codes == {"": "too-large"}
    assert "50,000 entries" in found.errors[""]


@pytest.mark.parametrize(("size", "fits"), [(999, True), (1000, True), (1001, False)])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_the_total_size_is_limited(tmp_path, kind, size, fits):
    members = {"a": b"x" * 400, "b": b"y" * (size - 400), "c": b""}
    path = tmp_path / f"a.{kind}"
    make_zip(path, members) if kind == "zip" else make_tar(path, members)
    found = Unpacked(path, Limits(max_archive_bytes=1000))
    assert ("b" in found.contents) == fits
    assert found.codes == ({} if fits else {"": "too-large"})


def nested(tmp_path, levels):
    content = b"at the bottom"
    name = "bottom.txt"
    for level in range(levels + 1):
        path = make_zip(tmp_path / f"level{level}.zip", {name: content})
        content, name = path.read_bytes(), path.name
    return path


@pytest.mark.parametrize(("levels", "fits"), [(1, True), (2, True), (3, False), (5, False)])
def test_the_depth_of_archives_in_archives_is_limited(tmp_path, levels, fits):
    """B1."""
    found = Unpacked(nested(tmp_path, levels), Limits(max_archive_depth=2))
    assert list(found.contents.values()) == ([b"at the bottom"] if fits else [])
    assert list(found.codes.values()) == ([] if fits else ["too-large"])
    if fits:
        assert next(iter(found.contents)).count("!/") == levels


def test_archives_of_several_kinds_lie_in_each_other(tmp_path):
    inner = make_tar(tmp_path / "inner.tar.gz", {"x.txt": b"x"}, "w:gz").read_bytes()
    found = Unpacked(make_zip(tmp_path / "a.zip", {"in.tgz": inner, "b.txt": b"b", "no.zip": b"only a text"}))
    assert found.contents == {"in.tgz!/x.txt": b"x", "b.txt": b"b", "no.zip": b"only a text"}


def test_nested_archives_share_one_limit(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {f"{n}": b"x" for n in range(6)}).read_bytes()
    path = make_zip(tmp_path / "a.zip", {"one.zip": inner, "two.zip": inner})
    found = Unpacked(path, Limits(max_archive_entries=10))
    assert "too-large" in found.codes.values()
    assert len(found.contents) <= 10


def overlapping_zip(path, count):
    """Entries that all point to the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(b"\0" * MIB) + packed.flush()
    crc = zlib.crc32(b"\0" * MIB)
    local = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(data), MIB, 1, 0) + b"0"
    entries = b"".join(
        struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 8, 0, 0, crc, len(data), MIB, 1, 0, 0, 0, 0, 0, 0)
        + bytes([48 + n])
        for n in range(count)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(local) + len(data), 0)
    path.write_bytes(local + data + entries + end)
    return path


def test_entries_that_share_their_bytes_are_refused(tmp_path):
    """B1."""
    found = Unpacked(overlapping_zip(tmp_path / "a.zip", 9))
    assert found.contents == {}
    assert len(found.errors) == 9
    assert all("shares its bytes" in error for error in found.errors.values())


def lying_zip(path, declared, real):
    """An entry whose directory declares another size than its bytes have."""
    make_zip(path, {"a.txt": real})
    data = path.read_bytes()
    size = struct.pack("<L", len(real))
    path.write_bytes(data.replace(size, struct.pack("<L", declared)))
    return path


@pytest.mark.parametrize("declared", [1, 10**6, 2**31])
def test_a_size_that_lies_is_told_and_not_believed(tmp_path, declared):
    """B1."""
    real = os.urandom(3000)
    found = Unpacked(lying_zip(tmp_path / "a.zip", declared, real))
    assert found.contents == {}
    assert set(found.codes.values()) == {"bad-media"}
    assert found.most == 0


def test_a_zip_that_holds_itself_ends(tmp_path):
    """B1: the shape of a quine, made by hand: each level is stored in the next, beyond the allowed depth."""
    found = Unpacked(nested(tmp_path, 30))
    assert found.contents == {}
    assert list(found.codes.values()) == ["too-large"]


def test_encrypted_members_are_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a.txt": b"secret", "b.txt": b"open"})
    data = bytearray(path.read_bytes())
    local, central = data.find(b"PK\x03\x04"), data.find(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1
    path.write_bytes(bytes(data))
    found = Unpacked(path)
    assert found.contents == {"b.txt": b"open"}
    assert "is encrypted" in found.errors["a.txt"]


def test_a_packing_that_is_unknown_is_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a.txt": b"x"})
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x01\x02") + 10] = 99
    path.write_bytes(bytes(data))
    assert Unpacked(path).codes == {"a.txt": "unsupported"}


UNSAFE = [
    "../x",
    "/etc/x",
    "C:\\x",
    "c:x",
    "a/../../x",
    "a/../x",
    "..",
    "\\\\host\\x",
    "\\x",
    "..\\x",
    "a\\..\\..\\x",
    "//x",
]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names_that_lead_out_are_refused_and_named(tmp_path, kind, name):
    """B2."""
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        make_zip(path, {name: b"evil", "good.txt": b"good"})
    else:
        make_tar(path, {name: b"evil", "good.txt": b"good"})
    before = set(tmp_path.parent.rglob("*"))
    found = Unpacked(path)
    assert found.contents == {"good.txt": b"good"}
    assert found.codes == {name: "unsafe-path"}
    assert name in found.errors[name]
    assert set(tmp_path.parent.rglob("*")) - before == {tmp_path / "scratch"} | set((tmp_path / "scratch").rglob("*"))


SPECIAL = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE, "pipe": tarfile.FIFOTYPE}


@pytest.mark.parametrize("name", SPECIAL)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, name):
    """B2."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = SPECIAL[name], "/etc/passwd"
    found = Unpacked(make_tar(tmp_path / "a.tar", {info: b"", "good.txt": b"good"}))
    assert found.contents == {"good.txt": b"good"}
    assert found.codes == {name: "unsafe-path"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_in_a_zip_are_refused(tmp_path, kind):
    """B2."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("odd")
        info.create_system, info.external_attr = 3, (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert Unpacked(path).codes == {"odd": "unsafe-path"}


paths = st.lists(
    st.sampled_from(["..", ".", "", "a", "b.txt", "C:", "\\", "~", " ", "con", "x" * 300, "\u202e", "é"])
    | st.text(min_size=1, max_size=8),
    min_size=1,
    max_size=6,
)


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(paths, st.sampled_from("/\\"))
def test_no_random_path_leads_out_of_the_scratch_folder(pieces, separator):
    """B2: what is not refused stays under a folder whatever the separator, and its file has a plain name."""
    name = separator.join(pieces)
    raw = name.encode("utf-8", "surrogateescape" if name.isascii() else "replace")
    try:
        check_member(raw, "the archive")
    except UnsafePath:
        pass
    else:
        for module_separator in ("/", "\\"):
            depth = 0
            for piece in name.replace("\\", "/").split("/") if module_separator == "/" else name.split("\\"):
                depth += piece not in ("", ".", "..")
                depth -= piece == ".."
                assert depth >= 0
        assert not name.startswith(("/", "\\"))
    plain = safe_name(name)
    assert plain not in ("", ".", "..")
    assert not set(plain) & set('/\\:*?"<>|\0')
    assert len(plain.encode("utf-8")) <= 201
    assert os.path.basename(plain) == plain


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(paths.map("/".join).filter(lambda name: len(name) < 60000), max_size=5, unique=True), st.booleans())
def test_archives_of_random_names_write_nothing_outside(tmp_path_factory, names, as_tar):
    """B2."""
    folder = tmp_path_factory.mktemp("archive")
    members = {name: b"content" for name in names if name and name.isprintable()}
    path = folder / ("a.tar" if as_tar else "a.zip")
    make_tar(path, members) if as_tar else make_zip(path, members)
    found = Unpacked(path)
    assert {entry.name for entry in folder.iterdir()} == {path.name, "scratch"}
    for one in found.candidates:
        assert (folder / "scratch") in one.path.parents


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="names that are no text")
def test_names_that_are_no_text_come_through_byte_for_byte(tmp_path):
    """B4."""
    raw = b"M\x81hle \xff.txt"
    path = make_zip(tmp_path / "a.zip", {raw.decode("cp437"): b"x"})
    # As old programs write it: the bytes of a code page, without the mark of UTF-8.
    data = path.read_bytes().replace(raw.decode("cp437").encode(), raw)
    names = len(raw.decode("cp437").encode()) - len(raw)
    fixed = bytearray(data)
    for sign, flags, length in ((b"PK\x03\x04", 6, 26), (b"PK\x01\x02", 8, 28)):
        at = fixed.find(sign)
        struct.pack_into("<H", fixed, at + flags, 0)
        struct.pack_into("<H", fixed, at + length, len(raw))
    end = fixed.find(b"PK\x05\x06")
    size, offset = struct.unpack_from("<LL", fixed, end + 12)
    struct.pack_into("<LL", fixed, end + 12, size - names, offset - names)
    path.write_bytes(bytes(fixed))
    (zipped,) = Unpacked(path).candidates
    assert zipped.key.endswith(b"!/" + raw)
    (tarred,) = Unpacked(make_tar(tmp_path / "a.tar", {os.fsdecode(raw): b"x"})).candidates
    assert tarred.key.endswith(b"!/" + raw)
    assert os.fsencode(tarred.member) == raw


def test_a_header_of_a_tar_that_wants_too_much_memory_is_refused(tmp_path):
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 40 * MIB
    path = tmp_path / "a.tar"
    path.write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 40 * MIB)
    found = Unpacked(path)
    assert found.codes == {"": "too-large"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_a_damaged_archive_is_told_at_every_cut(tmp_path, name):
    path = tmp_path / name
    mode = {"gz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}.get(name.rpartition(".")[2], "w")
    members = {"a.txt": os.urandom(2000), "b.txt": b"text " * 200}
    make_zip(path, members) if name.endswith("zip") else make_tar(path, members, mode)
    whole = path.read_bytes()
    for cut in range(1, len(whole) - 1, max(1, len(whole) // 40)):
        path.write_bytes(whole[:cut])
        found = Unpacked(path)
        assert set(found.contents) <= set(members)
        for member, content in found.contents.items():
            assert content == members[member]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_changed_bytes_never_cause_an_error_that_is_not_ours(tmp_path, name):
    import random

    path = tmp_path / name
    members = {"a.txt": b"text " * 300, "b/c.txt": bytes(range(256)) * 4}
    make_zip(path, members) if name.endswith("zip") else make_tar(path, members, "w:gz" if name.endswith("gz") else "w")
    whole = path.read_bytes()
    chance = random.Random(1)
    for _ in range(150):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path.write_bytes(bytes(changed))
        try:
            Unpacked(path)
        except PinakesError as error:
            pytest.fail(f"raised and not refused: {error}")


def test_a_file_that_is_no_archive_is_told(tmp_path):
    path = tmp_path / "a.zip"
    path.write_text("only a text")
    assert Unpacked(path).codes == {"": "bad-media"}


def test_a_packed_file_that_is_no_tar_is_told(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(b"only a text" * 100))
    assert Unpacked(path).codes == {"": "bad-media"}


def test_no_room_for_temporary_files_is_told(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a.txt": b"x"})
    found = list(read_archive(path, scratch=tmp_path / "nowhere"))
    assert [one.error.code for one in found] == ["disk-full"]
