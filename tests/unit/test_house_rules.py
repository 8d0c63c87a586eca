"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "vartalaap"

_TASKS = {
    "core/call_tasks.py": "whatever a call does",
    "core/session.py": "the call's record, written whatever ends the call",
    "core/pipeline.py": "the playing of a reply, in that group",
    "dialogue/llm/prefetch.py": "a model that is asked ahead",
    "services/retrying_call_log.py": "records that wait for the database",
    "services/stt/chain.py": "the next recogniser, opened while the caller speaks on",
    "services/stt/deepgram.py": "the stream to the vendor",
    "services/stt/deepgram_link.py": "its sending side",
    "services/stt/groq.py": "a recognition",
    "services/stt/whisper.py": "a recognition",
    "services/tts/chain.py": "the making of a sentence ahead of its playing",
    "services/tts/edge.py": "the fetching of a sentence",
    "bootstrap/doctor.py": "one look at each dependency, side by side",
    "bootstrap/parts.py": "the watch on the loop's lag",
    "bootstrap/privacy.py": "the daily purge",
    "bootstrap/speaking.py": "fixed sentences, made ahead",
    "tasks/messages.py": "the worker in the server",
    "cli/worker.py": "the worker by itself",
    "simulator/caller.py": "the caller's ear",
}
"""The modules that start tasks, and what for. Each ends what it has started."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_tasks_are_started_only_where_it_is_known() -> None:
    starting = {
        name
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("create_task", "ensure_future")
    }
    assert starting == set(_TASKS)


def test_what_stores_and_what_takes_part_in_a_transaction_are_modules_of_their_own() -> None:
    """In `db/repositories`: who is opened with the database commits, who is given a session never does."""
    takes = {
        name: {
            argument.annotation.id
            for node in module.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
            for function in (_init_of(node) if isinstance(node, ast.ClassDef) else [node])
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            for argument in function.args.args
            if isinstance(argument.annotation, ast.Name)
        }
        & {"Database", "AsyncSession"}
        for name, module in modules()
        if name.startswith("db/repositories/")
    }
    assert {"Database"} in takes.values()
    assert {"AsyncSession"} in takes.values()
    assert [name for name, kinds in takes.items() if len(kinds) > 1] == []


def _init_of(node: ast.ClassDef) -> list[ast.stmt]:
    return [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]


def test_own_imports_are_relative() -> None:
    absolute = [
        name
        for name, module in modules()
        for node in ast.walk(module)
        if (isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "vartalaap")
        or (isinstance(node, ast.Import) and any(one.name.split(".")[0] == "vartalaap" for one in node.names))
    ]
    assert absolute == []


def test_the_running_parts_are_taken_from_the_application_in_one_place() -> None:
    web = [*PACKAGE.glob("api/**/*.py"), *PACKAGE.glob("admin/**/*.py")]
    assert len(web) > 20
    assert [path.name for path in web if "app.state.parts" in path.read_text(encoding="utf-8")] == []


_TWICE = {
    "Clock": "the clock of the house, and a time as said",
    "Health": "what is looked at, and the answer of the API about it",
}
"""Names of classes that still stand for two things."""


def test_a_class_s_name_stands_for_one_thing() -> None:
    named = Counter(
        node.name
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, times in named.items() if times > 1} == set(_TWICE)
