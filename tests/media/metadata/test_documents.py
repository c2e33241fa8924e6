"""What PDFs say of themselves."""

from __future__ import annotations

import pytest

from pinakes.limits import Limits
from pinakes.media.metadata.documents import of_pdf


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("On the Lighthouses of Crete", "On the Lighthouses of Crete"),
        ("Microsoft Word - lamps, final.docx", "lamps, final"),
        ("Microsoft PowerPoint - The Lamps", "The Lamps"),
        ("A note on Microsoft Word - and its lamps.doc", "A note on Microsoft Word - and its lamps.doc"),
        ("Document 12 of the harbour office", "Document 12 of the harbour office"),
        ("Microsoft Word - Document1", ""),
        ("Dokument3", ""),
        ("Untitled", ""),
        ("untitled-2", ""),
        ("Slide 1", ""),
        ("PowerPoint-Pr\u00e4sentation", ""),
        ("\u65e0\u6807\u9898", ""),
    ],
)
def test_a_title_that_a_program_gave_by_itself_is_none(told: str, title: str) -> None:
    assert of_pdf({"Title": told, "Author": "Ilse Maravant"}, Limits()).get("title", ("",)) == (title,)
