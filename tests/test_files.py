"""Files that are written whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.files import extend, write_whole

NO_SPACE = "make room on this disk, or write to another one"
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege here")
needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such permissions")


def refused(path: str | Path, content: bytes | str = b"new") -> tuple[str, str]:
    """The message and the hint of a write that is refused."""
    with pytest.raises(UsageError) as caught:
        write_whole(path, content)
    assert caught.value.code == "cannot-write"
    return caught.value.faults[0].message, caught.value.faults[0].hint


class TestWhatIsWritten:
    def test_bytes_as_they_are(self, tmp_path: Path) -> None:
        write_whole(tmp_path / "a", b"a\r\n\xff")
        assert (tmp_path / "a").read_bytes() == b"a\r\n\xff"

    def test_text_in_utf8_with_its_line_ends(self, tmp_path: Path) -> None:
        write_whole(str(tmp_path / "a"), "σ\n\r\n")
        assert (tmp_path / "a").read_bytes() == "σ\n\r\n".encode()

    def test_an_old_file_is_replaced_and_nothing_else_is_left(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("a much longer old text")
        write_whole(tmp_path / "a", b"new")
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]

    def test_the_longest_name_a_disk_takes(self, tmp_path: Path) -> None:
        name = "σ" * 127
        write_whole(tmp_path / name, b"new")
        assert os.listdir(tmp_path) == [name]

    def test_threads_do_not_meet(self, tmp_path: Path) -> None:
        contents = [bytes([number]) * 10_000 for number in range(8)]
        threads = [threading.Thread(target=write_whole, args=(tmp_path / "a", content)) for content in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (tmp_path / "a").read_bytes() in contents
        assert os.listdir(tmp_path) == ["a"]

    def test_content_is_on_the_disk_before_the_name_points_to_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order: list[str] = []
        sync, replace = os.fsync, Path.replace
        monkeypatch.setattr(os, "fsync", lambda number: (order.append("sync"), sync(number))[1])
        monkeypatch.setattr(Path, "replace", lambda path, to: (order.append("move"), replace(path, to))[1])
        write_whole(tmp_path / "a", b"new")
        assert order in (["sync", "move", "sync"], ["sync", "move"])  # a folder cannot be synced everywhere


class TestPermissionsAndLinks:
    @needs_modes
    @pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
    def test_a_new_file_follows_the_mask(self, tmp_path: Path, mask: int, mode: int) -> None:
        before = os.umask(mask)
        try:
            write_whole(tmp_path / "a", b"new")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode

    @needs_modes
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
    def test_a_replaced_file_keeps_its_permissions(self, tmp_path: Path, mode: int) -> None:
        (tmp_path / "a").write_text("old")
        (tmp_path / "a").chmod(mode)
        write_whole(tmp_path / "a", b"new")
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode

    @needs_links
    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "real").write_text("old")
        (tmp_path / "link").symlink_to("folder/real")
        write_whole(tmp_path / "link", b"new")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "folder" / "real").read_bytes() == b"new"
        assert os.listdir(tmp_path / "folder") == ["real"]

    @needs_links
    def test_a_link_to_nothing_yet_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("real")
        write_whole(tmp_path / "link", b"new")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_bytes() == b"new"

    @needs_links
    def test_a_link_to_itself_is_refused_and_stays(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("link")
        assert refused(tmp_path / "link")[1] == "the link leads to itself: name the file"
        assert (tmp_path / "link").is_symlink()

    @pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
    def test_a_device_is_written_as_it_is(self) -> None:
        write_whole("/dev/null", b"new")
        assert stat.S_ISCHR(os.stat("/dev/null").st_mode)

    @pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this system has no /dev/stdout")
    def test_a_pipe_is_written_as_it_is(self) -> None:
        code = "from chalkgrad.files import write_whole; write_whole('/dev/stdout', 'through a pipe')"
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
        assert done.stdout == b"through a pipe"


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("number", "hint"),
        [
            (errno.ENOSPC, NO_SPACE),
            (errno.EDQUOT, "make room within your quota, or write to another place"),
            (errno.EROFS, "nothing can be written to this disk: write to another place"),
            (errno.EIO, "the disk reports an error: write to another one"),
            (errno.EBUSY, ""),
        ],
    )
    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_a_failure_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str, step: str
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        (tmp_path / "a").write_bytes(b"old")
        with monkeypatch.context() as patch:
            patch.setattr(os if step == "fsync" else Path, step, fail)
            message = f'cannot write "{tmp_path / "a"}": {os.strerror(number)}'
            assert refused(tmp_path / "a") == (message, hint)
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]

    @pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limit")
    def test_a_file_that_outgrows_what_is_allowed(self, tmp_path: Path) -> None:
        code = (
            "import resource, signal, sys; from chalkgrad.files import write_whole\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
            "write_whole(sys.argv[1], bytes(100_000))"
        )
        (tmp_path / "a").write_bytes(b"old")
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
        command = [sys.executable, "-c", code, str(tmp_path / "a")]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert "this disk takes no file so large: write to another one" in done.stderr
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    def test_a_full_device(self) -> None:
        assert refused("/dev/full") == ('cannot write "/dev/full": No space left on device', NO_SPACE)

    def test_no_folder(self, tmp_path: Path) -> None:
        assert refused(tmp_path / "no" / "a")[1] == "make the folder first, or name one that is there"

    def test_a_folder(self, tmp_path: Path) -> None:
        assert refused(tmp_path) == (f'cannot write "{tmp_path}": Is a directory', "name a file in it")

    @needs_modes
    def test_a_file_in_the_place_of_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a").touch()
        assert refused(tmp_path / "a" / "b")[1] == "a part of the path is a file: name a folder that is there"

    @needs_modes
    def test_a_name_that_is_too_long(self, tmp_path: Path) -> None:
        assert refused(tmp_path / ("a" * 256))[1] == "choose a shorter name"
        assert os.listdir(tmp_path) == []

    def test_a_name_that_no_file_can_have(self) -> None:
        assert refused("a\0b") == (r"cannot write 'a\x00b': embedded null byte", "")

    def test_a_file_that_is_protected(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a").write_bytes(b"old")
        monkeypatch.setattr(os, "access", lambda path, how: False)  # whoever may do everything can write it
        assert refused(tmp_path / "a")[1] == "write to a place that you may change, or ask for the permission"
        assert (tmp_path / "a").read_bytes() == b"old"


class TestExtending:
    def test_content_goes_behind_what_is_known_to_be_good(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"good torn")
        assert extend(tmp_path / "a", 5, "σ\n") == 8
        assert extend(tmp_path / "a", 8, b"more") == 12
        assert (tmp_path / "a").read_bytes() == "good σ\nmore".encode()

    def test_a_failure_leaves_what_was_good(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        (tmp_path / "a").write_bytes(b"good")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(UsageError) as caught:
            extend(tmp_path / "a", 4, b"new")
        assert caught.value.code == "cannot-write"
        assert caught.value.faults[0].hint == NO_SPACE
        assert (tmp_path / "a").read_bytes() == b"good"

    def test_there_must_be_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="No such file or directory"):
            extend(tmp_path / "a", 0, b"new")
