"""Every number that bounds untrusted input, with its name, unit and reason; each is also a setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


def limit(default: float, unit: str, help: str, *, least: float = 0, most: float | None = None) -> Any:
    """A field of `Limits`: its value, its unit and the sentence that the reference prints.

    No number above `most` is taken, and where it is changed while a library is served none below `least`.
    """
    return field(default=default, metadata={"unit": unit, "help": help, "least": least, "most": most})


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds in force; every one can be set by name like any other setting."""

    # What a single medium may be.
    max_file_bytes: int = limit(4 * GIB, "bytes", "largest file that is read at all")
    max_megapixels: int = limit(100, "megapixels", "largest picture, counted from its header before decoding")
    max_image_pages: int = limit(64, "pages", "pages read from a picture file of several pages, such as a TIFF scan")
    max_text_bytes: int = limit(64 * MIB, "bytes", "largest text file")
    max_pages: int = limit(5_000, "pages", "largest number of pages in a PDF")
    max_chapters: int = limit(2_000, "chapters", "largest number of chapters in an ebook")
    max_seconds: int = limit(6 * 3600, "seconds", "longest sound or film")
    max_channels: int = limit(64, "channels", "largest number of channels in a sound")
    min_sample_rate: int = limit(1_000, "Hz", "lowest sample rate of a sound")
    max_sample_rate: int = limit(768_000, "Hz", "highest sample rate of a sound")
    max_parts: int = limit(20_000, "parts", "largest number of parts of one item")
    max_part_bytes: int = limit(
        64 * MIB, "bytes", "largest text and arrays of one part that a decoding child hands over"
    )
    max_metadata_bytes: int = limit(1 * MIB, "bytes", "largest block of embedded metadata or sidecar file that is read")
    max_profile_bytes: int = limit(4 * MIB, "bytes", "largest embedded colour profile that is applied")
    max_field_chars: int = limit(65_536, "characters", "longest value of one metadata field")
    max_fields: int = limit(1_000, "values", "largest number of metadata values of one item")
    max_member_bytes: int = limit(128 * MIB, "bytes", "largest entry of an ebook that is read")
    max_xml_elements: int = limit(
        200_000, "elements", "largest number of elements in a piece of XML, such as an ebook's"
    )
    max_xml_depth: int = limit(200, "levels", "how deep the elements of XML may lie in each other")
    max_line_bytes: int = limit(4 * MIB, "bytes", "longest line of a table of works")

    # What the child processes that decode media may use.
    decode_memory_mib: int = limit(1024, "MiB", "memory that a decoding child may take beyond its start", least=64)
    decode_cpu_seconds: int = limit(5, "seconds", "processor time a decoding child may spend without delivering a part")
    decode_silent_seconds: int = limit(
        60, "seconds", "time a decoding child may be silent before it is stopped", least=1
    )
    decode_total_seconds: int = limit(3600, "seconds", "time that one file may take to decode", least=1)
    decode_open_files: int = limit(64, "files", "open files of a decoding child", least=8)
    decode_written_bytes: int = limit(0, "bytes", "bytes that a decoding child may write to files")
    small_text_bytes: int = limit(64 * KIB, "bytes", "largest plain text that is decoded without a child process")

    # Archives, checked while reading.
    max_archive_entries: int = limit(50_000, "entries", "largest number of entries in an archive")
    max_archive_bytes: int = limit(16 * GIB, "bytes", "largest total size of an archive's entries when unpacked")
    max_archive_ratio: int = limit(100, "times", "largest ratio of unpacked to packed size")
    max_archive_depth: int = limit(2, "levels", "how deep archives may lie in archives")

    # Queries.
    max_query_chars: int = limit(20_000, "characters", "longest query", least=1)
    max_query_terms: int = limit(64, "terms", "largest number of terms and filters in a query", least=1)
    max_query_words: int = limit(512, "words", "words of one text term that are looked up")
    max_understood_words: int = limit(
        64, "words", "longest text term whose words are understood as names, dates and so on; longer ones stay plain"
    )
    max_authority_names: int = limit(
        4_000_000, "names", "names of people, places, subjects and titles by which words are understood"
    )
    max_prefix_words: int = limit(
        2_000, "words", "words of the library that one prefix may stand for, the most frequent ones"
    )
    max_results: int = limit(1_000, "hits", "largest number of hits on one page of results", least=1)
    max_depth: int = limit(10_000, "hits", "how deep one may page into the results", least=1)
    query_seconds: float = limit(5.0, "seconds", "time after which a query is given up", least=0.1)

    # Published models.
    max_model_bytes: int = limit(16 * GIB, "bytes", "largest total size of a published model that is fetched")
    max_model_files: int = limit(10_000, "files", "largest number of files in a published model's listing")
    max_model_config_bytes: int = limit(64 * MIB, "bytes", "largest configuration or listing that comes with a model")

    # Pages and the API.
    max_upload_bytes: int = limit(64 * MIB, "bytes", "largest medium that is handed in to search with")
    max_uploads_bytes: int = limit(1 * GIB, "bytes", "room of all media handed in; those used longest ago go first")
    upload_hours: float = limit(168.0, "hours", "time after which a medium handed in goes unless it is used")
    max_body_bytes: int = limit(64 * KIB, "bytes", "largest body of any other request", least=4_096)
    max_page_hits: int = limit(100, "hits", "largest number of hits on a page for the browser or of the API", least=1)
    max_page_parts: int = limit(500, "parts", "largest number of parts in one answer of the API", least=1)
    request_seconds: float = limit(30.0, "seconds", "time after which a request is given up", least=1)
    requests_at_once: int = limit(32, "requests", "requests that are worked on at the same time", least=1)
    requests_waiting: int = limit(256, "requests", "further requests that wait for their turn; the rest is sent away")
    wait_seconds: float = limit(
        3.5, "seconds", "time for which a request may wait for its turn; what would wait longer is sent away at once"
    )
    view_pixels: int = limit(
        1_600, "pixels", "longer side of the pictures that a page shows large", least=64, most=16_384
    )
    image_pixels: int = limit(3_000, "pixels", "longer side of the pictures of which IIIF hands out any piece and size")
    views_bytes: int = limit(64 * MIB, "bytes", "memory for large pictures that were shown lately")

    # People.
    session_idle_hours: float = limit(8.0, "hours", "time without a request after which one is logged out")
    session_days: float = limit(7.0, "days", "time after which one is logged out, whatever happened")

    login_tries: int = limit(10, "tries", "failed tries to log in, of one account and of one address, before a wait")
    login_minutes: float = limit(15.0, "minutes", "time for which failed tries to log in count")
    searches_per_minute: int = limit(
        300, "requests", "searches in a minute of one address, user or token; 0: any number"
    )
    uploads_per_minute: int = limit(60, "requests", "media handed in, in a minute, counted the same way")
    logins_per_minute: int = limit(
        30, "requests", "tries to log in, to register or to use a link, counted the same way"
    )
    costly_per_minute: int = limit(30, "requests", "what costs more, such as explaining, counted the same way")

    # Files that are handed in to be kept.
    max_deposit_bytes: int = limit(4 * GIB, "bytes", "what may be handed in at once to be kept")
    max_deposit_files: int = limit(10_000, "files", "files that may be handed in at once to be kept")
    user_bytes: int = limit(100 * GIB, "bytes", "what one user may hand in to be kept, all together")
    user_files: int = limit(500_000, "files", "files that one user may hand in to be kept, all together")
    min_upload_rate: int = limit(64 * KIB, "bytes/s", "rate below which what is handed in is given up")

    # What people keep for themselves.
    max_shelves: int = limit(200, "shelves", "shelves of one person")
    max_shelf_items: int = limit(5_000, "items", "items on one shelf")
    max_kept_searches: int = limit(500, "searches", "searches that one person keeps")
    max_remembered: int = limit(5_000, "events", "searches and opened items of one person that are remembered")
    max_noted: int = limit(
        100_000, "events", "searches and opened items of all guests together that are noted, without a person"
    )
    max_note_chars: int = limit(2_000, "characters", "longest note on an item, and longest description of a shelf")

    # Tasks.
    max_tasks: int = limit(200, "tasks", "tasks of one user that may wait or run at the same time")
    streams_at_once: int = limit(64, "streams", "pages and programs that are told at the same time how tasks go on")
    task_days: float = limit(90.0, "days", "time for which tasks that are over are kept on record")

    # The disk.
    min_free_mib: int = limit(64, "MiB", "free space below which nothing is added")
