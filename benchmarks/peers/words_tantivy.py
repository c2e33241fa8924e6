"""tantivy: an inverted index in Rust; a filter is a clause that must hold and counts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import tantivy

from benchmarks.peers.speak_words import serve


class Tantivy:
    """One thread, merged to what it chooses itself."""

    takes = "words"

    def version(self) -> str:
        """The version of the engine."""
        return version("tantivy")

    def _schema(self) -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", stored=False, tokenizer_name="default")
        builder.add_text_field("label", stored=False, tokenizer_name="raw")
        builder.add_integer_field("number", stored=True, indexed=True, fast=True)
        return builder.build()

    def build(self, texts: list[str], labels: list[str], folder: Path) -> None:
        """Store texts with a label each, ready to be searched."""
        index = tantivy.Index(self._schema(), path=str(folder))
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for number, (text, label) in enumerate(zip(texts, labels, strict=True)):
            writer.add_document(tantivy.Document(text=text, label=label, number=number))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        """Open what was built by another process."""
        self._index = tantivy.Index.open(str(folder))
        self._index.reload()
        self._searcher = self._index.searcher()

    def prepare(self, allowed: Sequence[str]) -> None:
        """Settle the filter for the searches that follow."""
        self._filter = None
        if allowed:
            terms = tantivy.Query.term_set_query(self._index.schema, "label", list(allowed))
            self._filter = tantivy.Query.const_score_query(terms, 0.0)

    def search(self, query: str, count: int) -> list[tuple[int, float]]:
        """The best documents of one query and their scores."""
        asked = self._index.parse_query(query, ["text"])
        if self._filter:
            asked = tantivy.Query.boolean_query([(tantivy.Occur.Must, asked), (tantivy.Occur.Must, self._filter)])
        hits = self._searcher.search(asked, count, count=False).hits
        return [(self._searcher.doc(address)["number"][0], score) for score, address in hits]


if __name__ == "__main__":
    serve(Tantivy())
