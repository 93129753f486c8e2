"""Documents that the site itself publishes: copied from beside the order file, or reported as missing."""

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
    """A document to publish: its path from the top of the site, and the order file that names it."""

    path_in_site: str
    content: bytes
    named_in: Document


def site_path(url: str, base: str) -> str | None:
    """Return the path of an address from the top of the site, None for an address elsewhere.

    `base` is the site's address and ends in "/". Dot segments are resolved as browsers and servers do, so the
    path never leads out of the site.
    """
    address, site = urlsplit(url), urlsplit(base)
    if (address.scheme, address.netloc.lower()) != (site.scheme, site.netloc.lower()):
        return None
    asked = "/" + unquote(address.path).lstrip("/")  # normpath would keep two leading slashes
    path = posixpath.normpath(asked)
    if asked.endswith(("/", "/.", "/..")) and path != "/":
        path += "/"
    top = unquote(site.path)
    return file_of(path.removeprefix(top)) if path.startswith(top) and path.isprintable() else None


def local_copy(file: OrderFile, document: Document, base: str) -> LocalCopy | None:
    """Return the copy of a document that the site publishes, None for a document elsewhere or without a copy.

    Raises OSError, and ConfigError if the copy no longer has the hash that the order states.
    """
    path_in_site = site_path(file.document.url, base)
    if path_in_site is None or file.document.file is None:
        return None
    with open(document.path.parent / file.document.file, "rb", opener=open_without_waiting) as copy:
        content = copy.read()
    if hashlib.sha256(content).hexdigest() != file.document.sha256:
        what = f"{file.document.file} has changed since its hash was checked; build the site again"
        raise ConfigError([document.problem(("document", "sha256"), what)])
    return LocalCopy(path_in_site=path_in_site, content=content, named_in=document)


def with_documents(files: Mapping[str, bytes], copies: Iterable[LocalCopy]) -> dict[str, bytes]:
    """Return the files of a site with the documents. Raises ConfigError if a document is in the way."""
    found = dict(files)
    problems: list[Problem] = []
    for copy in copies:
        what = _conflict(copy, found)
        if what is None:
            found[copy.path_in_site] = copy.content
        else:
            problems.append(copy.named_in.problem(("document", "url"), f"{copy.path_in_site} {what}"))
    if problems:
        raise ConfigError(problems)
    return found


def _conflict(copy: LocalCopy, files: Mapping[str, bytes]) -> str | None:
    path = PurePosixPath(copy.path_in_site)
    if any(name.startswith(".") for name in path.parts):
        return "would be a hidden file, which servers do not serve or treat specially; use another address"
    folders = {str(folder) for other in files for folder in PurePosixPath(other).parents}
    taken = copy.path_in_site in folders or any(str(folder) in files for folder in path.parents)
    if taken or files.get(copy.path_in_site, copy.content) != copy.content:
        return "is the path of something else in the site; use another address"
    return None


def missing_documents(versions: Iterable[Version], base: str, out: Path) -> Iterator[str]:
    """Yield a sentence for each published version whose document should be in the site but is not."""
    for version in versions:
        document = version.order.document
        path_in_site = site_path(document.url, base)
        if path_in_site is None:
            continue
        try:
            same = file_hash(out / path_in_site) == document.sha256
            what = None if same else "has a different hash than the order states"
        except OSError:
            what = "is missing"
        if what is not None:
            whose = f"{version.order.id}, version {version.order.version}"
            advice = "put the document there, or name a copy beside the order file in document.file"
            yield f"{whose}: {path_in_site} {what}; {advice}"
