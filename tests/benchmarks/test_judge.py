"""The judge of the benchmarks finds what is wrong in a doctored output, and nothing in a right one."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from brute_force import Texts, grams, jaccard, sample  # noqa: E402
from judge import Case, judge  # noqa: E402
from judge_rows import members, read_lines  # noqa: E402

LONG = (
    "the tablet stays dark after the update and only a soft click comes from the case when I press the button for long"
)
NAMES = ("a.jsonl", "made.jsonl")


def row(
    user: str, answer: str, number: int, *, customer: str = "", seed: str = "", arguments: str = ""
) -> dict[str, Any]:
    said: dict[str, Any] = {"role": "assistant", "content": answer}
    if arguments:
        said["tool_calls"] = [{"id": "1", "type": "function", "function": {"name": "send", "arguments": arguments}}]
    beside = {"id": f"T{number}", "customer": customer or f"c{number}"} | ({"seed": seed} if seed else {})
    return {"messages": [{"role": "user", "content": user}, said], "metadata": beside}


def written(value: dict[str, Any], *, bare: bool = True) -> str:
    kept = {"messages": value["messages"]} if bare else value
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


HUMAN = [
    row("How do I print?", "Choose Print in the menu.", 1, customer="anna"),  # a.jsonl:1
    row("How do I print?", "Choose Print in the menu.", 2),  # :2 exact copy of :1
    row(f"{LONG}.", "Hold it for ten seconds.", 3),  # :3
    row(f"So, {LONG}.", "Hold it for ten seconds.", 4),  # :4 near-copy of :3
    row("Status of O-1?", "O-1 is packed.", 5),  # :5
    row("Status of O-2?", "O-2 is packed.", 6),  # :6 looks like :5 and is not the same
    row("Write to ann@example.org, please.", "Done.", 7, arguments='{"to":"ann@example.org"}'),  # :7
    row("Where is my parcel? It was sent on Monday.", "It is in the van.", 8, customer="anna"),  # :8
    row("My build is 5.12.3, is that new?", "It is the newest.", 9),  # :9
]
MADE = [row("A question that a model made up about pens", "An answer that it made up too.", 11, seed="T9")]
PLANTED = {
    "duplicates": [
        {"kind": "exact.same", "rows": [["a.jsonl", 1], ["a.jsonl", 2]]},
        {"kind": "near", "rows": [["a.jsonl", 3], ["a.jsonl", 4]]},
    ],
    "not_duplicates": [{"kind": "digits_only", "rows": [["a.jsonl", 5], ["a.jsonl", 6]]}],
    "broken": [{"file": "a.jsonl", "line": 10}],
    "over_long": [],
    "too_short": [],
    "pii": [{"kind": "EMAIL_ADDRESS", "file": "a.jsonl", "line": 7, "value": "ann@example.org"}],
    "left_by_default": [],
}
TWICE = (
    '{"messages":[],"messages":[{"role":"user","content":"Twice the same key"}],"metadata":{"id":"T10"}}'  # a.jsonl:10
)
CASE = Case(PLANTED, ("metadata",), "metadata.customer", "metadata.id", "metadata.seed")
FAULTS = {
    "exact_left", "near_left", "look_alikes_removed", "good_rows_lost", "broken_through", "wrong_length_through",
    "private_left", "harmless_changed", "synthetic_held_out", "customers_straddling", "families_straddling",
    "held_out_copied", "untraced", "bytes_altered", "not_json", "arguments_broken",
}  # fmt: skip


class Desk:
    """Inputs on disk, and a right output that a test may doctor before it is judged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = [*(written(value, bare=False) for value in HUMAN), TWICE]
        (folder / "a.jsonl").write_text("\n".join(lines) + "\n")
        (folder / "made.jsonl").write_text("".join(written(value, bare=False) + "\n" for value in MADE))
        scrubbed = written(HUMAN[6]).replace("ann@example.org", "<EMAIL_ADDRESS_1>")
        self.splits = {
            "train": [
                *(written(HUMAN[i]) for i in (0, 2, 4, 5)),
                scrubbed,
                written(HUMAN[7]),
                written(HUMAN[8]),
                written(MADE[0]),
            ],
            "val": [],
            "test": [],
        }
        self.named = [2, 4, 10]

    def judged(self, case: Case = CASE) -> dict[str, int]:
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        for split, lines in self.splits.items():
            (out / f"{split}.jsonl").write_text("".join(line + "\n" for line in lines))
        told = [json.dumps({"source": "somewhere/a.jsonl", "line": line}) for line in self.named]
        (out / "rejected.jsonl").write_text("\n".join(told) + "\n")
        planted = case.planted["pii"] if case.planted else ()
        given = [line for name, origin in zip(NAMES, ("human", "synthetic"), strict=True)
                 for line in read_lines(self.folder / name, name, origin, planted)]  # fmt: skip
        return judge(given, out, case)

    def faults(self) -> dict[str, int]:
        return {name: count for name, count in self.judged().items() if name in FAULTS and count}

    def move(self, line: int, split: str) -> None:
        self.splits[split].append(self.splits["train"].pop(line))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_is_found_in_a_right_output(desk: Desk) -> None:
    assert set(desk.judged()) >= FAULTS
    assert not desk.faults()


def test_a_copy_that_is_left_counts(desk: Desk) -> None:
    desk.splits["train"].append(written(HUMAN[1]))
    assert desk.faults() == {"exact_left": 1}


def test_a_near_copy_counts_and_so_does_the_split_it_crosses(desk: Desk) -> None:
    desk.splits["test"].append(written(HUMAN[3]))
    assert desk.faults() == {"near_left": 1, "held_out_copied": 1}


def test_a_look_alike_that_is_gone_counts_and_is_traced_only_when_named(desk: Desk) -> None:
    del desk.splits["train"][3]
    assert desk.faults() == {"look_alikes_removed": 1, "untraced": 1}


def test_a_log_that_names_file_and_line_is_a_trace(desk: Desk) -> None:
    (desk.folder / "out").mkdir()
    (desk.folder / "out" / "said.log").write_text("somewhere/a.jsonl:6: thrown away\n")
    del desk.splits["train"][3]
    desk.named.append(6)
    assert desk.faults() == {"look_alikes_removed": 1}


def test_both_of_a_pair_gone_is_a_good_row_lost(desk: Desk) -> None:
    del desk.splits["train"][1]
    desk.named.append(3)
    assert desk.faults() == {"good_rows_lost": 1}


def test_a_private_value_that_is_left_counts_in_tool_arguments_too(desk: Desk) -> None:
    line = json.loads(desk.splits["train"][4])
    line["messages"][1]["tool_calls"][0]["function"]["arguments"] = '{"to":"ann@example.org"}'
    desk.splits["train"][4] = json.dumps(line, separators=(",", ":"))
    assert desk.faults() == {"private_left": 1}


def test_harmless_text_that_was_replaced_counts(desk: Desk) -> None:
    desk.splits["train"][6] = desk.splits["train"][6].replace("5.12.3", "<IP_ADDRESS>")
    assert desk.faults() == {"harmless_changed": 1}


def test_another_way_of_writing_the_same_counts_as_altered_bytes(desk: Desk) -> None:
    desk.splits["train"][0] = json.dumps(json.loads(desk.splits["train"][0]))
    assert desk.faults() == {"bytes_altered": 1}


def test_synthetic_rows_that_are_held_out_count_and_so_does_their_seed_in_train(desk: Desk) -> None:
    desk.move(7, "val")
    assert desk.faults() == {"synthetic_held_out": 1, "families_straddling": 1}


def test_a_customer_on_both_sides_counts(desk: Desk) -> None:
    desk.move(5, "val")  # the copies in rows 1 and 2 are of two customers, so row 1 proves nothing
    assert desk.faults() == {}
    desk.splits["train"].append(written(row("Is the shop open?", "Until six.", 12)))
    lines = (desk.folder / "a.jsonl").read_text().replace(TWICE + "\n", "")
    more = written(row("Is the shop open?", "Until six.", 12, customer="anna"), bare=False)
    (desk.folder / "a.jsonl").write_text(f"{lines}{TWICE}\n{more}\n")
    assert desk.faults() == {"customers_straddling": 1}


def test_a_broken_row_that_is_let_through_counts(desk: Desk) -> None:
    desk.splits["train"].append(TWICE)
    assert desk.faults() == {"broken_through": 1, "not_json": 1}


def test_arguments_that_are_json_no_more_count(desk: Desk) -> None:
    desk.splits["train"][4] = desk.splits["train"][4].replace(
        r"{\"to\":\"<EMAIL_ADDRESS_1>\"}", r"{\"to\":<EMAIL_ADDRESS_1>}"
    )
    assert desk.faults() == {"arguments_broken": 1}


def test_data_that_nobody_planted_is_judged_by_comparison(desk: Desk) -> None:
    wanted = {"left": 9, "copies_left": 1, "near_copies_left": 2}
    desk.splits["train"].append(written(HUMAN[1]))
    told = desk.judged(Case(removed=("metadata",)))
    assert {name: told[name] for name in wanted} == wanted


def test_the_similarity_is_that_of_sets_of_five_words_in_a_row() -> None:
    one, other = grams("a b c d e f"), grams("A b, c d e g")
    assert jaccard(one, other) == pytest.approx(1 / 3)
    assert Texts(["a b c d e f", "x y"]).alike(other, 0.3) == [(0, pytest.approx(1 / 3))]
    assert grams("too short") == grams("Too short!")
    assert len(grams("你好世界吗朋友")) == 3


def test_a_sample_is_the_same_every_time() -> None:
    assert sample(5, 9) == [0, 1, 2, 3, 4]
    assert sample(1000, 10) == sample(1000, 10)
    assert len(set(sample(1000, 10))) == 10


def test_members_are_told_as_they_are_written() -> None:
    assert members('{ "a" : 1.0 , "b":{"c": [1,2]}, "a":"\\u00e9"}') == [
        ("a", "1.0"),
        ("b", '{"c": [1,2]}'),
        ("a", '"\\u00e9"'),
    ]
    assert members("{}") == []


def test_the_judge_stands_on_the_standard_library_alone() -> None:
    own = {"brute_force", "judge_rows", "judge"}
    for name in own:
        tree = ast.parse((BENCHMARKS / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {one.partition(".")[0] for one in names} <= own | set(sys.stdlib_module_names)
