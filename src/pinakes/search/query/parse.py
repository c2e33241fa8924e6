"""The one parser of the term language; docs/reference/query.md explains it with examples.

    query   = { [ "+" | "-" ] ( filter | term ) }
    term    = [ number ":" ] ( "item:" number | "upload:" name | "file:" path | [ field ":" ] ( phrase | words ) )
    filter  = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value { "," value }

Bare words side by side are one term; a sign, a weight, a field, a phrase, a file or a filter begins another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from pinakes.errors import BadQuery
from pinakes.index.columns import TYPES
from pinakes.index.filters import Filter, Operator
from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import canonical
from pinakes.search.query.lexer import Piece, Token, tokens, whole
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, Term, TextTerm, UploadTerm
from pinakes.types import MODALITIES

# Says whether a word names a file. Only the command line and Python give one: elsewhere a query never names files.
IsFile: TypeAlias = Callable[[str], bool]

MAX_WEIGHT = 1000.0
_FILTER = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(<=|>=|!=|=|<|>)")
_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):(?!//)")
_WEIGHT = re.compile(r"(\d+(?:\.\d*)?|\.\d+):(?!\s)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Fields whose values filters know and no text holds: these values, or any.
_WITHOUT_WORDS: dict[str, frozenset[str]] = {
    "collection": frozenset(),
    "language": frozenset(),
    "modality": frozenset(MODALITIES),
    "state": frozenset(("ready", "missing")),
    "type": TYPES,
}
# What else people call these values. Metadata may fill the type with words of its own, which are meant too.
_CALLED = {
    "modality": {"picture": "image", "photo": "image", "sound": "audio"},
    "type": {
        "image": "picture",
        "photo": "picture",
        "audio": "sound",
        "video": "film",
        "movie": "film",
        "ebook": "book",
    },
}
OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class _Signed:
    """A word token with the sign before it: 0 where there is none."""

    token: Token
    sign: int


def parse(query: str, limits: Limits, is_file: IsFile | None = None) -> Query:
    """A query from the term language, or an error that tells where it can not be read."""
    _check_length(query, limits)
    if is_file is not None and is_file(query):
        return Query((FileTerm(query),))
    return _limited(_build(_signed(tokens(_CONTROL.sub(" ", query))), is_file), limits)


def parse_arguments(arguments: Sequence[str], limits: Limits, is_file: IsFile | None = None) -> Query:
    """A query from the arguments of a command: one is read whole; of several each is one sign or one whole term."""
    if len(arguments) == 1:
        return parse(arguments[0], limits, is_file)
    _check_length(" ".join(arguments), limits)
    found = []
    # Positions are counted as if the arguments stood in one line.
    at = 0
    for argument in arguments:
        clean = _CONTROL.sub(" ", argument).strip()
        if clean in ("+", "-"):
            found.append(Token(1 if clean == "+" else -1, (), at))
        elif is_file is not None and is_file(argument):
            # A path is taken as it is, backslashes and all.
            found.append(Token(0, (Piece("file:", "bare"), Piece(argument, "escaped")), at))
        elif clean:
            found.append(whole(" " * at + clean, at))
        at += len(argument) + 1
    # Terms that are whole are never joined with their neighbours.
    apart = [replace(signed, sign=signed.sign or 1) for signed in _signed(found)]
    return _limited(_build(apart, is_file), limits)


def _check_length(query: str, limits: Limits) -> None:
    if len(query) > limits.max_query_chars:
        raise BadQuery(
            f"The query has {len(query)} characters; the limit is {limits.max_query_chars}.",
            "Shorten it, search with a text file as a term, or raise max_query_chars.",
        )


def _limited(query: Query, limits: Limits) -> Query:
    count = len(query.terms) + len(query.filters)
    if count > limits.max_query_terms:
        raise BadQuery(
            f"The query has {count} terms and filters; the limit is {limits.max_query_terms}.",
            "Use fewer, or raise max_query_terms.",
        )
    return query


def _signed(found: Iterable[Token]) -> Iterator[_Signed]:
    sign: Token | None = None
    for token in found:
        if not token.sign:
            yield _Signed(token, sign.sign if sign else 0)
            sign = None
        elif sign:
            raise BadQuery(
                f"Two signs follow each other at character {token.start + 1}.",
                "Put a term between them, or quote the sign.",
                position=token.start,
            )
        else:
            sign = token
    if sign:
        raise BadQuery(
            f"Nothing follows the sign at character {sign.start + 1}.", "Put a term after it.", position=sign.start
        )


def _build(found: Iterable[_Signed], is_file: IsFile | None) -> Query:
    terms: list[Term] = []
    filters: list[Filter] = []
    # The bare words that the next one joins: they are the last term.
    words: list[str] = []
    for signed in found:
        token, sign = signed.token, signed.sign
        condition = _condition(token, sign)
        weight, rest = (None, token) if condition else _weight(token)
        condition = condition or _told_by_filters(rest, sign)
        if condition:
            filters.append(condition)
            terms, words = _joined(terms, words), []
            continue
        term = _term(rest, (weight or 1.0) * (sign or 1), is_file)
        is_words = isinstance(term, TextTerm) and not term.phrase and not term.field
        if words and is_words and not sign and weight is None:
            words.append(cast("TextTerm", term).text)
            continue
        terms = _joined(terms, words)
        terms.append(term)
        words = [cast("TextTerm", term).text] if is_words else []
    return Query(tuple(_joined(terms, words)), tuple(filters))


def _joined(terms: list[Term], words: Sequence[str]) -> list[Term]:
    """The terms with all the words that belong to the last one."""
    if len(words) > 1:
        terms[-1] = replace(cast("TextTerm", terms[-1]), text=" ".join(words))
    return terms


def _condition(token: Token, sign: int) -> Filter | None:
    match = _FILTER.match(token.bare)
    if not match:
        return None
    name, operator = canonical(match.group(1)), cast("Operator", match.group(2))
    values = _values(token, match.end())
    if not values:
        raise _empty(match.group(), token)
    if len(values) > 1 and operator not in ("=", "!="):
        raise BadQuery(
            f"The filter {match.group()} takes one value, not {len(values)}.",
            "Several values go with = and != only.",
            position=token.start,
        )
    return Filter(name, OPPOSITE[operator] if sign < 0 else operator, _called(name, values))


def _called(name: str, values: Sequence[str]) -> tuple[str, ...]:
    """The values of a field as the library calls them."""
    other = _CALLED.get(name, {})
    meant = tuple(other.get(value.lower(), value) for value in values)
    return (*values, *(one for one in meant if one not in values)) if name == "type" else meant


def _told_by_filters(token: Token, sign: int) -> Filter | None:
    """The filter that is meant by a field and a colon where no words stand in that field: type:film."""
    match = _FIELD.match(token.bare)
    name = canonical(match.group(1)) if match else ""
    if not match or name not in _WITHOUT_WORDS:
        return None
    values, known = _values(token, match.end()), _WITHOUT_WORDS[name]
    if known:
        # Metadata may fill such a field with other words.
        values = _called(name, [value.lower() for value in values])
        if token.quoted or not values or not known.union(_CALLED.get(name, ())).issuperset(values):
            return None
    elif token.text == match.group():
        return None
    if not values:
        raise _empty(match.group(), token)
    return Filter(name, "!=" if sign < 0 else "=", values)


def _empty(name: str, token: Token) -> BadQuery:
    return BadQuery(f"The filter {name} has no value.", f"Write {name}VALUE.", position=token.start)


def _values(token: Token, start: int) -> tuple[str, ...]:
    """The values between commas from a place on; a comma in quotation marks belongs to its value."""
    values = [""]
    for piece in (Piece(token.bare[start:], "bare"), *token.pieces[1:]):
        if piece.kind == "bare":
            first, *others = piece.text.split(",")
            values[-1] += first
            values += others
        else:
            values[-1] += piece.text
    return tuple(value for value in (value.strip() for value in values) if value)


def _weight(token: Token) -> tuple[float | None, Token]:
    match = _WEIGHT.match(token.bare)
    # A number that nothing follows is a word of a title: "Vol. 2: Boats".
    if not match or (match.group() == token.text and not token.quoted):
        return None, token
    rest = tuple(piece for piece in (Piece(token.bare[match.end() :], "bare"), *token.pieces[1:]) if piece.text)
    weight = float(match.group(1))
    if not 0 < weight <= MAX_WEIGHT:
        raise BadQuery(
            f"The weight {match.group(1)} is not above 0 and at most {MAX_WEIGHT:g}.",
            "Use a minus sign to search away from a term.",
            position=token.start,
        )
    return weight, Token(0, rest, token.start)


def _term(token: Token, weight: float, is_file: IsFile | None) -> Term:
    match = _FIELD.match(token.bare)
    name = match.group(1).lower() if match else ""
    value = token.text[len(name) + 1 :].strip() if match else ""
    if name in _MAKERS and value:
        return _MAKERS[name](value, weight, token.start, is_file)
    if not token.quoted and is_file is not None and is_file(token.text):
        return FileTerm(token.text, weight)
    if match and value:
        return TextTerm(" ".join(value.split()), weight, phrase=token.quoted, field=canonical(name))
    text = " ".join(token.text.split())
    if not text:
        raise BadQuery(f"The term at character {token.start + 1} is empty.", "Put words in it.", position=token.start)
    return TextTerm(text, weight, phrase=token.quoted)


def _item(value: str, weight: float, start: int, _: IsFile | None) -> Term:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise BadQuery(f"item:{value} is not the number of an item.", "Write item:12.", position=start)
    return ItemTerm(int(value), weight)


def _upload(value: str, weight: float, _start: int, _: IsFile | None) -> Term:
    return UploadTerm(value, weight)


def _file(value: str, weight: float, start: int, is_file: IsFile | None) -> Term:
    if is_file is None:
        raise BadQuery(
            "Files can not be named here.", "Hand the file in and write upload: and its number.", position=start
        )
    return FileTerm(value, weight)


_MAKERS: dict[str, Callable[[str, float, int, IsFile | None], Term]] = {
    "item": _item,
    "upload": _upload,
    "file": _file,
}
