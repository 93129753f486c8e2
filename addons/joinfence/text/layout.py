"""The layout that all pages share: a base template, a style sheet, and the hash that a CSP allows it by.

The refusal, the public pages and the reports extend `templates/base.html.j2` and inline `templates/base.css`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    DictLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from joinfence.config.branding import PLAIN
from joinfence.text.catalogues import translations
from joinfence.text.phrases import HEADLINE, IF_WRONG, SUMMARY
from joinfence.text.words import line

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.bccache import Bucket

    from joinfence.config.branding import Branding


_COMMENTS_AND_INDENTATION: Final = re.compile(r"/\*.*?\*/|\n\s*", re.DOTALL)


class _SharedBytecode(BytecodeCache):
    """Keeps compiled templates in memory, so that the environments of all languages compile each one once."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if its template has been compiled. Called by jinja2."""
        if code := self._code.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store a compiled template. Called by jinja2."""
        self._code[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_BYTECODE: Final = _SharedBytecode()


@cache
def environment(language: str, branding: Branding = PLAIN) -> Environment:
    """Return the environment to render templates in one language. The operator's templates replace ours.

    Our templates are also available as `plain/...`, so that the operator's can extend them. In templates,
    `_` and `ngettext` translate, and the filter `line` puts text from outside on one line.
    """
    ours = PackageLoader("joinfence.text", "templates")
    templates = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([DictLoader(dict(branding.templates)), ours, PrefixLoader({"plain": ours})]),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        bytecode_cache=_BYTECODE,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["line"] = line
    templates.globals.update(headline=HEADLINE, summary=SUMMARY, if_wrong=IF_WRONG)
    templates.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return templates


@cache
def stylesheet(branding: Branding = PLAIN, *further: str) -> str:
    """Return the style exactly as pages contain it: `base.css`, further files, the operator's colours."""
    folder = files("joinfence.text") / "templates"
    sheets = [(folder / name).read_text("utf-8") for name in ("base.css", *further)]
    return _COMMENTS_AND_INDENTATION.sub("", "".join([*sheets, branding.colours]))


@cache
def style_source(style: str) -> str:
    """Return the source expression that allows exactly this style (CSP Level 3, hash-source)."""
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
