from __future__ import annotations

from chalkgrad.training.export.layout import called, indented, laid_out, listed, uses, without_gaps


def test_functions_have_two_empty_lines_around_them():
    text = laid_out(['"""a"""'], ["import b"], [["def f():", "    pass"]], ["f()"])
    assert text == '"""a"""\n\nimport b\n\n\ndef f():\n    pass\n\n\nf()\n'
    assert laid_out(['"""a"""'], ["import b"], [], ["b.c()", ""]) == '"""a"""\n\nimport b\n\nb.c()\n'


def test_lists_and_calls_are_broken_where_they_are_long():
    assert listed("a", ["b", "c"], "# d") == ["# d", "a = [b, c]"]
    long = ["x" * 40] * 3
    assert listed("a", long) == ["a = [", *(f"    {entry}," for entry in long), "]"]
    assert called("f(a, b)") == ["f(a, b)"]
    assert called(f"f({'x' * 80}, g(a, b), c=[])") == ["f(", f"    {'x' * 80},", "    g(a, b),", "    c=[],", ")"]


def test_gaps():
    assert without_gaps(["", "a", "", "", "b"]) == ["a", "", "b"]
    assert indented(["a", "", "b"], 2) == ["  a", "", "  b"]


def test_modules_that_are_used():
    assert uses("torch.nn.functional", "torch")
    assert not uses("torch.nn.functional", "nn")
    assert uses("F.relu(x)", "F")
    assert not uses("selF.relu(x)", "F")
