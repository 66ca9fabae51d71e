"""One function for all formats."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chalkgrad import render
from chalkgrad.errors import UsageError
from chalkgrad.render import FORMATS, write


def test_the_table_of_formats():
    endings = {"text": ".txt", "md": ".md", "tex": ".tex", "html": ".html", "pdf": ".pdf", "typ": ".typ"}
    assert {name: known.ending for name, known in FORMATS.items()} == endings


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"pdf"}))
def test_every_format_holds_the_text(name, sample_document):
    written = write(sample_document, name)
    assert isinstance(written, str)
    assert "Both engines agree" in written
    assert written.endswith("\n")


def test_pdf_is_bytes(sample_document):
    pytest.importorskip("typst")
    assert isinstance(write(sample_document, "pdf"), bytes)


def test_an_unknown_format_is_refused(sample_document):
    with pytest.raises(UsageError) as caught:
        write(sample_document, "htm")
    assert str(caught.value) == (
        "`htm` is no format that a document can be written in; there are text, md, tex, html, pdf, typ. "
        '[unknown-format]\n    hint: did you mean "html"?'
    )


def test_the_writers_bring_in_nothing_heavy():
    code = (
        "import sys, chalkgrad.render\n"
        "print(sorted({'rich', 'typst', 'mpmath', 'numpy', 'matplotlib', 'pydantic'} & set(sys.modules)))"
    )
    source = str(Path(render.__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": source}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
