"""What the API takes and answers of models, trainings, measurements, judgements, upkeep, settings and health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pinakes.web.http.typed import asks


@dataclass(frozen=True, slots=True)
class ModelOut:
    """An encoder that there is, or a published model that can be fetched."""

    name: str = asks("by which it is fetched and used")
    modalities: list[str] = asks("text, image, audio")
    languages: list[str] = asks("of its texts")
    dim: int = asks("numbers in a vector; 0: not known before it is fitted")
    megabytes: int = asks("size; approximate until it is here")
    speed: str = asks("measured on this machine where it was used, else a class")
    licence: str = asks("to be read before it is fetched")
    about: str = asks("what it is")
    installed: bool = asks("whether it is ready to use")


@dataclass(frozen=True, slots=True)
class SpaceOut:
    """A space that is searched, and how much of the library it covers."""

    space: str = asks("its name")
    state: str = asks("active or building")
    modalities: list[str] = asks("those that it covers")
    dim: int = asks("numbers in a vector")
    bits: int = asks("bits of a code")
    parts: int = asks("parts of these modalities")
    covered: int = asks("those of them that have a vector")


@dataclass(frozen=True, slots=True)
class CoverageOut:
    """What the spaces of a library cover."""

    spaces: list[SpaceOut] = asks("all of them, those that are being built too")


@dataclass(frozen=True, slots=True)
class ModelsOut:
    """Models and spaces."""

    models: list[ModelOut] = asks("all that there are")
    spaces: list[SpaceOut] = asks("what the library is searched by")


@dataclass(frozen=True, slots=True)
class ModelIn:
    """Which model."""

    model: str = asks("its name in the list, or owner/name on the hub")


@dataclass(frozen=True, slots=True)
class UseIn:
    """What the library is to be encoded with."""

    model: str = asks("a model that is ready; or name a run", "")
    run: str = asks("a run that has trained weights; or name a model", "")
    beside: bool = asks("whether models that it would replace stay", False)


@dataclass(frozen=True, slots=True)
class KnobOut:
    """A setting of a method."""

    name: str = asks("its name")
    kind: str = asks("int, float, bool or str")
    default: Any = asks("its usual value")
    help: str = asks("what it does")


@dataclass(frozen=True, slots=True)
class MethodOut:
    """A way to train."""

    name: str = asks("for method.name")
    kind: str = asks("hashing, joint, fusion or classifier")
    about: str = asks("what it is")
    paper: str = asks("where it was published")
    labels: bool = asks("whether it learns from labels")
    settings: list[KnobOut] = asks("its own settings, for the table method")


@dataclass(frozen=True, slots=True)
class NetworkOut:
    """A network that can be trained."""

    name: str = asks("for image.network, text.network or audio.network")
    modality: str = asks("what it reads")
    paper: str = asks("where it was published")


@dataclass(frozen=True, slots=True)
class MethodsOut:
    """What can be trained."""

    methods: list[MethodOut] = asks("ways to train")
    networks: list[NetworkOut] = asks("networks")


@dataclass(frozen=True, slots=True)
class RunIn:
    """A training or a search for settings that shall begin."""

    name: str = asks("small letters, digits and hyphens; the model will have this name")
    tables: dict[str, Any] = asks("the tables of a configuration: method, image, text, audio, split, train, tune")
    kind: Literal["train", "tune"] = asks("train, or tune to search for settings", "train")


@dataclass(frozen=True, slots=True)
class NamedIn:
    """Which run or report."""

    name: str = asks("its name")


@dataclass(frozen=True, slots=True)
class RunOut:
    """A run with its figures so far."""

    name: str = asks("its name")
    kind: str = asks("train or tune")
    method: str = asks("the method that is trained")
    created: float = asks("when it was asked for, in seconds since 1970")
    total: int = asks("epochs or trials that were asked for")
    tables: dict[str, Any] = asks("what was asked for")
    figures: list[dict[str, Any]] = asks("a line for each epoch or trial")
    result: dict[str, Any] = asks("what came out; empty until then")
    usable: bool = asks("whether the library can be searched by it")
    task: int = asks("the number of its task; 0: none is on record")
    state: str = asks("the state of that task; empty: none")


@dataclass(frozen=True, slots=True)
class RunsOut:
    """All runs."""

    runs: list[RunOut] = asks("the newest first")


@dataclass(frozen=True, slots=True)
class MeasureIn:
    """What shall be measured."""

    by: Literal["labels", "captions", "judgements", "clicks"] = asks("what counts as right", "labels")
    label: str = asks("the field whose values are labels", "labels")
    metrics: str = asks("names of metrics between commas; empty: the usual ones", "")
    sample: int = asks("queries of each modality; 0: all", 200)
    seed: int = asks("number from which they are drawn", 1)
    modes: list[str] = asks("quick, precise", ())
    fusions: list[str] = asks("how lists are fused; empty: as the settings say", ())


@dataclass(frozen=True, slots=True)
class ReportOut:
    """A measurement that was kept."""

    name: str = asks("its name")
    title: str = asks("what was measured")
    kind: str = asks("labels, captions, judgements or clicks")
    date: str = asks("when")
    best: str = asks("the best way of searching")
    metric: str = asks("by this figure")
    value: float = asks("which was so high")
    charts: bool = asks("whether there is a report with charts")


@dataclass(frozen=True, slots=True)
class ReportsOut:
    """All measurements that were kept."""

    reports: list[ReportOut] = asks("the newest first")


@dataclass(frozen=True, slots=True)
class QuestionIn:
    """A question of the judge's desk."""

    q: str = asks("in the term language")


@dataclass(frozen=True, slots=True)
class JudgementIn:
    """A grade for an answer."""

    q: str = asks("the question")
    item: int = asks("the number of the item")
    grade: int = asks("0 not relevant, 1 to 3 relevant, and how much")


@dataclass(frozen=True, slots=True)
class WithdrawIn:
    """Which judgement is taken back."""

    q: str = asks("the question")
    item: int = asks("the number of the item")


@dataclass(frozen=True, slots=True)
class PooledOut:
    """A work of a pool."""

    item: int = asks("the number of the item")
    title: str = asks("its title")
    grade: int | None = asks("what this judge said; null: nothing yet")


@dataclass(frozen=True, slots=True)
class PoolOut:
    """What several ways of searching find, in an order that does not tell which found what."""

    judge: str = asks("the name under which you judge")
    works: list[PooledOut] = asks("the pool")


@dataclass(frozen=True, slots=True)
class AskedOut:
    """A question that something was judged for."""

    query: str = asks("the question")
    judged: int = asks("works that were judged")
    judges: list[str] = asks("by whom")


@dataclass(frozen=True, slots=True)
class AgreementOut:
    """How far two judges agree."""

    first: str = asks("a judge")
    second: str = asks("another")
    kappa: float | None = asks("Cohen's kappa; null where chance alone explains it")
    common: int = asks("works that both judged")


@dataclass(frozen=True, slots=True)
class DeskOut:
    """The judge's desk."""

    questions: list[AskedOut] = asks("those with judgements")
    agreement: list[AgreementOut] = asks("of each two judges")


@dataclass(frozen=True, slots=True)
class PageIn:
    """Which of a long list."""

    limit: int = asks("how many", 50)
    skip: int = asks("after so many", 0)


@dataclass(frozen=True, slots=True)
class AlikeOut:
    """Groups of works that look or read almost the same."""

    groups: list[list[int]] = asks("numbers of the items of each group")
    total: int = asks("how many groups there are")
    found: float | None = asks("when they were looked for, in seconds since 1970; null: never")
    stale: bool = asks("whether the library has changed since")


@dataclass(frozen=True, slots=True)
class AlikeIn:
    """How close works must be."""

    within_bits: int | None = asks("of 64; null: as few as usual", None)


@dataclass(frozen=True, slots=True)
class KeepIn:
    """Which work of its group is kept."""

    item: int = asks("its number; the others are removed from the library")


@dataclass(frozen=True, slots=True)
class AfterIn:
    """Which items."""

    limit: int = asks("how many", 100)
    after: int = asks("after the item of this number", 0)


@dataclass(frozen=True, slots=True)
class BeyondIn:
    """Which files."""

    limit: int = asks("how many", 100)
    after: str = asks("after this path", "")


@dataclass(frozen=True, slots=True)
class LostOut:
    """A work whose files vanished."""

    item: int = asks("its number")
    title: str = asks("its title")
    collection: str = asks("its collection")
    paths: list[str] = asks("where its files were")


@dataclass(frozen=True, slots=True)
class MissingOut:
    """Works whose files vanished."""

    items: list[LostOut] = asks("by number")
    total: int = asks("how many there are")


@dataclass(frozen=True, slots=True)
class FailureOut:
    """A file that could not be read."""

    path: str = asks("where it lies")
    code: str = asks("of the error")
    message: str = asks("what is wrong")
    hint: str = asks("what helps")
    at: float = asks("when, in seconds since 1970")


@dataclass(frozen=True, slots=True)
class FailuresOut:
    """Files that could not be read."""

    failures: list[FailureOut] = asks("by path")
    total: int = asks("how many there are")


@dataclass(frozen=True, slots=True)
class SettingOut:
    """A setting or a limit."""

    name: str = asks("its name")
    value: Any = asks("the value in force")
    usual: Any = asks("its usual value")
    unit: str = asks("of limits")
    help: str = asks("what it does")
    origin: str = asks("default, user, library, environment or start")
    change: str = asks("live: at once; restart; made: with the library; machine: where the server is started")
    waiting: Any = asks("what holds after a restart; null: nothing else")
    choices: list[str] = asks("the values that it may have, if they are few")


@dataclass(frozen=True, slots=True)
class SettingsOut:
    """All settings."""

    settings: list[SettingOut] = asks("in the order of the reference")


@dataclass(frozen=True, slots=True)
class SettingsIn:
    """Settings that shall change, all of them or none."""

    values: dict[str, Any] = asks("by name; null takes a setting out of the library's file")


@dataclass(frozen=True, slots=True)
class WaitsOut:
    """What a change of settings comes to."""

    waits: list[str] = asks("names of those that hold after a restart")


@dataclass(frozen=True, slots=True)
class StatusOut:
    """How a library is, in detail."""

    troubles: list[str] = asks("what is wrong; empty: nothing that can be seen without reading everything")
    items: int = asks("works")
    parts: int = asks("searchable parts")
    missing: int = asks("works without their files")
    failures: int = asks("files that could not be read")
    catalogue: str = asks("sqlite or postgresql")
    schema: int = asks("the form of its tables")
    generation: int = asks("of the last change")
    indexed: int = asks("of what is searched")
    segments: int = asks("pieces of the index")
    building: list[str] = asks("spaces that are being encoded")
    free_bytes: int = asks("on the library's disk")
    total_bytes: int = asks("of that disk")
    version: str = asks("of Pinakes")
    system: str = asks("Python and operating system")
    cores: int = asks("of the processor")
    packages: dict[str, str] = asks("versions of what it is made of")
    answered_ms: float = asks("milliseconds that the catalogue took to answer")
    tasks: dict[str, int] = asks("how many tasks are in each state")
