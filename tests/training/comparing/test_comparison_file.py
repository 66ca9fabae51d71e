"""The runs of a comparison on disk."""

import json
from pathlib import Path

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.training.comparing.comparison_file import ComparisonFile
from chalkgrad.training.comparing.outcome import Outcome

GOOD = Outcome("epochs", {"test": {"loss": 0.1}}, {"loss": [0.5]}, epochs=1)


def written(path: Path, count: int) -> bytes:
    file = ComparisonFile(path)
    for k in range(count):
        file.add(f"key-{k}", {"setting": {"batch": str(k)}, "seed": 0}, GOOD)
    return path.read_bytes()


class TestComparisonFile:
    def test_what_was_added_is_there_the_next_time(self, tmp_path: Path) -> None:
        written(tmp_path / "a.jsonl", 3)
        assert ComparisonFile(tmp_path / "a.jsonl").outcomes == {f"key-{k}": GOOD for k in range(3)}

    def test_each_line_is_json_of_its_own_and_says_what_was_run(self, tmp_path: Path) -> None:
        lines = written(tmp_path / "a.jsonl", 2).decode().splitlines()
        assert [json.loads(line)["setting"] for line in lines] == [{"batch": "0"}, {"batch": "1"}]

    def test_a_torn_last_line_is_written_over_wherever_it_was_torn(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        whole = written(path, 2)
        first = whole.index(b"\n") + 1
        for cut in range(first, len(whole), 7):
            path.write_bytes(whole[:cut])
            file = ComparisonFile(path)
            assert list(file.outcomes) == ["key-0"]
            file.add("key-1", {"setting": {"batch": "1"}, "seed": 0}, GOOD)
            assert path.read_bytes() == whole

    @pytest.mark.parametrize(
        "line", [b"{}", b"[]", b"x", b'{"key": 1, "outcome": {}}', b'{"key": "a", "outcome": 3}', b""]
    )
    def test_a_damaged_line_is_named(self, tmp_path: Path, line: bytes) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes(written(path, 1) + line + b"\n")
        with pytest.raises(ProblemError, match=r"line 2 of `a\.jsonl` is no run of a comparison"):
            ComparisonFile(path)
