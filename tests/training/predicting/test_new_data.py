"""New files are read like those of training."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.scaling import Scaler
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.data import TrainingData
from chalkgrad.training.predicting.new_data import load_new_data


def learned(inputs, features=(), classes=(), shape=None, target=""):
    none = np.arange(0)
    scaler = Scaler(np.zeros(inputs), np.ones(inputs))
    decision = "largest" if classes else None
    return TrainingData(np.empty((0, inputs)), None, None, Parts(none, none, none), scaler, classes, features, shape,
                        decision=decision, target_name=target)  # fmt: skip


FLOWERS = learned(2, ("a", "b"), ("rose", "tulip"), target="kind")
IMAGES = learned(4, (), ("0", "1", "2"), (2, 2))


class TestTables:
    def test_columns_in_another_order(self, tmp_path):
        (tmp_path / "new.csv").write_text("kind,extra,b,a\ntulip,9,2,1\nrose,9,4,3\n")
        found = load_new_data(tmp_path / "new.csv", FLOWERS)
        assert found.x.tolist() == [[1, 2], [3, 4]]
        assert found.y.tolist() == [1, 0]
        assert found.class_names == ("rose", "tulip")

    def test_without_targets(self, tmp_path):
        (tmp_path / "new.csv").write_text("b,a\n2,1\n")
        assert load_new_data(tmp_path / "new.csv", FLOWERS).y is None

    def test_a_label_that_was_never_seen(self, tmp_path):
        (tmp_path / "new.csv").write_text("a,b,kind\n1,2,rose\n3,4,tulp\n")
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path / "new.csv", FLOWERS)
        fault = caught.value.faults[0]
        assert (fault.code, fault.place.line, fault.place.column) == ("unknown-class", 3, 5)
        assert fault.hint == 'did you mean "tulip"?'

    def test_a_column_that_is_missing(self, tmp_path):
        (tmp_path / "new.csv").write_text("a,kind\n1,rose\n")
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path / "new.csv", FLOWERS)
        assert caught.value.code == "no-such-column"

    def test_many_columns_that_are_missing_are_one_fault(self, tmp_path):
        (tmp_path / "new.csv").write_text("f0,f1,kind\n1,2,rose\n")
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path / "new.csv", learned(64, tuple(f"f{k}" for k in range(64)), target="kind"))
        (fault,) = caught.value.faults
        assert fault.message == (
            "62 of the 64 columns that the network takes in are missing: "
            "f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, ..."
        )
        assert fault.hint == "the columns are f0, f1, kind"

    def test_classes_that_are_numbers(self, tmp_path):
        (tmp_path / "new.csv").write_text("a,b,kind\n1,2,0\n3,4,1.0\n")
        found = load_new_data(tmp_path / "new.csv", learned(2, ("a", "b"), ("0", "1"), target="kind"))
        assert found.y.tolist() == [[0], [1]]

    def test_columns_without_names(self, tmp_path):
        (tmp_path / "new.csv").write_text("1,2\n3,4\n")
        found = load_new_data(tmp_path / "new.csv", learned(2))
        assert (found.x.tolist(), found.y) == ([[1, 2], [3, 4]], None)
        (tmp_path / "new.csv").write_text("1,2,5\n3,4,6\n")
        assert load_new_data(tmp_path / "new.csv", learned(2)).y.tolist() == [[5], [6]]


class TestArrays:
    def test_an_archive(self, tmp_path):
        np.savez(tmp_path / "new.npz", inputs=np.ones((3, 2)), y=np.array([0, 1, 1]))
        found = load_new_data(tmp_path / "new.npz", FLOWERS, source={"npz": "old.npz", "x": "inputs"})
        assert found.y.tolist() == [0, 1, 1]

    def test_an_archive_without_targets(self, tmp_path):
        np.savez(tmp_path / "new.npz", inputs=np.ones((3, 2)))
        source = {"npz": "old.npz", "x": "inputs", "y": "answers"}
        assert load_new_data(tmp_path / "new.npz", FLOWERS, source=source).y is None

    def test_another_number_of_inputs(self, tmp_path):
        np.savez(tmp_path / "new.npz", x=np.ones((3, 5)))
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path / "new.npz", FLOWERS)
        assert caught.value.faults[0].message == "new.npz holds 5 numbers a sample, and the network takes 2"


class TestImages:
    def idx(self, path, values, packed=False):
        content = bytes((0, 0, 8, values.ndim)) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()
        path.write_bytes(gzip.compress(content) if packed else content)
        return path

    @pytest.mark.parametrize("packed", [False, True])
    def test_idx(self, packed, tmp_path):
        pixels = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
        images = self.idx(tmp_path / "images", pixels, packed)
        labels = self.idx(tmp_path / "labels", np.array([2, 0], dtype=np.uint8))
        assert load_new_data(images, IMAGES).y is None
        found = load_new_data(images, IMAGES, labels)
        assert found.x.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
        assert found.y.tolist() == [2, 0]

    def test_pictures_with_and_without_classes(self, tmp_path):
        Image = pytest.importorskip("PIL.Image")
        for name in ("2", "0"):
            (tmp_path / "new" / name).mkdir(parents=True)
            Image.fromarray(np.full((2, 2), int(name) + 7, dtype=np.uint8)).save(tmp_path / "new" / name / "a.png")
        found = load_new_data(tmp_path / "new", IMAGES)
        assert found.y.tolist() == [0, 2]
        assert found.class_names == ("0", "1", "2")
        assert found.x.tolist() == [[7] * 4, [9] * 4]
        assert load_new_data(tmp_path / "new" / "2", IMAGES).y is None
        assert load_new_data(tmp_path / "new" / "2" / "a.png", IMAGES).x.tolist() == [[9] * 4]
        (tmp_path / "new" / "0").rename(tmp_path / "new" / "7")
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path / "new", IMAGES)
        assert caught.value.faults[0].message == "new: `7` is none of the classes that were learned"

    def test_pictures_for_a_network_of_tables(self, tmp_path):
        (tmp_path / "a.png").touch()
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path / "a.png", FLOWERS)
        assert caught.value.code == "wrong-size"

    def test_a_folder_without_images(self, tmp_path):
        pytest.importorskip("PIL")
        with pytest.raises(ChalkgradError) as caught:
            load_new_data(tmp_path, IMAGES)
        assert caught.value.code == "no-samples"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ChalkgradError) as caught:
        load_new_data(tmp_path / "new.csv", FLOWERS)
    assert caught.value.code == "file-not-found"
