"""The bar of long work: only where a person is looking, and never at the cost of the work."""

from __future__ import annotations

import sys

import pytest

from chalkgrad.cli.progress import counted


def test_short_work_has_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda stream: True)
    work = [1, 2, 3]
    assert counted(work, 3) is work


def test_no_bar_where_nobody_is_looking() -> None:
    work = list(range(100))
    assert counted(work, 100) is work


def test_long_work_has_a_bar_and_comes_through_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda stream: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert list(counted(range(100), 100)) == list(range(100))
    caught = capsys.readouterr()
    assert "Working the steps out" in caught.err
    assert caught.out == ""
