"""The order of imports, what `import chalkgrad` brings in, and the sizes of files and functions."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
FILES = sorted(SOURCE.rglob("*.py"))

SOLVING_AND_BELOW = ("errors", "files", "processes", "core", "ops", "render", "reading", "solving")
KNOWS: dict[str, set[str]] = {
    **{room: set(SOLVING_AND_BELOW[:place]) for place, room in enumerate(SOLVING_AND_BELOW)},
    "problems": set(),  # files and their names, no more
    "marking": {*SOLVING_AND_BELOW},
    "training": {*SOLVING_AND_BELOW},
    "diagnosing": {*SOLVING_AND_BELOW, "training"},
    "api": {*SOLVING_AND_BELOW, "marking", "training", "diagnosing", "problems"},
    "cli": {"api", "errors", "files", "problems", "__init__"},
    "web": {"api", "errors", "problems", "__init__"},
    "__init__": {"api", "errors"},
    "__main__": {"cli"},
}
for room in ("reading", "solving"):
    KNOWS[room].add("problems")

# Extras and slow starters: they are imported by what needs them, when it needs them.
NOT_AT_START = {
    *(
        "IPython",
        "jax",
        "loky",
        "matplotlib",
        "rich",
        "safetensors",
        "sklearn",
        "tensorboardX",
        "threadpoolctl",
        "typer",
        "typst",
    ),
    *("aiohttp", "fastapi", "flask", "http.server", "starlette", "uvicorn", "wsgiref"),
}
ONLY_IN_TESTS = {"hypothesis", "pytest", "sympy", "torch"}

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imported(tree: ast.AST, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that is imported, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: len(module.split(".")) - node.level + is_package] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def upward_imports(text: str, module: str, is_package: bool = False) -> list[str]:
    room = room_of(module)
    if room not in KNOWS:
        return [f'{module}: the room "{room}" has no place in the order of imports']
    found = []
    for line, name in imported(ast.parse(text), module, is_package):
        if name.split(".")[0] != "chalkgrad":
            continue
        other = room_of(name)
        if other not in KNOWS:  # a public name of the package itself, as in `from chalkgrad import solve`
            other = "__init__"
        if other != room and other not in KNOWS[room]:
            found.append(f"{module}:{line}: {room} must not know {other} ({name})")
    return found


def oracles_in(text: str) -> list[str]:
    return [name for _, name in imported(ast.parse(text), "chalkgrad.any") if name.split(".")[0] in ONLY_IN_TESTS]


def too_long(text: str, name: str) -> list[str]:
    found = []
    if (lines := len(text.splitlines())) > LINES_OF_A_FILE:
        found.append(f"{name}: {lines} lines")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                found.append(f"{name}:{node.lineno}: {node.name} has {lines} lines")
    return found


def modules_after(statement: str) -> set[str]:
    """The names of all modules that a fresh Python has loaded after a statement."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


class TestTheOrderOfImports:
    @pytest.mark.parametrize("path", FILES, ids=module_of)
    def test_no_module_imports_upward(self, path: Path) -> None:
        is_package = path.name == "__init__.py"
        assert upward_imports(path.read_text(encoding="utf-8"), module_of(path), is_package) == []

    @pytest.mark.parametrize("path", FILES, ids=module_of)
    def test_the_product_needs_no_oracle(self, path: Path) -> None:
        assert oracles_in(path.read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize(
        ("module", "text", "other"),
        [
            ("chalkgrad.core.node", "from chalkgrad.ops import tanh", "ops"),
            ("chalkgrad.errors", "import chalkgrad.core.node", "core"),
            ("chalkgrad.files", "from chalkgrad.core.node import Node", "core"),
            ("chalkgrad.core.node", "def f():\n    from ..render import boxes", "render"),
            ("chalkgrad.core.node", "from .. import api", "api"),
            ("chalkgrad.core.node", "import chalkgrad", "__init__"),
            ("chalkgrad.core.node", "if TYPE_CHECKING:\n    from chalkgrad.solving.step import Step", "solving"),
            ("chalkgrad.render.latex", "importlib.import_module('chalkgrad.reading')", "reading"),
            ("chalkgrad.marking.claim", "from chalkgrad.training import run", "training"),
            ("chalkgrad.training.run", "from chalkgrad.marking import claim", "marking"),
            ("chalkgrad.training.run", "from chalkgrad.diagnosing import finding", "diagnosing"),
            ("chalkgrad.cli", "from chalkgrad.render.document import Document", "render"),
            ("chalkgrad.web.server", "import chalkgrad.core", "core"),
            ("chalkgrad.api", "from chalkgrad import cli", "cli"),
        ],
    )
    def test_an_upward_import_is_found(self, module: str, text: str, other: str) -> None:
        (complaint,) = upward_imports(text, module)
        assert f"must not know {other} " in complaint

    def test_a_relative_import_of_a_package_is_resolved_from_itself(self) -> None:
        assert upward_imports("from .shape import Shape", "chalkgrad.core", is_package=True) == []
        assert upward_imports("from ..ops import tanh", "chalkgrad.core", is_package=True) != []

    @pytest.mark.parametrize(
        ("module", "text"),
        [
            ("chalkgrad.ops.tanh", "from chalkgrad.core.node import Op"),
            ("chalkgrad.diagnosing.dead", "from chalkgrad.training import run"),
            ("chalkgrad.cli", "from chalkgrad import api, solve"),
            ("chalkgrad.core.node", "import numpy as np\nfrom collections import abc"),
        ],
    )
    def test_a_downward_import_is_not(self, module: str, text: str) -> None:
        assert upward_imports(text, module) == []

    def test_a_new_room_must_be_given_its_place(self) -> None:
        assert upward_imports("", "chalkgrad.utils") == [
            'chalkgrad.utils: the room "utils" has no place in the order of imports'
        ]

    def test_an_oracle_in_the_product_is_found(self) -> None:
        assert oracles_in("def f():\n    import sympy.abc") == ["sympy.abc"]


class TestWhatAnImportBringsIn:
    def test_import_chalkgrad_brings_in_no_extra(self) -> None:
        assert not modules_after("import chalkgrad") & NOT_AT_START

    def test_the_command_line_waits_with_the_heavy_parts(self) -> None:
        heavy = (NOT_AT_START - {"typer"}) | {"chalkgrad.api", "lark", "numpy", "pydantic", "ruamel.yaml"}
        assert not modules_after("import chalkgrad.cli") & heavy

    def test_an_extra_would_be_seen(self) -> None:
        assert "http.server" in modules_after("import http.server") & NOT_AT_START


class TestSizes:
    @pytest.mark.parametrize("path", FILES, ids=module_of)
    def test_files_and_functions_stay_in_ones_head(self, path: Path) -> None:
        assert too_long(path.read_text(encoding="utf-8"), module_of(path)) == []

    def test_a_long_file_is_found(self) -> None:
        assert too_long("x = 1\n" * 400, "a") == []
        assert too_long("x = 1\n" * 401, "a") == ["a: 401 lines"]

    def test_a_long_function_is_found(self) -> None:
        assert too_long("def f():\n" + "    x = 1\n" * 59, "a") == []
        assert too_long("class C:\n  async def f():\n" + "    x = 1\n" * 60, "a") == ["a:2: f has 61 lines"]
