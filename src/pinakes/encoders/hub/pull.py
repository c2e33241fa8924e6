"""Fetching a model: from the table, from any repository of the hub, or from a folder on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from pinakes.encoders.hub.download import download
from pinakes.encoders.hub.installed import InstalledModel, folder_name
from pinakes.encoders.hub.layouts import read_plan
from pinakes.encoders.hub.models import KnownModel, find_known
from pinakes.encoders.hub.record import RECORD, FileRecord, ModelRecord, read_record, sha256_of, verify, write_record
from pinakes.encoders.hub.remote import Hub, RemoteFile, Repository
from pinakes.encoders.hub.select import needed_files
from pinakes.encoders.hub.selfcheck import self_check
from pinakes.errors import Busy, Damaged, DiskFull, PinakesError, TooLarge
from pinakes.limits import MIB
from pinakes.settings import Settings
from pinakes.storage import explained, sync_folder

# Where files lie until the model is whole.
STAGING = ".partial"
# A revision in a folder on this machine.
LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Transfer:
    """How far a fetch has come, for a progress bar."""

    file: str
    done: int
    total: int


Progress = Callable[[Transfer], None]


def quiet(transfer: Transfer) -> None:
    """No progress is shown."""


def pull(
    what: str,
    models_folder: Path,
    settings: Settings,
    progress: Progress = quiet,
    token: str = "",
    *,
    variant: str = "",
    revision: str = "main",
    link: bool = False,
) -> InstalledModel:
    """Fetch a model by its name in the table, as owner/name from the hub, or from a folder, and check it.

    `variant`: one of the publisher's smaller versions, such as quantized. `link`: use a folder's files where they are.
    """
    if Path(what).is_dir():
        return _from_folder(Path(what), models_folder, settings, progress, variant, link)
    known = find_known(what)
    hub = Hub(settings.hub.rstrip("/"), token, settings.limits)
    repository = hub.repository(known.repository, revision)
    name = known.name
    with _staged(models_folder, name, repository.revision + variant) as staging:
        present = _present(models_folder / folder_name(name), repository, variant, settings)
        if present is not None:
            return present
        listed = {file.name: file for file in hub.files(repository)}
        wanted = [listed[name] for name in needed_files(listed, variant)]
        files = _fetch(hub, repository, wanted, staging.folder, settings, progress)
        record = _record(known, repository, variant, files)
        return _install(staging.folder, models_folder, record, settings)


def _present(folder: Path, repository: Repository, variant: str, settings: Settings) -> InstalledModel | None:
    """The model, if this very revision is installed and whole."""
    if not (folder / RECORD).is_file():
        return None
    try:
        record = read_record(folder, settings.limits)
        verify(folder, record)
    except PinakesError:
        return None
    same = (record.repository, record.revision, record.variant) == (repository.name, repository.revision, variant)
    return InstalledModel(folder, record) if same else None


def _fetch(
    hub: Hub, repository: Repository, wanted: list[RemoteFile], folder: Path, settings: Settings, progress: Progress
) -> dict[str, FileRecord]:
    total = sum(file.size for file in wanted)
    check_size(repository.name, total, folder, settings, already=_held(folder))
    done = 0
    files: dict[str, FileRecord] = {}
    for file in wanted:

        def told(count: int, name: str = file.name) -> None:
            nonlocal done
            done += count
            progress(Transfer(name, done, total))

        digest = download(hub, hub.file_url(repository, file.name), file, folder / file.name, told)
        files[file.name] = FileRecord(file.size, digest)
    return files


def check_size(name: str, total: int, folder: Path, settings: Settings, already: int = 0) -> None:
    """Refuse a model that passes the limit or that the disk can not hold."""
    limits = settings.limits
    if total > limits.max_model_bytes:
        raise TooLarge(
            f"{name} has {total} bytes; the limit is {limits.max_model_bytes}.", "Raise max_model_bytes if you want it."
        )
    free = shutil.disk_usage(folder).free
    if total - already > free - limits.min_free_mib * MIB:
        raise DiskFull(
            f"{name} needs {(total - already) // MIB} MiB; {folder} has {free // MIB} MiB free.",
            "Free some space, or set PINAKES_MODELS to a folder on another disk.",
        )


def _held(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _record(known: KnownModel, repository: Repository, variant: str, files: dict[str, FileRecord]) -> ModelRecord:
    return ModelRecord(
        name=known.name,
        repository=repository.name,
        revision=repository.revision,
        variant=variant,
        licence=known.licence or repository.licence or "unknown",
        modalities=(),
        dim=0,
        files=files,
        languages=known.languages,
        citation=known.citation,
        hints=known.hints,
    )


def _from_folder(
    source: Path, models_folder: Path, settings: Settings, progress: Progress, variant: str, link: bool
) -> InstalledModel:
    names = [path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()]
    told = read_record(source, settings.limits) if (source / RECORD).is_file() else None
    wanted = list(told.files) if told else needed_files(names, variant)
    own_name = _name_of(source.resolve())
    base = told or _record(find_known(own_name, local=True), Repository("", LOCAL, ""), variant, {})
    with _staged(models_folder, base.name, LOCAL + base.variant) as staging:
        sizes = {name: _size(source / name) for name in wanted}
        total, done = sum(sizes.values()), 0
        check_size(base.name, total, staging.folder, settings)
        files: dict[str, FileRecord] = {}
        for name in wanted:
            _place(source / name, staging.folder / name, link)
            done += sizes[name]
            progress(Transfer(name, done, total))
            files[name] = FileRecord(sizes[name], sha256_of(staging.folder / name))
        if told and told.files != files:
            wrong = [name for name in files if files[name] != told.files[name]]
            raise Damaged(f"{source}: {', '.join(wrong)} does not match its checksum.", "Copy the model again.")
        return _install(staging.folder, models_folder, replace(base, files=files), settings)


def _name_of(source: Path) -> str:
    """What a folder's model is called; the hub's own cache has a folder models--owner--name/snapshots/COMMIT."""
    if source.parent.name == "snapshots" and source.parents[1].name.startswith("models--"):
        return source.parents[1].name.removeprefix("models--").replace("--", "/")
    # A hidden folder would make a hidden model.
    return source.name.lstrip(".") or "model"


def _size(path: Path) -> int:
    with explained(path):
        return path.stat().st_size


def _place(source: Path, target: Path, link: bool) -> None:
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if link:
            try:
                # The hub's own cache holds links: it is the file behind them that is wanted.
                target.hardlink_to(source.resolve())
            except OSError:
                # Another disk: a copy is what always works.
                shutil.copyfile(source, target)
        else:
            shutil.copyfile(source, target)


def _install(staging: Path, models_folder: Path, record: ModelRecord, settings: Settings) -> InstalledModel:
    """Try the model out, write its record, and move it into place."""
    plan = read_plan(staging, settings.limits, record.variant, record.hints)
    modalities, dim = self_check(plan, settings)
    whole = replace(record, modalities=modalities, dim=dim)
    write_record(staging, whole)
    verify(staging, whole)
    target = models_folder / folder_name(record.name)
    old = models_folder / STAGING / f"old-{os.getpid()}-{target.name}"
    with explained(target):
        if target.exists():
            os.replace(target, old)
        os.replace(staging, target)
        sync_folder(models_folder)
        shutil.rmtree(old, ignore_errors=True)
    return InstalledModel(target, whole)


class _staged:  # noqa: N801  # used as a `with` statement reads
    """A locked folder in which a model is put together; what a broken fetch leaves there is taken up by the next."""

    def __init__(self, models_folder: Path, name: str, key: str) -> None:
        self.folder = models_folder / STAGING / f"{folder_name(name)}@{key}"
        self._name = folder_name(name)
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(str(self.folder.parent / f"{self._name}.lock"))

    def __enter__(self) -> _staged:
        try:
            self._lock.acquire(timeout=1)
        except Timeout:
            raise Busy(f"Another process is fetching {self._name}.", "Wait for it to finish.") from None
        return self

    def __exit__(self, *_: object) -> None:
        if not self.folder.exists() or not any(self.folder.iterdir()):
            # The model is in place, or nothing came: parts of other revisions of it are of no more use.
            for part in self.folder.parent.glob(f"{self._name}@*"):
                shutil.rmtree(part, ignore_errors=True)
        self._lock.release()
