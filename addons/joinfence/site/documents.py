"""Documents of orders whose address lies in the site: written from a copy at hand, missed without one."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from joinfence.config.orders.rules import file_hash
from joinfence.config.yaml.document import open_without_waiting
from joinfence.config.yaml.problems import ConfigError
from joinfence.site.links import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.yaml.document import Document
    from joinfence.config.yaml.problems import Problem
    from joinfence.site.life import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCopy:
    """A document to be written: its path from the top of the site, and the order file that names it."""

    place: str
    content: bytes
    named_in: Document


def place_of(url: str, base: str) -> str | None:
    """Return the path from the top of the site that an address leads to, None for an address elsewhere.

    `base` is the site's address and ends in "/". Dots are resolved as browsers and servers do, so the path
    never leads out of the site.
    """
    address, site = urlsplit(url), urlsplit(base)
    if (address.scheme, address.netloc.lower()) != (site.scheme, site.netloc.lower()):
        return None
    asked = "/" + unquote(address.path).lstrip("/")  # normpath would keep two slashes
    path = posixpath.normpath(asked)
    if asked.endswith(("/", "/.", "/..")) and path != "/":
        path += "/"
    top = unquote(site.path)
    return file_of(path.removeprefix(top)) if path.startswith(top) and path.isprintable() else None


def local_copy(file: OrderFile, document: Document, base: str) -> LocalCopy | None:
    """Return the copy beside an order whose document lies in the site, None without either.

    Raises OSError, and ConfigError for a copy that is no longer the one the order names.
    """
    place = place_of(file.document.url, base)
    if place is None or file.document.file is None:
        return None
    with open(document.path.parent / file.document.file, "rb", opener=open_without_waiting) as copy:
        content = copy.read()
    if hashlib.sha256(content).hexdigest() != file.document.sha256:
        what = f"{file.document.file} was changed since its hash was checked; build again"
        raise ConfigError([document.problem(("document", "sha256"), what)])
    return LocalCopy(place=place, content=content, named_in=document)


def with_documents(files: Mapping[str, bytes], copies: Iterable[LocalCopy]) -> dict[str, bytes]:
    """Return the files of a site and the documents. Raises ConfigError for one that would take a place."""
    found = dict(files)
    problems: list[Problem] = []
    for copy in copies:
        what = _in_the_way(copy, found)
        if what is None:
            found[copy.place] = copy.content
        else:
            problems.append(copy.named_in.problem(("document", "url"), f"{copy.place} {what}"))
    if problems:
        raise ConfigError(problems)
    return found


def _in_the_way(copy: LocalCopy, files: Mapping[str, bytes]) -> str | None:
    way = PurePosixPath(copy.place)
    if any(step.startswith(".") for step in way.parts):
        return "would be a hidden file, which servers keep to themselves or read; use another address"
    folders = {str(folder) for path in files for folder in PurePosixPath(path).parents}
    taken = copy.place in folders or any(str(folder) in files for folder in way.parents)
    if taken or files.get(copy.place, copy.content) != copy.content:
        return "is the place of something else in the site; use another address"
    return None


def missing(versions: Iterable[Version], base: str, out: Path) -> Iterator[str]:
    """Yield a sentence for each published version whose document should lie in the site and does not."""
    for version in versions:
        document = version.order.document
        place = place_of(document.url, base)
        if place is None:
            continue
        try:
            known = file_hash(out / place) == document.sha256
            what = None if known else "is not the document it names: its hash is another"
        except OSError:
            what = "is not there"
        if what is not None:
            whose = f"{version.order.id}, version {version.order.version}"
            advice = "put the document there, or name a copy beside the order in document.file"
            yield f"{whose}: {place} {what}; {advice}"
