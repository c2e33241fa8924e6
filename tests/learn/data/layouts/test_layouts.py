"""Folders of benchmarks: rows, texts, labels and official parts of tiny ones in each layout."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import BadInput, BadMedia, NotFound, PinakesError, UnknownName
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts import LAYOUTS, Loaded, read_layout
from pinakes.learn.data.memory import Texts
from pinakes.learn.data.splits import check
from tests.learn.data.layouts.makers import jpeg, lines, tar, text, wav


def texts(found: Loaded) -> list[tuple[str, ...]]:
    read: list[tuple[str, ...]] = found.set.view("text").read(np.arange(len(found.set)))
    return read


def labels(found: Loaded) -> list[list[str]]:
    assert found.set.labels is not None
    return [[found.set.label_names[n] for n in np.flatnonzero(row)] for row in found.set.labels]


def pictures(found: Loaded) -> int:
    return len(found.set.view("image").read(np.arange(len(found.set))))


def mirflickr(folder: Path) -> Path:
    for number in range(1, 26):
        jpeg(folder / f"mirflickr/im{number}.jpg", number)
        rare = ["rare"] if number < 5 else []
        text(folder / f"mirflickr/meta/tags/tags{number}.txt", *(["sky"] if number <= 22 else []), *rare)
    text(folder / "mirflickr25k_annotations_v080/sea.txt", *map(str, range(1, 12)), "23")
    text(folder / "mirflickr25k_annotations_v080/sea_r1.txt", "1")
    text(folder / "mirflickr25k_annotations_v080/night.txt", "3", "22")
    return folder


def test_mirflickr_keeps_pairs_with_a_label_and_a_frequent_tag(tmp_path: Path) -> None:
    found = read_layout("mirflickr25k", mirflickr(tmp_path))
    assert found.set.ids == tuple(f"im{n}" for n in (*range(1, 12), 22))
    assert found.set.label_names == ("night", "sea")
    assert labels(found)[2] == ["night", "sea"] and labels(found)[-1] == ["night"]
    assert texts(found)[0] == ("sky",), "a tag that is rare is none"
    assert pictures(found) == 12 and "13 of 25 pictures have no label, or no tag" in found.notes[-1]


def nus_wide(folder: Path, tags: str = "1\t0\n0\t0\n1\t1\n0\t1\n") -> Path:
    text(folder / "ImageList/Imagelist.txt", "cats\\1_10.jpg", "cats\\2_20.jpg", "dogs\\3_30.jpg", "dogs\\4_40.jpg")
    for name, flags in (("cat", "1100"), ("dog", "0011"), ("sky", "1111"), ("rare", "0001")):
        text(folder / f"Groundtruth/AllLabels/Labels_{name}.txt", *flags)
    text(folder / "NUS_WID_Tags/TagList1k.txt", "fur", "tail")
    (folder / "NUS_WID_Tags/AllTags1k.txt").write_text(tags)
    return folder


def test_nus_wide_keeps_pairs_with_a_frequent_label_and_a_tag(tmp_path: Path) -> None:
    from pinakes.learn.data.layouts.nus_wide import read
    from pinakes.limits import Limits

    found = read(nus_wide(tmp_path), Limits(), top=3)
    assert found.set.ids == ("cats/1_10", "dogs/3_30", "dogs/4_40")
    assert found.set.label_names == ("cat", "dog", "sky"), "the most frequent, in the order of their files"
    assert texts(found) == [("fur",), ("fur tail",), ("tail",)]
    assert labels(found) == [["cat", "sky"], ["dog", "sky"], ["dog", "sky"]]
    assert found.set.modalities == ("text",)
    jpeg(tmp_path / "Flickr/dogs/4_40.jpg")
    seen = read_layout("nus-wide-10", tmp_path)
    assert seen.set.ids == ("dogs/4_40",) and pictures(seen) == 1
    assert "2 of 3 files are not in Flickr" in seen.notes[-1]


@pytest.mark.parametrize(
    ("tags", "message"),
    [("1\t0\n0\n1\t1\n0\t1\n", "Line 2 of AllTags1k.txt has 1 numbers; there are 2"), ("1\t0\n", "has 1 lines; 4")],
)
def test_nus_wide_with_wrong_sizes_is_refused(tmp_path: Path, tags: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_layout("nus-wide-21", nus_wide(tmp_path, tags))


def test_nus_wide_with_labels_that_are_no_labels_is_refused(tmp_path: Path) -> None:
    text(nus_wide(tmp_path) / "Groundtruth/AllLabels/Labels_cat.txt", "1", "0", "7", "0")
    with pytest.raises(BadInput, match="must have 4 lines of 0 or 1"):
        read_layout("nus-wide-21", tmp_path)


def coco(folder: Path) -> Path:
    inner = folder / "annotations"
    inner.mkdir()
    for part, number in (("train2014", 7), ("val2014", 9)):
        images = [{"id": number, "file_name": f"{number}.jpg"}, {"id": number + 1, "file_name": f"{number + 1}.jpg"}]
        told = [{"image_id": number, "caption": " A dog. "}, {"image_id": number, "caption": "Dogs"}]
        told.append({"image_id": number + 1, "caption": "nothing that has a name"})
        (inner / f"captions_{part}.json").write_text(json.dumps({"images": images, "annotations": told}))
        kinds = [{"id": 1, "name": "person"}, {"id": 18, "name": "dog"}]
        objects = [{"image_id": number, "category_id": 18}, {"image_id": number, "category_id": 18}]
        (inner / f"instances_{part}.json").write_text(json.dumps({"categories": kinds, "annotations": objects}))
    return folder


def test_coco_keeps_pictures_with_captions_and_labels(tmp_path: Path) -> None:
    found = read_layout("coco", coco(tmp_path))
    assert found.set.ids == ("7", "9") and texts(found)[0] == ("A dog.", "Dogs")
    assert labels(found) == [["dog"], ["dog"]] and found.set.label_names == ("person", "dog")
    assert found.set.modalities == ("text",)
    jpeg(tmp_path / "val2014/9.jpg")
    seen = read_layout("coco", tmp_path)
    assert seen.set.ids == ("9",) and pictures(seen) == 1
    (tmp_path / "annotations/captions_val2014.json").write_text("[1, 2")
    with pytest.raises(BadInput, match="is no JSON"):
        read_layout("coco", tmp_path)
    (tmp_path / "annotations/captions_val2014.json").write_text("[]")
    with pytest.raises(BadInput, match="no file of COCO's"):
        read_layout("coco", tmp_path)


def test_flickr8k_takes_the_official_lists(tmp_path: Path) -> None:
    for number in range(3):
        jpeg(tmp_path / f"Flicker8k_Dataset/{number}.jpg", number)
    text(tmp_path / "Flickr8k.token.txt", *(f"{n}.jpg#{k}\tcaption {k} of {n}" for n in range(4) for k in range(2)))
    for part, name in (("trainImages", "0.jpg"), ("devImages", "1.jpg"), ("testImages", "2.jpg")):
        text(tmp_path / f"Flickr_8k.{part}.txt", name)
    found = read_layout("flickr8k", tmp_path)
    assert texts(found)[1] == ("caption 0 of 1", "caption 1 of 1") and pictures(found) == 3
    assert "1 of 4 files are not in Flicker8k_Dataset" in found.notes[0]
    split = found.official()
    assert (split.train, split.validation, split.query, split.database) == (("0.jpg",), ("1.jpg",), ("2.jpg",), ())
    check(found.set, split)


@pytest.mark.parametrize(
    ("name", "head", "line"),
    [
        ("results.csv", "image_name| comment_number| comment", "{0}.jpg| 0| Two men, one hat ."),
        ("results_20130124.token", "", "{0}.jpg#0\tTwo men, one hat ."),
        ("captions.txt", "image,caption", '{0}.jpg,"Two men, one hat ."'),
        ("captions.txt", "image,caption", "{0}.jpg,Two men, one hat ."),
    ],
)
def test_flickr30k_reads_captions_however_they_came(tmp_path: Path, name: str, head: str, line: str) -> None:
    text(tmp_path / name, *([head] if head else []), *(line.format(n) for n in range(3)))
    images = [
        {"filename": f"{n}.jpg", "split": part, "sentences": [{"raw": "x"}]}
        for n, part in enumerate(("train", "val", "test"))
    ]
    (tmp_path / "dataset_flickr30k.json").write_text(json.dumps({"images": images}))
    found = read_layout("flickr30k", tmp_path)
    assert texts(found) == [("Two men, one hat .",)] * 3
    assert found.official().query == ("2.jpg",) and found.official().train == ("0.jpg",)
    (tmp_path / name).unlink()
    assert texts(read_layout("flickr30k", tmp_path)) == [("x",)] * 3, "captions of the split will do"


def test_a_line_without_caption_is_named(tmp_path: Path) -> None:
    text(tmp_path / "results.csv", "image_name| comment_number| comment", "1.jpg| 0| a", "2.jpg")
    with pytest.raises(BadInput, match=r"Line 3 of results\.csv has no picture and caption"):
        read_layout("flickr30k", tmp_path)


def test_wikipedia_reads_texts_pictures_and_the_two_lists(tmp_path: Path) -> None:
    text(tmp_path / "trainset_txt_img_cat.list", "aaa\tpic1\t1", "bbb\tpic2\t10")
    text(tmp_path / "testset_txt_img_cat.list", "ccc\tpic3\t2")
    for name in ("aaa", "bbb", "ccc"):
        text(
            tmp_path / f"texts/{name}.xml", "<document><title>x</title><text>The words", f"of {name}.</text></document>"
        )
    for number, category in ((1, "art"), (2, "warfare"), (3, "biology")):
        jpeg(tmp_path / f"images/{category}/pic{number}.jpg", number)
    found = read_layout("wikipedia", tmp_path)
    assert texts(found)[1] == ("The words of bbb.",) and labels(found) == [["art"], ["warfare"], ["biology"]]
    split = found.official()
    assert split.query == ("ccc pic3",) and split.database == split.train == ("aaa pic1", "bbb pic2")
    text(tmp_path / "texts/aaa.xml", '<!DOCTYPE d [<!ENTITY e "x">]><document><text>&e;</text></document>')
    with pytest.raises(BadMedia, match="document type"):
        texts(found)
    text(tmp_path / "testset_txt_img_cat.list", "ccc\tpic3\t11")
    with pytest.raises(BadInput, match="Line 1 of testset"):
        read_layout("wikipedia", tmp_path)


def test_pascal_sentence_reads_a_folder_for_each_class(tmp_path: Path) -> None:
    for name, number in (("bird/2008_1", 1), ("cat/2008_2", 2), ("cat/2008_3", 3)):
        text(tmp_path / f"sentence/{name}.txt", "A first.", "", "A second.")
        if number < 3:
            jpeg(tmp_path / f"dataset/{name}.jpg", number)
    found = read_layout("pascal-sentence", tmp_path)
    assert found.set.ids == ("bird/2008_1", "cat/2008_2") and texts(found)[0] == ("A first.", "A second.")
    assert labels(found) == [["bird"], ["cat"]] and pictures(found) == 2


def test_esc_reads_the_table_and_its_folds(tmp_path: Path) -> None:
    rows = [f"{fold}-1-A-0.wav,{fold},0,sea_waves,{fold < 3},1,A" for fold in range(1, 5)]
    text(tmp_path / "meta/esc50.csv", "filename,fold,target,category,esc10,src_file,take", *rows)
    for fold in range(1, 5):
        wav(tmp_path / f"audio/{fold}-1-A-0.wav")
    found = read_layout("esc-50", tmp_path)
    assert len(found.set) == 4 and texts(found)[0] == ("sea waves",)
    assert found.set.view("audio").read(np.array([0]))[0].shape == (1_600,)
    split = found.official("fold2")
    assert split.query == ("2-1-A-0.wav",) and len(split.train) == 3 == len(split.database)
    assert len(read_layout("esc-10", tmp_path).set) == 2
    with pytest.raises(NotFound, match="no fold named fold9"):
        found.official("fold9")
    text(tmp_path / "meta/esc50.csv", "file,fold")
    with pytest.raises(BadInput, match="lacks one of the columns"):
        read_layout("esc-50", tmp_path)


def test_esc_10_reads_the_older_folders_of_classes(tmp_path: Path) -> None:
    wav(tmp_path / "001 - Dog bark/1-30226-A.ogg")
    wav(tmp_path / "010 - Fire crackling/3-1-A.ogg")
    found = read_layout("esc-10", tmp_path)
    assert labels(found) == [["dog bark"], ["fire crackling"]] and set(found.folds.values()) == {"fold1", "fold3"}


def test_tables_beside_tar_files_are_read_with_labels_of_several_columns(tmp_path: Path) -> None:
    for part, numbers in (("train", (1, 2)), ("dev", (3,))):
        files = [jpeg(tmp_path / "jpg" / f"{n}.jpg", n) for n in numbers]
        tar(tmp_path / f"images_{part}.tar", *files)
        rows = [
            {"image": f"{n}.jpg", "title": f"t{n}", "article_type": "Shirt", "sub_category": "Top"} for n in numbers
        ]
        lines(tmp_path / f"items_{part}.jsonl", *rows)
    found = read_layout("fashion-table", tmp_path)
    assert found.set.label_names == ("article_type: Shirt", "sub_category: Top")
    assert texts(found) == [("t1",), ("t2",), ("t3",)] and pictures(found) == 3
    assert found.set.view("image").digests(np.array([2])) != found.set.view("image").digests(np.array([1]))
    split = found.official()
    assert split.query == ("3.jpg",) and split.database == ("1.jpg", "2.jpg")
    lines(tmp_path / "items_dev.jsonl", {"title": "x"})
    with pytest.raises(BadInput, match=r"Line 1 of items_dev\.jsonl has no image"):
        read_layout("fashion-table", tmp_path)
    lines(tmp_path / "items_dev.jsonl", {"image": "3.jpg", "name": "x"})
    with pytest.raises(BadInput, match=r"items_dev\.jsonl has no column title"):
        read_layout("fashion-table", tmp_path)
    text(tmp_path / "items_dev.jsonl", "[1]")
    with pytest.raises(BadInput, match="is no object"):
        read_layout("fashion-table", tmp_path)


def test_labels_of_another_table_are_added_by_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "images_train").mkdir()
    for n in range(2):
        jpeg(tmp_path / "images_train" / f"{n}.jpg", n)
    lines(tmp_path / "captions_train.jsonl", *({"image": f"{n}.jpg", "captions": ["a", "b"]} for n in range(2)))
    lines(
        tmp_path / "concepts.jsonl", {"image": "0.jpg", "concepts": ["dog", "sky"]}, {"image": "1.jpg", "concepts": []}
    )
    found = read_layout("captions-table", tmp_path)
    assert labels(found) == [["dog", "sky"], []] and texts(found)[0] == ("a", "b") and pictures(found) == 2


def test_clips_come_with_their_folds(tmp_path: Path) -> None:
    tar(tmp_path / "audio.tar", wav(tmp_path / "a.wav"), wav(tmp_path / "b.wav"))
    rows = [{"audio": f"{n}.wav", "title": n, "category": "rain", "fold": k} for k, n in enumerate("ab", 1)]
    lines(tmp_path / "clips.jsonl", *rows)
    found = read_layout("clips-table", tmp_path)
    assert found.official("fold2").query == ("b.wav",) and found.set.view("audio").kind == "sounds"


@pytest.mark.parametrize("name", LAYOUTS.names())
def test_an_empty_folder_says_what_is_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(PinakesError) as caught:
        read_layout(name, tmp_path)
    assert caught.value.code in ("not-found", "bad-input") and caught.value.hint
    with pytest.raises(NotFound, match="is no folder"):
        read_layout(name, tmp_path / "none")


def test_an_unknown_layout_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no layout named flickr9k"):
        read_layout("flickr9k", Path())


def test_a_set_without_lists_has_no_official_split() -> None:
    found = Loaded(TrainingSet("made", ("a",), {"text": Texts([("x",)])}))
    with pytest.raises(NotFound, match="made came without official lists"):
        found.official()
