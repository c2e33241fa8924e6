"""The page about metadata: the vocabulary, the names that mean the same, and where values come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags

from docs.pages.markdown import code, codes, page, table
from pinakes.media.metadata import documents, exif, tags, vocabulary, xmp
from pinakes.sources import columns

MEANING = {
    "title": "what the work is called",
    "creator": "who made it",
    "contributor": "who else had a part in it: editor, translator, performer",
    "publisher": "who published it",
    "date": "when it was made or published: a year, a month or a day in ISO form; the first that can be read",
    "language": "the language, as a short tag such as `en` or `zh-cn`",
    "subjects": "what it is about, in words of a subject list or free ones",
    "labels": "classes, as training and evaluation use them",
    "rights": "who may do what with it",
    "description": "a caption, an abstract, a comment",
    "type": "what kind of work it is",
    "format": "its format, as its source names it",
    "identifier": "its numbers elsewhere: ISBN, DOI, a shelf mark",
    "source": "from what it was made",
    "relation": "what it belongs to",
    "coverage": "the place or time that it is about",
}
_INTRODUCTION = """Dublin Core is the common vocabulary. Whatever a file, a table or a sidecar calls a field, it is
stored under one of these names where it means the same; every other field is kept under its own name, in small
letters, digits and `_`, and can be searched (`camera:nikon`) and filtered (`iso>=800`) like them."""
_VALUES = """A field holds one value or several. Subjects and labels are split at `;` and `|` (keywords also at
commas), dates are put into ISO form, languages into short tags. What a person says wins over a sidecar, a sidecar
over a table, a table over the medium: a sidecar or table that names a field replaces the medium's values of that
field and leaves the others."""
_SIDECARS = """`NAME.EXT.json` or `NAME.json` beside a medium holds a JSON object of fields, `NAME.EXT.xmp` or
`NAME.xmp` an XMP packet. Objects in objects are joined by `_`."""


def fields() -> str:
    """The page."""
    return page(
        "Metadata fields",
        _INTRODUCTION,
        table(
            ("field", "meaning", "names that mean the same"),
            [(code(name), MEANING[name], codes(_aliases(name))) for name in vocabulary.FIELDS],
        ),
        "A prefix such as `dc:`, `dcterms.`, `og:` or `xmp:` is taken off before a name is looked up. Accents, case, "
        "spaces and hyphens do not matter.",
        _VALUES,
        "## Sidecar files",
        _SIDECARS,
        "## Columns of tables",
        "A column whose name is one of these is no field, unless `--map` says otherwise; every other column is the "
        "field of its name.",
        table(
            ("role", "columns"),
            [
                (code(role), codes(sorted(names)))
                for role, names in (
                    (columns.PATH, columns._PATHS),
                    (columns.ID, columns._IDS),
                    (columns.WORK, columns._WORKS),
                    (columns.ADDRESS, columns._ADDRESSES),
                )
            ],
        ),
        "## From pictures",
        "XMP, IPTC, EXIF and text chunks, in this order of trust.",
        table(("EXIF", "field"), _exif()),
        table(("IPTC", "field"), [(f"`{a}:{b:03}`", code(name)) for (a, b), name in exif._IPTC.items()]),
        "XMP properties are fields under their own names, but for "
        + _changed(xmp._OWN_NAMES)
        + ". The notes of programs to themselves are left out.",
        "## From PDFs and ebooks",
        table(("PDF", "field"), [(code(a), code(b)) for a, b in documents._PDF_NAMES.items()]),
        "An EPUB's package is Dublin Core already; a creator whose role is not author is a contributor.",
        "## From sound and film",
        "ID3, Vorbis, MP4 and Matroska tags are fields under their own names, but for "
        + _changed(tags._OWN_NAMES)
        + ".",
    )


def _aliases(field: str) -> list[str]:
    """All names that mean a field, shown as they are looked up."""
    found: dict[str, list[str]] = defaultdict(list)
    for alias, meant in vocabulary._ALIASES.items():
        found[meant].append(alias)
    return found[field]


def _changed(names: Mapping[str, str]) -> str:
    return ", ".join(f"`{theirs}`, which is `{ours}`" for theirs, ours in names.items())


def _exif() -> list[tuple[str, str]]:
    groups: tuple[Mapping[Any, str], ...] = (exif._BASE, exif._WINDOWS, exif._DETAIL)
    rows = [(code(tag.name), code(vocabulary.canonical(field))) for group in groups for tag, field in group.items()]
    rows += [
        ("`Make`, `Model`", "`camera`"),
        (codes(tag.name for tag in exif._DATES), "`date`"),
        (code(ExifTags.Base.DateTime.name), "`modified`"),
        (code(ExifTags.Base.UserComment.name), "`description`"),
        ("`GPSLatitude`, `GPSLongitude`", "`gps`, in degrees"),
    ]
    return rows
