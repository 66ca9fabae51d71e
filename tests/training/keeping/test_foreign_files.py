"""Files that should hold weights and are something else: each is called by its name, and none is run."""

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.training.keeping.foreign_files import foreign_kind
from chalkgrad.training.keeping.tensor_files import packed
from chalkgrad.training.keeping.weights import load_weights, save_weights


class Bomb:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("a pickle was run",))


def fault(raw: bytes, folder: Path) -> Fault:
    path = folder / "w.safetensors"
    path.write_bytes(raw)
    with pytest.raises(ProblemError) as caught:
        load_weights(path)
    return caught.value.faults[0]


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "content")
    return buffer.getvalue()


def saved(save: object) -> bytes:
    buffer = io.BytesIO()
    save(buffer)  # type: ignore[operator]
    return buffer.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("content", [Bomb(), {"W1": np.ones(3)}, [1.0]], ids=["bomb", "arrays", "list"])
def test_a_renamed_pickle(protocol: int, content: object, tmp_path: Path) -> None:
    assert fault(pickle.dumps(content, protocol), tmp_path) == Fault(
        "not-weights",
        "`w.safetensors` is a pickle: it could run code and is not read",
        hint="load it where you trust it, and save its arrays with `safetensors.numpy.save_file`",
    )


@pytest.mark.parametrize("new", [True, False], ids=["zip", "before 1.6"])
def test_a_renamed_pytorch_file(new: bool, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    found = fault(
        saved(lambda buffer: torch.save({"W1": torch.ones(2)}, buffer, _use_new_zipfile_serialization=new)), tmp_path
    )
    assert "PyTorch file" in found.message
    assert "could run code and is not read" in found.message
    assert found.hint == "in PyTorch: `safetensors.torch.save_file(model.state_dict(), path)`"


def test_a_renamed_hdf5_file(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a", "w") as file:
        file["W1"] = np.ones(3)
    assert fault((tmp_path / "a").read_bytes(), tmp_path).message == "`w.safetensors` is an HDF5 file"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (saved(lambda buffer: np.savez(buffer, W1=np.ones(3))), "is a NumPy archive"),
        (saved(lambda buffer: np.save(buffer, np.ones(3))), "is a single NumPy array"),
        (archive("metadata.json", "config.json", "model.weights.h5"), "is a Keras file"),
        (archive("archive/data.pkl"), "is a PyTorch file, which holds a pickle: it could run code and is not read"),
        (archive("a.txt"), "is a zip archive"),
        (archive(), "is not a file of weights"),
        (gzip.compress(b"a", mtime=0), "is packed with gzip"),
        (b'{"W1": [1, 2]}', "is JSON and not weights"),
        (b'[{"W1": 1}]', "is JSON and not weights"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a pointer of Git LFS and not the file itself"),
        (b"title: a problem\nnetwork:", "is not a file of weights"),
        (b"\x08\x07\x12\x07pytorch", "is not a file of weights"),
        (bytes(100), "is not a file of weights"),
        (b"\xff" * 100, "is not a file of weights"),
        (b"a", "is not a file of weights"),
        (b"", "is empty"),
    ],
)
def test_other_files(raw: bytes, kind: str, tmp_path: Path) -> None:
    found = fault(raw, tmp_path)
    assert (found.code, found.message) == ("not-weights", f"`w.safetensors` {kind}")


def test_a_claim_of_exabytes_takes_no_memory(tmp_path: Path) -> None:
    found = fault((2**62).to_bytes(8, "little") + b'{"W1": 1}', tmp_path)
    expected = "`w.safetensors` is damaged: its header claims 4,611,686,018,427,387,904 bytes, and 9 follow"
    assert (found.code, found.message) == ("damaged-weights", expected)


def test_weights_whose_first_bytes_are_those_of_a_pickle(tmp_path: Path) -> None:
    # The first bytes are the length of the header, here 0x0480.
    path = tmp_path / "w"
    for length in range(700, 1152):
        raw = packed({"W1": np.ones(3)}, {"text": "a" * length})
        if raw.startswith(b"\x80\x04"):
            break
    path.write_bytes(raw)
    assert foreign_kind(raw[:100]) is not None
    assert load_weights(path).arrays["W1"].tolist() == [1, 1, 1]


def test_no_file_a_folder_and_a_device(tmp_path: Path) -> None:
    for path, code, message in [
        (tmp_path / "no", "file-not-found", f"there is no file `{tmp_path / 'no'}`"),
        (tmp_path, "file-not-readable", f"`{tmp_path.name}` is a directory; expected a file of weights"),
        (Path("a\0b"), "file-not-found", "there is no file `a\0b`"),
        (Path("a" * 300), "file-not-readable", f"`{'a' * 300}` cannot be read: File name too long"),
        (Path("/dev/zero"), "file-not-readable", "`zero` is no file; expected a file of weights"),
    ]:
        if path.is_absolute() and path.parent.name == "dev" and not path.exists():
            continue
        with pytest.raises(ProblemError) as caught:
            load_weights(path)
        assert (caught.value.code, caught.value.faults[0].message) == (code, message)


def test_the_folder_of_a_run(tmp_path: Path) -> None:
    save_weights(tmp_path / "weights.safetensors", {"W1": np.ones(3)}, {})
    with pytest.raises(ProblemError, match=rf"name `{tmp_path.name}/weights.safetensors`"):
        load_weights(tmp_path)
