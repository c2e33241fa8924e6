"""Files behind the rows: folders and tar files, decoded when they are read and packed when that is done."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from pinakes.errors import BadInput, BadMedia, NotFound, PinakesError, TooLarge, Unsupported
from pinakes.learn.data.decoding import PictureFiles, SoundFiles, TextFiles, unreadable
from pinakes.learn.data.files import FolderFiles, TarFiles
from pinakes.learn.data.packed import PackedPictures
from pinakes.limits import Limits
from pinakes.media.base import ImageWant


def png(seed: int, height: int = 6, width: int = 8) -> bytes:
    file = BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def wav(seconds: float, rate: int) -> bytes:
    file = BytesIO()
    soundfile.write(file, np.sin(np.arange(int(seconds * rate)) * 0.1) * 0.5, rate, format="WAV")
    return file.getvalue()


def tarred(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "pictures"
    inner.mkdir()
    for number in range(3):
        (inner / f"{number}.png").write_bytes(png(number))
    return inner


NAMES = ("0.png", "1.png", "2.png")


def test_a_folder_and_a_tar_file_of_the_same_files_give_the_same_pictures(folder: Path, tmp_path: Path) -> None:
    members = {name: (folder / name).read_bytes() for name in NAMES}
    tar = TarFiles.open(tarred(tmp_path / "all.tar", {"../evil.png": b"x", **members}))
    assert tar.names == NAMES, "links and unsafe names are passed over"
    here, there = PictureFiles(FolderFiles(folder, NAMES)), PictureFiles(tar.chosen(["1.png"]))
    assert np.array_equal(here.read(np.array([1]))[0], there.read(np.array([0]))[0])
    assert here.digests(np.array([1])) == there.digests(np.array([0]))
    assert "1.png of all.tar" in tar.chosen(["1.png"]).name(0)
    with pytest.raises(NotFound, match=r"no member 7\.png"):
        tar.chosen(["7.png"])


def test_a_picture_is_decoded_in_the_geometry_that_is_wanted(folder: Path) -> None:
    view = PictureFiles(FolderFiles(folder, NAMES)).wanting(ImageWant(4, 4, "crop"))
    assert [pixels.shape for pixels in view.read(np.arange(3))] == [(4, 4, 3)] * 3
    cleaned = PictureFiles(FolderFiles(folder, NAMES), ImageWant(4, 4, "crop"), cleaning=("grey-world",))
    assert not np.array_equal(cleaned.read(np.array([0]))[0], view.read(np.array([0]))[0])


def test_a_packed_or_damaged_tar_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    packed = tarred(tmp_path / "all.tar.gz", {"a.png": b"x"}, "w:gz")
    with pytest.raises(BadInput, match=r"no plain tar file.*unpack it"):
        TarFiles.open(packed)
    whole = TarFiles.open(tarred(tmp_path / "all.tar", {"a.png": png(0)}))
    (tmp_path / "all.tar").write_bytes((tmp_path / "all.tar").read_bytes()[:600])
    with pytest.raises(BadInput, match=r"cut off within a\.png"):
        whole.read(0)


def test_limits_bound_the_members_of_a_tar_file(tmp_path: Path) -> None:
    path = tarred(tmp_path / "all.tar", {"a": b"1234", "b": b"12"})
    assert len(TarFiles.open(path, Limits(max_member_bytes=4, max_archive_entries=2))) == 2
    with pytest.raises(TooLarge, match=r"a has 4 bytes; the limit .* is 3"):
        TarFiles.open(path, Limits(max_member_bytes=3))
    with pytest.raises(TooLarge, match="more than 1 entries"):
        TarFiles.open(path, Limits(max_archive_entries=1))


def test_a_file_outside_of_the_folder_is_never_read(folder: Path) -> None:
    with pytest.raises(PinakesError, match="outside the folder"):
        FolderFiles(folder, ("../secret.png",)).read(0)
    with pytest.raises(PinakesError, match=r"9\.png is not there"):
        FolderFiles(folder, ("9.png",)).read(0)


def test_what_is_no_picture_or_damaged_is_named(folder: Path) -> None:
    (folder / "0.png").write_bytes(b"just some words in a file")
    (folder / "1.png").write_bytes(png(1)[:60])
    view = PictureFiles(FolderFiles(folder, NAMES))
    with pytest.raises(Unsupported, match=r"0\.png is text/plain and no image"):
        view.read(np.array([0]))
    with pytest.raises(BadMedia, match=r"1\.png is damaged"):
        view.read(np.array([1]))
    assert set(unreadable(view)) == {0, 1}
    assert set(unreadable(view, np.array([1, 2]))) == {1}


def test_sounds_come_mono_at_16_khz_and_no_longer_than_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(0.5, 8_000))
    view = SoundFiles(FolderFiles(tmp_path, ("a.wav",)))
    (whole,) = view.read(np.array([0]))
    assert whole.shape == (8_000,) and whole.dtype == np.float32 and 0.4 < np.abs(whole).max() < 0.6
    (short,) = SoundFiles(FolderFiles(tmp_path, ("a.wav",)), seconds=0.25).read(np.array([0]))
    assert short.shape == (4_000,)
    with pytest.raises(Unsupported, match="no audio"):
        (tmp_path / "a.wav").write_bytes(png(0))
        view.read(np.array([0]))


def test_texts_are_parsed_when_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b" some words ")
    view = TextFiles(FolderFiles(tmp_path, ("a.txt",)), lambda data, name: data.decode().strip())
    assert view.read(np.array([0])) == [("some words",)]
    assert len(view.digests(np.array([0]))[0]) == 64


def packed(folder: Path, pack: Path, side: int = 4, most: int = 1 << 20) -> PackedPictures:
    return PackedPictures(PictureFiles(FolderFiles(folder, NAMES)), side, pack, most)


def test_packed_pictures_are_those_of_the_files_before_and_after(folder: Path, tmp_path: Path) -> None:
    rows = np.array([2, 0])
    told = np.stack(PictureFiles(FolderFiles(folder, NAMES), ImageWant(4, 4, "crop")).read(rows))
    first = packed(folder, tmp_path / "pack")
    assert np.array_equal(first.read(rows), told)
    # Nothing is decoded now.
    first._view = None  # type: ignore[assignment]
    assert np.array_equal(first.read(rows), told)
    assert np.array_equal(packed(folder, tmp_path / "pack").read(rows), told)
    assert first.read(np.array([], np.int64)).shape == (0, 4, 4, 3)


def test_filling_decodes_all_and_tells_what_can_not_be(folder: Path, tmp_path: Path) -> None:
    (folder / "1.png").write_bytes(png(1)[:60])
    found = packed(folder, tmp_path / "pack")
    told: list[tuple[int, int]] = []
    failed = found.fill(lambda done, of: told.append((done, of)))
    assert list(failed) == [1] and isinstance(failed[1], BadMedia)
    assert told == [(1, 3), (2, 3), (3, 3)]
    told.clear()
    found.fill(lambda done, of: told.append((done, of)))
    assert told == [(1, 1)], "only what failed is tried again"
    assert np.array_equal(found.read(np.array([2])), packed(folder, tmp_path / "other").read(np.array([2])))


def test_a_torn_row_is_decoded_again(folder: Path, tmp_path: Path) -> None:
    first = packed(folder, tmp_path / "pack")
    told = first.read(np.arange(3))
    (path,) = (tmp_path / "pack").glob("*.pixels")
    with path.open("r+b") as file:
        file.seek(4 * 4 * 3 + 5)
        file.write(b"\0" * 9)
    assert np.array_equal(packed(folder, tmp_path / "pack").read(np.arange(3)), told)


def test_changed_files_and_other_sides_are_packed_anew(folder: Path, tmp_path: Path) -> None:
    before = packed(folder, tmp_path / "pack").read(np.arange(3))
    (folder / "1.png").write_bytes(png(9, 7, 7))
    after = packed(folder, tmp_path / "pack").read(np.arange(3))
    assert np.array_equal(before[0], after[0]) and not np.array_equal(before[1], after[1])
    assert packed(folder, tmp_path / "pack", 5).read(np.array([0])).shape == (1, 5, 5, 3)


def test_no_more_is_kept_than_was_allowed(folder: Path, tmp_path: Path) -> None:
    small = packed(folder, tmp_path / "pack", most=2 * 48)
    whole = packed(folder, tmp_path / "whole")
    assert np.array_equal(small.read(np.arange(3)), whole.read(np.arange(3)))
    (path,) = (tmp_path / "pack").glob("*.pixels")
    assert path.stat().st_size == 2 * 48
    none = packed(folder, tmp_path / "none", most=0)
    assert np.array_equal(none.read(np.arange(3)), whole.read(np.arange(3)))


def test_members_of_a_tar_file_are_packed_too(folder: Path, tmp_path: Path) -> None:
    members = {name: (folder / name).read_bytes() for name in NAMES} | {"3.png": b"nothing"}
    tar = TarFiles.open(tarred(tmp_path / "all.tar", members))
    found = PackedPictures(PictureFiles(tar), 4, tmp_path / "pack")
    assert list(found.fill()) == [3]
    assert np.array_equal(found.read(np.arange(3)), packed(folder, tmp_path / "other").read(np.arange(3)))
