"""A vocabulary of pieces of words, so that no word is wholly unknown: byte-pair encoding, or word pieces.

Sennrich, Haddow and Birch: Neural Machine Translation of Rare Words with Subword Units, ACL 2016. Wu and others:
Google's Neural Machine Translation System, 2016. Both are trained and applied by the tokenizers library.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pinakes.errors import BadInput, Damaged, NoContent, UnknownName, Unreadable, Unsupported, nearest
from pinakes.words.remembering import Remembering
from pinakes.words.segment import MAX_WORD
from pinakes.words.vocabulary.base import KINDS, PADDING, WHOLE, Vocabulary, cut, segmenter_of

Kind: TypeAlias = Literal["bpe", "wordpiece"]
# Numbered from 0 in this order.
PADDED, NOT_KNOWN, FIRST, LAST, MASKED = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# Where a word begins, in byte pairs; which pieces do not begin one, in word pieces.
_BEGINS, _GOES_ON = "\u2581", "##"
# Words of which the pieces are remembered.
_REMEMBERED = 32_768
# Cut by the tokenizer itself, as published ones are.
_ITS_OWN = ""


class Pieces:
    """Pieces of words; `marked` texts begin with [CLS] and end with [SEP], as BERT's do."""

    def __init__(self, tokenizer: Any, segmenter: str, *, marked: bool) -> None:
        if segmenter != _ITS_OWN:
            segmenter_of(segmenter)
        self._tokenizer = tokenizer
        self.segmenter, self.marked = segmenter, marked
        self._begun = type(tokenizer.model).__name__ == "BPE"
        self._of_word = Remembering(self._cut_word, _REMEMBERED).__getitem__

    @classmethod
    def trained(
        cls,
        texts: Iterable[str],
        kind: Kind = "bpe",
        most: int = 8_000,
        least: int = 2,
        segmenter: str = WHOLE,
        *,
        marked: bool = False,
    ) -> Pieces:
        """Pieces learned from a corpus: at most so many, each made of two that stood together at least so often."""
        from tokenizers import Tokenizer, models

        if kind not in ("bpe", "wordpiece"):
            raise UnknownName(f"There are no pieces of the kind {kind}.", nearest(kind, ("bpe", "wordpiece")))
        if most <= len(SPECIAL) or least < 1:
            raise BadInput(
                f"A vocabulary of {most} pieces that occur {least} times can not be made.",
                f"Give more than {len(SPECIAL)} pieces, and a count of at least 1.",
            )
        lines = [_begun(cut(text, segmenter)) for text in texts]
        if not any(lines):
            raise NoContent("There is no word to learn pieces from.", "Give more texts.")
        tokenizer = _learned(lines, most, least)
        if kind == "wordpiece":
            words = models.WordPiece(
                vocab=_as_word_pieces(tokenizer, most), unk_token=NOT_KNOWN, max_input_chars_per_word=MAX_WORD
            )
            tokenizer = _with_its_parts(Tokenizer(words))
        if marked:
            _mark(tokenizer)
        return cls(tokenizer, segmenter, marked=marked)

    @classmethod
    def published(cls, path: Path) -> Pieces:
        """The `tokenizer.json` of a published model, which cuts texts by itself and must pad with 0."""
        from tokenizers import Tokenizer

        if not path.is_file():
            raise Unreadable(f"There is no file {path}.", "Give the tokenizer.json of a published model.")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises plain Exception
            raise Damaged(f"{path} can not be read as a tokenizer: {error}", "Fetch the model again.") from error
        if tokenizer.id_to_token(PADDING) not in (PADDED, "<pad>"):
            raise Unsupported(
                f"{path} does not pad with the number {PADDING}, which is {tokenizer.id_to_token(PADDING)!r} there.",
                "Use the tokenizer of a BERT, or train pieces of your own.",
            )
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(tokenizer, _ITS_OWN, marked=tokenizer.num_special_tokens_to_add(False) > 0)

    def __len__(self) -> int:
        return int(self._tokenizer.get_vocab_size())

    def ids(self, text: str, most: int | None = None) -> list[int]:
        """The numbers of a text's pieces, in order; no more than the first `most`."""
        if self.marked or self.segmenter == _ITS_OWN:
            ids: list[int] = self._tokenizer.encode(self._readable(text)).ids
            return ids[:most]
        # Words are cut each by itself, and the same ones come again and again.
        return list(islice(chain.from_iterable(map(self._of_word, self._words(text))), most))

    def _cut_word(self, word: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(_begun([word]) if self._begun else word).ids
        return ids

    def pieces(self, text: str) -> list[str]:
        """The pieces themselves."""
        pieces: list[str] = self._tokenizer.encode(self._readable(text)).tokens
        return pieces

    def _words(self, text: str) -> list[str]:
        return cut(_whole(text), self.segmenter)

    def _readable(self, text: str) -> str:
        if self.segmenter == _ITS_OWN:
            return _whole(text)
        words = self._words(text)
        return _begun(words) if self._begun else " ".join(words)

    def describe(self) -> dict[str, Any]:
        """All that it is made again from."""
        return {
            "vocabulary": "pieces",
            "segmenter": self.segmenter,
            "marked": self.marked,
            "tokenizer": json.loads(self._tokenizer.to_str()),
        }


def _whole(text: str) -> str:
    """A text in which what is no character in UTF-8 is replaced, for the library refuses it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _begun(words: Iterable[str]) -> str:
    """The words, each with the sign of its begin."""
    return " ".join(_BEGINS + word for word in words)


def _learned(lines: list[str], most: int, least: int) -> Any:
    """A tokenizer with the pairs that are merged.

    With prefixes for pieces that go on, the library numbers them in another order each time; with a sign for where a
    word begins, the same corpus gives the same pieces.
    """
    from tokenizers import Tokenizer, models, trainers

    counts = Counter(character for line in lines for character in line if character != " ")
    # A script of thousands of signs must leave room for pieces of several.
    frequent = sorted(counts, key=lambda each: (-counts[each], each))[: max(1, (most - len(SPECIAL)) // 2)]
    tokenizer = _with_its_parts(Tokenizer(models.BPE(unk_token=NOT_KNOWN)))
    trainer = trainers.BpeTrainer(
        vocab_size=most,
        min_frequency=least,
        special_tokens=list(SPECIAL),
        initial_alphabet=frequent,
        limit_alphabet=len(frequent),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def _as_word_pieces(tokenizer: Any, most: int) -> dict[str, int]:
    """Pieces in the writing of BERT: as they are at the begin of a word, after ## within it."""
    ranked = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    pieces = [piece for piece, _ in ranked if piece not in SPECIAL]
    written = [piece.removeprefix(_BEGINS) if piece.startswith(_BEGINS) else _GOES_ON + piece for piece in pieces]
    # Every sign that is known must be known in both places.
    single = [piece for piece in pieces if len(piece) == 1 and piece != _BEGINS]
    kept = dict.fromkeys([*SPECIAL, *single, *(_GOES_ON + piece for piece in single), *filter(None, written)])
    return {piece: number for number, piece in enumerate(list(kept)[:most])}


def _with_its_parts(tokenizer: Any) -> Any:
    from tokenizers import pre_tokenizers

    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if tokenizer.get_vocab_size():
        tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def _mark(tokenizer: Any) -> None:
    from tokenizers import processors

    ends = [(name, tokenizer.token_to_id(name)) for name in (FIRST, LAST)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{FIRST} $A {LAST}", special_tokens=ends)


@KINDS.register("pieces")
def remade(told: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that `describe` told."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(json.dumps(told["tokenizer"]))
    except Exception as error:  # the library raises plain Exception
        raise ValueError(f"no tokenizer: {error}") from error
    return Pieces(tokenizer, str(told["segmenter"]), marked=bool(told["marked"]))
