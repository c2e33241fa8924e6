"""Matrices of every kind of file, read as who wrote them meant them, and nothing in them unpickled."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import savemat
from scipy.sparse import csc_matrix

from pinakes.errors import BadInput, BadSetting, BadVector, NotFound, TooLarge, Unsupported
from pinakes.learn.data.layouts import read_layout
from pinakes.learn.data.layouts.features import read_features
from pinakes.learn.data.layouts.matrices import labels_of, matrices
from pinakes.limits import Limits

IMAGES = np.arange(12, dtype=np.float64).reshape(4, 3)
TAGS = np.eye(4, 5, dtype=np.uint8)
LABELS = np.array([[1, 0], [0, 1], [1, 1], [0, 1]], np.uint8)


def matlab73(path: Path, **found: np.ndarray) -> Path:
    """As MATLAB writes it: a block of its own, then HDF5 with columns first."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, matrix in found.items():
            file[name] = matrix.T
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(512))
    return path


def hdf5(path: Path, **found: np.ndarray) -> Path:
    with h5py.File(path, "w") as file:
        for name, matrix in found.items():
            file[name] = matrix
    return path


def written(folder: Path, kind: str) -> Path:
    found = {"image": IMAGES, "text": TAGS, "labels": LABELS}
    if kind == "npz":
        np.savez(folder / "all.npz", **found)
        return folder / "all.npz"
    if kind == "mat":
        savemat(
            folder / "all.mat", {**found, "text": csc_matrix(TAGS.astype(np.float64)), "note": "words", "c": {"d": 1}}
        )
        return folder / "all.mat"
    return matlab73(folder / "all.mat", **found) if kind == "mat73" else hdf5(folder / "all.h5", **found)


@pytest.mark.parametrize("kind", ["npz", "mat", "mat73", "h5"])
def test_every_kind_of_file_gives_the_same_set(tmp_path: Path, kind: str) -> None:
    found = read_features(written(tmp_path, kind)).set
    assert found.modalities == ("text", "image") and found.labels is not None
    assert np.array_equal(found.view("image").read(np.arange(4)), IMAGES)
    assert np.array_equal(found.view("text").read(np.arange(4)), TAGS)
    assert np.array_equal(found.labels, LABELS)


def test_columns_are_told_and_training_and_query_rows_put_under_each_other(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", F=IMAGES[:3], B=IMAGES[3:], C=np.array([5, 7, 5]), D=np.array([7]))
    found = read_features(tmp_path / "a.npz", {"image": "F + B", "labels": "C+D"})
    assert found.set.labels is not None and found.set.labels.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    split = found.official()
    assert (split.train, split.query, split.database) == (("0", "1", "2"), ("3",), ("0", "1", "2"))
    with pytest.raises(NotFound, match="no matrix named E"):
        read_features(tmp_path / "a.npz", {"image": "E"})
    with pytest.raises(BadInput, match="no features of any modality"):
        read_features(tmp_path / "a.npz", {"labels": "C"})
    np.savez(tmp_path / "b.npz", B=IMAGES)
    with pytest.raises(NotFound, match=r"None of the matrices in b\.npz has a name that is known: B"):
        read_features(tmp_path / "b.npz")


def test_a_role_that_features_do_not_have_is_not_passed_over(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", image=IMAGES, text=TAGS)
    with pytest.raises(BadSetting, match=r"Features have no txt\. Did you mean text"):
        read_features(tmp_path / "a.npz", {"image": "image", "txt": "text"})


def test_two_files_with_a_matrix_of_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    for name in ("train", "test"):
        np.savez(tmp_path / f"{name}.npz", image=IMAGES, text=TAGS)
    with pytest.raises(BadInput, match=r"test\.npz and train\.npz both hold a matrix named image"):
        read_layout("features", tmp_path)


def test_parts_that_differ_in_their_rows_do_not_shift_pairs(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", I_tr=IMAGES[:3], I_te=IMAGES[3:], T_tr=TAGS[:2], T_te=TAGS[2:], T=TAGS, L=LABELS)
    with pytest.raises(BadInput, match=r"differ in their rows: text 2 \+ 2, image 3 \+ 1"):
        read_features(tmp_path / "a.npz")
    with pytest.raises(BadInput, match=r"differ in their rows: image 3 \+ 1, labels 2 \+ 2"):
        np.savez(tmp_path / "b.npz", I_tr=IMAGES[:3], I_te=IMAGES[3:], L_tr=LABELS[:2], L_te=LABELS[2:])
        read_features(tmp_path / "b.npz")
    # What one modality tells of its parts holds for one whose matrix is whole.
    for image, text in (("I_tr + I_te", "T"), ("T", "I_tr + I_te")):
        assert read_features(tmp_path / "a.npz", {"image": image, "text": text}).official().query == ("3",)


def test_classes_may_have_names(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", image=IMAGES, labels=np.array(["狗", "cat", "狗", "a, b"]))
    found = read_features(tmp_path / "a.npz").set
    assert found.label_names == ("a, b", "cat", "狗") and found.labels is not None
    assert found.labels.tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
    with pytest.raises(BadInput, match=r"The image features of a\.npz are "):
        read_features(tmp_path / "a.npz", {"image": "labels"})
    np.savez(tmp_path / "b.npz", image=IMAGES.astype(str))
    with pytest.raises(BadInput, match=r"The image features of b\.npz are no numbers"):
        read_features(tmp_path / "b.npz")


@pytest.mark.parametrize("kind", ["npz", "mat", "mat73", "h5", "h5 bytes"])
def test_names_of_classes_are_read_from_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    names = ["cat", "löwe", "cat", "a dog"]
    path = tmp_path / f"a.{kind.removesuffix('73').removesuffix(' bytes')}"
    if kind == "npz":
        np.savez(path, image=IMAGES, labels=np.array([name.encode() for name in names]))
    elif kind == "mat":
        savemat(path, {"image": IMAGES, "labels": np.array(names)})
    elif kind == "mat73":
        matlab73(path, image=IMAGES, labels=np.array([[*map(ord, name.ljust(5))] for name in names], np.uint16))
        with h5py.File(path, "r+") as file:
            file["labels"].attrs["MATLAB_class"] = np.bytes_("char")
    else:
        hdf5(path, image=IMAGES)
        with h5py.File(path, "r+") as file:
            of_any_length = h5py.string_dtype()
            file["labels"] = [name.encode() for name in names] if kind == "h5 bytes" else np.array(names, of_any_length)
    found = read_features(path).set
    assert found.label_names == ("a dog", "cat", "löwe") and found.labels is not None
    assert found.labels.tolist() == [[0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_labels_that_are_no_matrix_are_told_of_and_other_things_passed_over(tmp_path: Path) -> None:
    cells = np.array([["cat"], ["dog"], ["cat"], ["dog"]], np.object_)
    savemat(tmp_path / "a.mat", {"image": IMAGES, "labels": cells, "T": {"began": 1.0}})
    with pytest.raises(BadInput, match=r"labels of a\.mat is no matrix of numbers or of texts\. .*char\(NAMES\)"):
        read_features(tmp_path / "a.mat")
    assert read_features(tmp_path / "a.mat", {"image": "image"}).set.labels is None
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["image"] = IMAGES
        file["labels"] = np.array([(1, 2.0)] * 4, [("a", "i4"), ("b", "f8")])
    with pytest.raises(BadInput, match=r"labels of a\.h5 is no matrix"):
        read_features(tmp_path / "a.h5")


def test_names_that_are_no_utf8_are_told_of(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", image=IMAGES, labels=np.array([b"caf\xe9"] * 4))
    with pytest.raises(BadInput, match=r"a\.npz is damaged, or holds what is no matrix: .*utf-8"):
        read_features(tmp_path / "a.npz")


def test_texts_that_one_long_one_would_blow_up_are_refused(tmp_path: Path) -> None:
    hdf5(tmp_path / "a.h5", image=IMAGES)
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file["labels"] = np.array(["x" * 50, "b", "c", "d"], h5py.string_dtype())
    assert matrices(tmp_path / "a.h5", Limits(max_archive_bytes=800))["labels"].shape == (4,)
    with pytest.raises(TooLarge, match="take 800 bytes; the limit is 799"):
        matrices(tmp_path / "a.h5", Limits(max_archive_bytes=799))


def test_labels_of_the_training_rows_alone_are_not_passed_over(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", I_tr=IMAGES[:3], I_te=IMAGES[3:], L_tr=LABELS[:3])
    with pytest.raises(BadInput, match="differ in their rows: image 4, labels 3"):
        read_features(tmp_path / "a.npz")


def test_the_usual_names_of_papers_are_known(tmp_path: Path) -> None:
    savemat(tmp_path / "mirflickr25k-iall.mat", {"IAll": IMAGES})
    savemat(tmp_path / "mirflickr25k-yall.mat", {"YAll": TAGS})
    savemat(tmp_path / "mirflickr25k-lall.mat", {"LAll": LABELS})
    found = read_layout("mirflickr25k", tmp_path).set
    assert np.array_equal(found.view("image").read(np.arange(4)), IMAGES)
    assert found.modalities == ("image", "text") and np.array_equal(found.labels, LABELS)  # type: ignore[arg-type]
    assert read_layout("features", tmp_path).set.modalities == ("text", "image")
    np.savez(
        tmp_path / "wiki.npz",
        I_tr=IMAGES[:3],
        T_tr=TAGS[:3],
        L_tr=[[1], [2], [1]],
        I_te=IMAGES[3:],
        T_te=TAGS[3:],
        L_te=[[2]],
    )
    wiki = read_layout("wikipedia", tmp_path)
    assert wiki.official().query == ("3",) and wiki.set.labels is not None and wiki.set.labels[3].tolist() == [0, 1]


def test_pictures_in_a_matrix_are_pictures_whatever_their_axes(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3), np.uint8)
    savemat(tmp_path / "mirflickr25k-lall.mat", {"LAll": LABELS})
    for axes in ((0, 1, 2, 3), (0, 3, 1, 2), (1, 2, 3, 0)):
        savemat(tmp_path / "mirflickr25k-iall.mat", {"IAll": pixels.transpose(axes)})
        view = read_layout("mirflickr25k", tmp_path).set.view("image")
        assert view.kind == "pixels" and np.array_equal(view.read(np.arange(4)), pixels)


def test_packed_tags_and_labels_are_unpacked(tmp_path: Path) -> None:
    starts, columns = np.arange(5), np.arange(4)
    packed = {"labels": np.packbits(LABELS, axis=1), "n_labels": 2, "n_tags": 5}
    np.savez(tmp_path / "mirflickr25k_tags_labels.npz", tag_indptr=starts, tag_indices=columns, **packed)
    found = read_layout("mirflickr25k", tmp_path).set
    assert np.array_equal(found.view("text").read(np.arange(4)), TAGS) and np.array_equal(found.labels, LABELS)  # type: ignore[arg-type]
    np.savez(tmp_path / "mirflickr25k_tags_labels.npz", tag_indptr=starts[:-1], tag_indices=columns, **packed)
    with pytest.raises(BadInput, match="do not fit its 4 rows"):
        read_layout("mirflickr25k", tmp_path)


def test_nothing_is_ever_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "evil.npz", image=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BadInput, match=r"evil\.npz is damaged, or holds what is no matrix"):
        matrices(tmp_path / "evil.npz")
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match="is damaged"):
        matrices(tmp_path / "evil.npy")


@pytest.mark.parametrize("name", ["a.npz", "a.mat", "a.h5", "a.npy"])
def test_damaged_files_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x93nothing of the kind" * 40)
    with pytest.raises(BadInput, match=f"{name} is damaged"):
        matrices(tmp_path / name)
    with pytest.raises(Unsupported, match="no file of matrices"):
        (tmp_path / "a.txt").write_text("1 2")
        matrices(tmp_path / "a.txt")


@pytest.mark.parametrize("kind", ["npz", "mat", "mat73", "h5"])
def test_matrices_beyond_the_limit_are_refused_before_they_are_read(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind)
    with pytest.raises(TooLarge, match="the limit is 90"):
        matrices(path, Limits(max_archive_bytes=90))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"image": np.where(IMAGES == 7, np.nan, IMAGES)}, BadVector, "NaN, infinity or .* in row 2, column 1"),
        ({"image": np.where(IMAGES == 7, 1e300, IMAGES)}, BadVector, "a number too large in row 2, column 1"),
        ({"labels": LABELS[:3]}, BadInput, "differ in their rows: text 4, image 4, labels 3"),
        ({"text": TAGS[:2]}, BadInput, "differ in their rows: text 2, image 4, labels 4"),
        ({"labels": LABELS * 2}, BadInput, "row 0, column 0"),
        ({"labels": np.array([0.5, 1, 2, 3])}, BadInput, "not whole numbers"),
        ({"image": IMAGES[:0], "text": TAGS[:0], "labels": LABELS[:0]}, BadInput, "is empty"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, np.ndarray], error: type[Exception], message: str
) -> None:
    np.savez(tmp_path / "all.npz", **{"image": IMAGES, "text": TAGS, "labels": LABELS, **change})
    with pytest.raises(error, match=message):
        read_features(tmp_path / "all.npz")


def test_one_column_of_classes_becomes_a_label_for_each() -> None:
    assert labels_of(np.array([[3], [1], [3]]), "L").tolist() == [[0, 1], [1, 0], [0, 1]]
    assert labels_of(np.array([[3, 1, 3]]), "L").tolist() == [[0, 1], [1, 0], [0, 1]]
    assert labels_of(np.array([[0], [1]]), "L").tolist() == [[0], [1]]


@pytest.mark.parametrize("kind", ["npz", "mat", "h5", "npy"])
def test_complex_numbers_are_told_of_where_they_are_asked_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"image.{kind}"
    found = {"image": IMAGES * 1j, "text": TAGS, "labels": LABELS, "phase": IMAGES * 1j}
    if kind == "npy":
        np.save(path, found["image"])
    else:
        {"npz": np.savez, "mat": lambda path, **found: savemat(path, found), "h5": hdf5}[kind](path, **found)
    with pytest.raises(BadInput, match=f"The matrix image of image.{kind} holds complex numbers"):
        read_features(path)
    if kind != "npy":
        assert list(read_features(path, {"text": "text", "labels": "labels"}).set.views) == ["text"]
