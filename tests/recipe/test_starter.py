"""`init` writes a recipe that loads, names the data that is there, and writes over nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftdata import MissingExtraError, Pipeline, Recipe, RecipeError, Result
from ftdata.recipe import starter_recipe
from small_set import chat, chats, write_lines


def test_in_an_empty_folder_it_says_where_data_would_be(tmp_path: Path) -> None:
    written = starter_recipe(tmp_path / "new" / "job")
    assert written == tmp_path / "new" / "job" / "recipe.yaml"
    assert Recipe.load(written).inputs[0].paths == ("data/*.jsonl",)


def test_it_names_all_the_data_that_is_there(tmp_path: Path) -> None:
    """Also under names that mean something in YAML, and more files than one would list by hand."""
    names = [f"{number:02}.jsonl" for number in range(25)]
    names += [
        'quote"d.jsonl',
        "back\\slash.jsonl",
        "{brace}: x.jsonl",
        "a # b.jsonl",
        "ünï.jsonl",
        "'.jsonl",
        "new\nline.jsonl",
    ]
    for number, name in enumerate(names):
        write_lines(tmp_path / name, chats(1, start=number))
    (tmp_path / "notes.txt").write_text("no data")
    recipe = Recipe.load(starter_recipe(tmp_path))
    assert sorted(recipe.inputs[0].paths) == sorted(names)
    assert len(recipe.read()) == len(names)


def runs(recipe: Recipe, **more) -> Result:
    return Pipeline.of_recipe(recipe).run_recipe(recipe, **more)


def test_it_runs_as_it_is_and_asks_who_wrote_the_rows(tmp_path: Path) -> None:
    """Nothing is claimed about that, so nothing is split; with the answer, the line that splits is there."""
    write_lines(tmp_path / "rows.jsonl", chats(40))
    place = starter_recipe(tmp_path)
    assert len(runs(Recipe.load(place)).dataset) == 40
    text = place.read_text()
    assert "origin: unknown  # who wrote these rows: human, synthetic or unknown?" in text
    place.write_text(text.replace("origin: unknown", "origin: human").replace("# - {stage: Split", "- {stage: Split"))
    assert set(runs(Recipe.load(place)).splits) == {"train", "val", "test"}
    place.unlink()
    assert set(runs(Recipe.load(starter_recipe(tmp_path, origin="human"))).splits) == {"train", "val", "test"}


def test_every_comment_in_its_place_can_be_taken_away(tmp_path: Path) -> None:
    """What is commented out is YAML, and makes a recipe too."""
    rows = [chat(number, metadata={"ticket_id": number, "customer": number % 5}) for number in range(30)]
    write_lines(tmp_path / "rows.jsonl", rows)
    text = starter_recipe(tmp_path).read_text()
    assert "# fields: {id: metadata.ticket_id, group: metadata.customer}" in text
    (tmp_path / "recipe.yaml").write_text(text.replace("# fields:", "fields:").replace("# - {", "- {"))
    recipe = Recipe.load(tmp_path / "recipe.yaml")
    assert recipe.inputs[0].fields.group == "metadata.customer"
    assert len(recipe.steps.stages) == 6


@pytest.mark.parametrize(("have", "told"), [(18, True), (17, False)])
def test_a_key_is_proposed_where_nine_of_ten_rows_have_it(have: int, *, told: bool, tmp_path: Path) -> None:
    rows = [chat(i, **({"ticket_id": i, "customer": i % 5} if i < have else {})) for i in range(20)]
    write_lines(tmp_path / "rows.jsonl", rows)
    text = starter_recipe(tmp_path).read_text()
    assert ("# fields: {id: ticket_id, group: customer}" in text) == told


@pytest.mark.parametrize(("different", "told"), [(18, True), (17, False)])
def test_an_id_is_proposed_where_nine_of_ten_are_different(different: int, *, told: bool, tmp_path: Path) -> None:
    """Copies share one; what repeats more often is no id."""
    write_lines(tmp_path / "rows.jsonl", [chat(i, ticket_id=i % different) for i in range(20)])
    assert ("{id: ticket_id}" in starter_recipe(tmp_path).read_text()) == told


def test_files_that_keep_their_facts_elsewhere_are_inputs_of_their_own(tmp_path: Path) -> None:
    """A path that holds for one of them would find nothing in the other, and its customers would straddle splits."""
    for name in "ab":
        write_lines(tmp_path / f"{name}.jsonl", [chat(n, metadata={"customer": n % 5}) for n in range(10)])
    write_lines(tmp_path / "c.jsonl", [chat(n, customer=n % 5) for n in range(20, 30)])
    write_lines(tmp_path / "d.jsonl", [chat(n) for n in range(30, 40)])
    place = starter_recipe(tmp_path)
    assert [one.paths for one in Recipe.load(place).inputs] == [("a.jsonl", "b.jsonl"), ("c.jsonl",), ("d.jsonl",)]
    assert place.read_text().count("# fields:") == 3
    assert "# fields: {group: metadata.customer}  # keys of the rows" in place.read_text()
    assert "# fields: {group: customer}  # keys of the rows" in place.read_text()
    assert "# fields: {group: KEY}  # none was seen" in place.read_text()


def test_rows_that_leave_are_counted_whether_they_can_be_read_or_not(tmp_path: Path) -> None:
    bad = {"messages": []}
    write_lines(tmp_path / "rows.jsonl", [*chats(10), bad])
    with (tmp_path / "rows.jsonl").open("ab") as file:
        file.write(b"{broken\n{broken too\n")
    text = starter_recipe(tmp_path).read_text()
    assert (
        "# of the first 13 rows 3 leave (2 unreadable, 1 with errors); `ftdata check --target openai` says which"
        in text
    )


def test_files_that_are_laid_out_alike_are_one_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By layout, and apart from those that a program wrote by their names; paths are as seen from the recipe."""
    (tmp_path / "data").mkdir()
    write_lines(tmp_path / "data" / "a.jsonl", chats(5))
    write_lines(tmp_path / "data" / "b.jsonl", chats(5, start=5))
    write_lines(tmp_path / "data" / "generated.jsonl", chats(5, start=10))
    write_lines(
        tmp_path / "data" / "pairs.jsonl", [{"prompt": f"p{i}", "chosen": "c", "rejected": "r"} for i in range(5)]
    )
    write_lines(tmp_path / "data" / "odd.jsonl", [{"zq7": i} for i in range(5)])
    (tmp_path / "job").mkdir()
    monkeypatch.chdir(tmp_path)
    place = starter_recipe(Path("job"), ["data"])
    text = place.read_text()
    recipe = Recipe.load(place)
    assert [one.paths for one in recipe.inputs] == [
        ("../data/a.jsonl", "../data/b.jsonl"),
        ("../data/generated.jsonl",),
        ("../data/odd.jsonl",),
        ("../data/pairs.jsonl",),
    ]
    assert text.count("the name says that a program did") == 1
    assert "# openai-chat, 10 rows" in text
    assert "openai-chat, trl-preference-standard, unknown would come out in one file" in text
    assert "ftdata knows no such layout" in text
    assert len(runs(recipe).dataset.index) == 25


@pytest.mark.parametrize(
    ("row", "target"),
    [
        ({"messages": chat(1)["messages"], "id": 1}, "{stage: Validate, target: openai, repair: [extra_keys]}"),
        ({"messages": chat(1)["messages"]}, "{stage: Validate, target: openai}"),
        ({"prompt": "p", "chosen": "c", "rejected": "r"}, "{stage: Validate, target: trl}"),
        ({"instruction": "do", "input": "", "output": "done"}, "{stage: Validate}"),
    ],
)
def test_the_target_is_one_that_takes_the_rows(row: dict, target: str, tmp_path: Path) -> None:
    write_lines(tmp_path / "rows.jsonl", [row])
    place = starter_recipe(tmp_path)
    assert f"  - {target}" in place.read_text()
    assert len(runs(Recipe.load(place)).dataset) == 1


NULLED = {"messages": [{**message, "name": None, "tool_calls": None} for message in chat(1)["messages"]]}


@pytest.mark.parametrize(
    ("row", "repair"),
    [
        (NULLED, "[null_keys]"),
        ({**NULLED, "id": 1}, "[extra_keys, null_keys]"),
        ({**NULLED, "tools": None}, "[null_keys]"),
    ],
)
def test_keys_that_are_null_in_a_table_are_no_reason_against_a_target(row: dict, repair: str, tmp_path: Path) -> None:
    write_lines(tmp_path / "rows.jsonl", [row])
    place = starter_recipe(tmp_path)
    text = place.read_text()
    assert f"  - {{stage: Validate, target: openai, repair: {repair}}}" in text
    assert "have errors and leave" not in text
    assert "keys that are null where that means none are removed" in text
    (left,) = runs(Recipe.load(place)).dataset.rows()
    assert left == {"messages": chat(1)["messages"]}


def test_only_the_first_rows_are_looked_at(tmp_path: Path) -> None:
    write_lines(tmp_path / "many.jsonl", chats(1200))
    assert "# openai-chat, 1,000 rows and more" in starter_recipe(tmp_path).read_text()


def test_a_file_that_cannot_be_read_is_left_out_with_the_reason(tmp_path: Path) -> None:
    write_lines(tmp_path / "good.jsonl", chats(3))
    (tmp_path / "bad\n.jsonl.gz").write_bytes(b"no archive")
    (tmp_path / "none.jsonl").write_bytes(b"")
    place = starter_recipe(tmp_path)
    assert "# left out: " in place.read_text()
    assert "check it with gzip -t" in place.read_text()
    recipe = Recipe.load(place)
    assert recipe.inputs[0].paths == ("good.jsonl",)
    assert len(runs(recipe).dataset) == 3


def test_no_text_of_a_row_and_no_key_of_its_own_is_written(tmp_path: Path) -> None:
    rows = [chat(i, Zq7Key="Zq7Value", metadata={"Zq7Deep": i, "id": f"Zq7Id{i}"}) for i in range(5)]
    write_lines(tmp_path / "rows.jsonl", rows)
    text = starter_recipe(tmp_path).read_text()
    assert "Zq7" not in text
    assert "id: metadata.id" in text


def test_without_the_extra_the_stage_that_needs_it_is_a_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ftdata.recipe.first_look as looking

    def missing() -> None:
        raise MissingExtraError("ScrubPII", extra="pii")

    monkeypatch.setattr(looking, "ScrubPII", missing)
    write_lines(tmp_path / "rows.jsonl", chats(3))
    place = starter_recipe(tmp_path)
    assert "  # - {stage: ScrubPII}  # needs: pip install 'ftdata[pii]'" in place.read_text()
    assert len(Recipe.load(place).steps.stages) == 4


def test_it_writes_over_nothing(tmp_path: Path) -> None:
    starter_recipe(tmp_path)
    before = (tmp_path / "recipe.yaml").read_bytes()
    with pytest.raises(RecipeError, match="is there already"):
        starter_recipe(tmp_path)
    assert (tmp_path / "recipe.yaml").read_bytes() == before
    (tmp_path / "recipe.yaml").unlink()
    (tmp_path / "recipe.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RecipeError, match="is there already"):
        starter_recipe(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecipeError, match="is a file; give a folder"):
        starter_recipe(tmp_path / "file")


def test_a_file_whose_rows_are_in_a_list_is_told(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps({"data": chats(3)}))
    text = starter_recipe(tmp_path).read_text()
    assert "rows seem to be in the list at $.data: write them one per line" in text
    assert "ftdata knows no such layout" not in text


def test_many_files_are_judged_like_few(tmp_path: Path) -> None:
    """Of many, the rows are read again in one go."""
    for number in range(20):
        write_lines(tmp_path / f"{number:02}.jsonl", [chat(number), {"messages": []}])
    text = starter_recipe(tmp_path).read_text()
    assert "# of the first 40 rows 20 leave (20 with errors)" in text
    assert [one.paths for one in Recipe.load(tmp_path / "recipe.yaml").inputs] == [
        tuple(f"{number:02}.jsonl" for number in range(20))
    ]
