"""Writes the Parquet files beside it, as Hugging Face `datasets` and pyarrow write them; neither is needed to test.

Made with datasets 5.2.0 and pyarrow 26.0.1: `python tests/data/make_parquet.py`.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset

HERE = Path(__file__).parent


def call(arguments):
    function = {"name": "tide", "arguments": arguments}
    return {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": function}]}


def chats(arguments):
    asked = {"role": "user", "content": "When is low tide?"}
    answer = {"role": "tool", "tool_call_id": "c", "content": "04:10"}
    return [
        {"messages": [asked, call(arguments(day)), answer, {"role": "assistant", "content": f"At four on day {day}."}]}
        for day in range(6)
    ] + [{"messages": [asked, {"role": "assistant", "content": "At four.", "weight": 1}]} for _ in range(6)]


def write(name, rows, **how):
    Dataset.from_list(rows, **how).to_parquet(HERE / name)


if __name__ == "__main__":
    # Arguments are text: all messages are structs of the same keys, with null where a message has none.
    write("hf_structs.parquet", chats(lambda day: f'{{"day":{day},"place":null}}'))
    # Arguments have several types: every message is JSON as text.
    write("hf_json.parquet", chats(lambda day: {"day": day if day % 2 else str(day)}), on_mixed_types="use_json")
    texts = [
        '{ "n": 12345678901234567890123, "f": 1.0, "e": 1e2, "s": "\\u00e9 é" }',
        None,
        '{"n": 1, "n": 2}',
        '{"n": 3}, "more": {',
        "null",
    ]
    column = pa.ExtensionArray.from_storage(pa.json_(), pa.array(texts))
    nested = pa.ListArray.from_arrays(pa.array(range(6), pa.int32()), pa.StructArray.from_arrays([column], ["json"]))
    days = pa.array(range(5), pa.date32())
    pq.write_table(pa.table({"day": days, "top": column, "nested": nested}), HERE / "json_types.parquet")
