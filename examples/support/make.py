"""Writes the example data of an invented company, Quillmoor, and the list of every fault planted in it.

Run `python examples/support/make.py` to write the files beside this script, or name another folder. Every choice is
a hash of the name of the row, so there is no random state: the same bytes come out on every machine, and a new row
changes no old one. The conversations stand in `blocks/*.txt`, written by hand; this file mixes them, fills the slots
and plants the faults. All people, companies, mail addresses, telephone numbers, cards and accounts are invented or
come from ranges that are reserved for documentation.
"""

from __future__ import annotations

import copy
import gzip
import json
import sys
from pathlib import Path

from blocks import read_blocks
from plant import BROKEN, long_export, long_log, planted_pii
from rows import ASK, PERSONAS, SYSTEM, Row, conversation, copy_of, edited, metadata, single, ticket
from slots import Slots, draw, pick

HERE = Path(__file__).parent
APRIL, MAY = "tickets/2026-04.jsonl", "tickets/2026-05.jsonl"
GENERATED, PREFERENCES = "generated.jsonl.gz", "preferences.jsonl"
LEFT = ["MAC_ADDRESS", "SECRET"]  # kinds of private data that ScrubPII leaves alone unless they are asked for
TOPICS = ["account", "app", "billing", "delivery", "howto", "invoices", "login", "plans", "returns", "team", "warranty"]


class Maker:
    """Builds all rows, then lays them out in files, then writes down where everything ended."""

    def __init__(self) -> None:
        self.blocks = read_blocks(HERE / "blocks")
        self.files: dict[str, list[Row]] = {APRIL: [], MAY: [], GENERATED: [], PREFERENCES: []}
        self.groups: dict[str, list[dict]] = {"duplicates": [], "not_duplicates": []}
        self.marked: dict[str, list[dict]] = {
            "broken": [],
            "over_long": [],
            "too_short": [],
            "unicode": [],
            "decoys": [],
            "warned": [],
        }

    def add(self, file: str, row: Row) -> Row:
        self.files[file].append(row)
        return row

    def group(self, section: str, kind: str, *rows: Row, **more: object) -> None:
        self.groups[section].append({"kind": kind, "rows": list(rows), **more})

    def mark(self, section: str, kind: str, row: Row, **more: object) -> None:
        self.marked[section].append({"kind": kind, "row": row, **more})

    # ---- the files -------------------------------------------------------------------------------------------------
    def tickets(self) -> None:
        for topic in TOPICS:
            for scenario in self.blocks[topic]:
                for variant, (file, month) in enumerate(((APRIL, 4), (MAY, 5))):
                    self.add(file, ticket(scenario, variant, month))
        for number, scenario in enumerate(self.blocks["tools"]):
            for variant in range(2):
                even = (number + variant) % 2 == 0
                self.add(APRIL if even else MAY, ticket(scenario, variant, 4 if even else 5))
        for number, scenario in enumerate(self.blocks["private"]):
            self.add(MAY if number % 2 else APRIL, ticket(scenario, 0, 5 if number % 2 else 4, plain=True))
        for number, scenario in enumerate(self.blocks["chinese"]):
            row = self.add(APRIL if number < 2 else MAY, ticket(scenario, 0, 4 if number < 2 else 5, plain=True))
            self.mark("unicode", "chinese", row)
        for number, row in enumerate(self.files[APRIL]):  # a third of the single-turn texts get a picture
            content = row.value["messages"][1]["content"]
            if number % 15 == 4 and isinstance(content, str) and not row.secrets:
                picture = {"url": f"https://uploads.quillmoor.example/{draw(row.key, 10**6):06}.jpg"}
                row.value["messages"][1]["content"] = [
                    {"type": "text", "text": content},
                    {"type": "image_url", "image_url": picture},
                ]

    def exact_duplicates(self) -> None:
        april, may = self.files[APRIL], self.files[MAY]
        by_key = {row.key: row for row in april + may}
        first = by_key["login/captcha_loop/0"]
        again = self.add(APRIL, copy_of(first, "copy/same_bytes"))
        self.group("duplicates", "exact.same_bytes", first, again)
        first = by_key["plans/pause/1"]
        twice = [self.add(MAY, copy_of(first, f"copy/same_bytes_{n}")) for n in "ab"]
        self.group("duplicates", "exact.same_bytes", first, *twice)
        for number, name in enumerate(("billing/currency/0", "howto/printing/0", "team/seats/0")):
            row = copy_of(
                by_key[name], f"copy/metadata_{number}", ticket_id=f"QM-9900{number}", customer=f"c-200{number}"
            )
            self.group("duplicates", "exact.other_metadata", by_key[name], self.add(MAY, row))
        for name in ("delivery/customs/1", "app/web_clipper/1"):
            row = self.add(MAY, copy_of(by_key[name], f"copy/order/{name}", ticket_id=f"QM-991{len(name)}"))
            row.style = "reversed"
            self.group("duplicates", "exact.other_key_order", by_key[name], row)
        for name in ("returns/gift_return/0", "invoices/reverse_charge/0"):
            row = self.add(APRIL, copy_of(by_key[name], f"copy/space/{name}", ticket_id=f"QM-992{len(name)}"))
            row.style = "spaced"
            self.group("duplicates", "exact.other_white_space", by_key[name], row)
        first = by_key["chinese/退货/0"]
        row = self.add(MAY, copy_of(first, "copy/escapes", ticket_id="QM-99300"))
        row.style = "" if first.style == "ascii" else "ascii"
        self.group("duplicates", "exact.other_escapes", first, row)
        for number, name in enumerate(("mail_and_phone", "iban_refund")):  # equal once private values are replaced
            scenario = next(s for s in self.blocks["private"] if s.name == name)
            messages, secrets = conversation(f"again/{name}", scenario, 0, plain=True)
            row = Row(
                f"copy/scrubbed/{name}", {"messages": messages, "metadata": metadata(f"QM-9940{number}", "2026-05-20")}
            )
            row.secrets = secrets
            self.group("duplicates", "exact.after_scrubbing", by_key[f"private/{name}/0"], self.add(MAY, row))

    def near_duplicates(self) -> None:
        for number, scenario in enumerate(self.blocks["long"]):
            user, answer = scenario.users[0], scenario.answers[0][0]
            first = self.add(APRIL, single(f"long/{scenario.name}", user, answer))
            name, human = f"near/{scenario.name}", scenario.source == "human"
            row = single(name, edited(scenario, user), edited(scenario, answer), month=5)
            if human:
                self.add(MAY, row)
            else:
                row.value["metadata"] = {
                    "ticket_id": f"GEN-90{number:02}",
                    "seed_id": first.value["metadata"]["ticket_id"],
                }
                self.add(GENERATED, row)
            self.group("duplicates", "near", first, row, origins=["human", "human" if human else "synthetic"])

    def look_alikes(self) -> None:
        for number, (name, label, other) in enumerate(
            (("exam_room", "Not urgent.", "Urgent."), ("conference", "Team: sales.", "Team: events."))
        ):
            text = next(s for s in self.blocks["long"] if s.name == name).users[0]
            context = f"Sort this request for me, one short answer.\n\n{text}"
            rows = [
                single(f"label/{name}/{n}", context, answer, month=4 + n) for n, answer in enumerate((label, other))
            ]
            self.add(APRIL, rows[0])
            self.add(MAY if number else APRIL, rows[1])
            self.group("not_duplicates", "same_context_other_label", *rows)
        question, one, two = (self.blocks["pairs"][0].users[0], *self.blocks["pairs"][0].answers[0])
        rows = [single("pair/one", question, one), single("pair/two", question, two, month=5)]
        self.add(APRIL, rows[0])
        self.add(MAY, rows[1])
        self.group("not_duplicates", "same_prompt_other_answer", *rows)
        rows = []
        for order, state in (("O-20481", "packed"), ("O-20487", "packed"), ("O-20841", "packed")):
            rows.append(self.add(APRIL, single(f"digits/{order}", f"Status of {order}?", f"{order} is {state}.")))
        self.group("not_duplicates", "digits_only", *rows)

    def lengths(self) -> None:
        for number in range(2):
            user = f"Sync hangs since Monday, here is the whole log of the tablet. What is wrong?\n\n{long_log(number)}"
            answer = (
                "The queue waits for page 9f3, please delete it.",
                "The clock of the tablet is four minutes late.",
            )
            file, month = ((APRIL, 4), (MAY, 5))[number]
            self.mark(
                "over_long", "pasted_log", self.add(file, single(f"log/{number}", user, answer[number], month=month))
            )
        faq = long_export([scenario for topic in TOPICS for scenario in self.blocks[topic]])
        row = single(
            "export/faq",
            f"Make a list of the headings of our answers, please.\n\n{faq}",
            "1. Billing\n2. Delivery\n3. Login",
        )
        self.mark("over_long", "pasted_document", self.add(APRIL, row))
        for number, (user, answer) in enumerate((("Hi", "Hello!"), ("thx", "Welcome."), ("👍", "🙂"))):
            row = single(f"short/{number}", user, answer, system=False, month=5)
            self.mark("too_short", "two_words", self.add(MAY, row))

    def oddities(self) -> None:
        for scenario in self.blocks["unicode"]:
            kind = scenario.name
            user, answer = (
                text.encode().decode("unicode_escape") if kind != "emoji_zwj" else text
                for text in (scenario.users[0], scenario.answers[0][0])
            )
            self.mark("unicode", kind, self.add(MAY, single(f"unicode/{kind}", user, answer, month=5)))
        for scenario in self.blocks["decoys"]:
            row = self.add(APRIL, single(f"decoy/{scenario.name}", scenario.users[0], scenario.answers[0][0]))
            self.mark("decoys", scenario.name, row, keep=list(scenario.edit))

    def broken(self) -> None:
        for number, fault in enumerate(BROKEN):
            file = MAY if fault.month == 5 else APRIL
            name = f"broken/{number}/{fault.kind}"
            healthy = single(name, fault.user, fault.answer, month=fault.month)
            row = self.add(file, Row(name, healthy.value, raw=fault.spoil(healthy.value)))
            self.mark("broken", fault.kind, row, reason=fault.reason, rule=fault.rule)

    def generated(self) -> None:
        by_key = {row.key: row for row in self.files[APRIL] + self.files[MAY]}
        scenarios = [scenario for topic in TOPICS for scenario in self.blocks[topic]][::3]
        scenarios += [scenario for topic in TOPICS for scenario in self.blocks[topic]][1::3]
        for number in range(84):
            scenario = scenarios[number % len(scenarios)]
            again = number // len(scenarios)
            seed = by_key[f"{scenario.topic}/{scenario.name}/0"].value["metadata"]["ticket_id"]
            name = f"generated/{scenario.name}/{again}"
            slots = Slots(name, secret=False)
            ask = ASK[(draw("ask" + scenario.name, len(ASK)) + again) % len(ASK)]
            user = ask.replace("{persona}", pick(PERSONAS, name)).replace("{gist}", scenario.gist)
            lines = [options[(index + again) % len(options)] for index, options in enumerate(scenario.answers)]
            if draw("list" + name, 3) == 0:
                answer = "Certainly! Please follow these steps:\n" + "\n".join(
                    f"{n}. {s}" for n, s in enumerate(lines, 1)
                )
            else:
                answer = pick(["Thank you for reaching out! ", "I understand. ", "Of course. ", ""], name) + " ".join(
                    lines
                )
            answer += pick(
                ["\n\nI hope this helps!", " Please let me know if you need anything else.", ""], "end" + name
            )
            user = slots.fill(user[0].upper() + user[1:])
            row = single(name, user, slots.fill(answer))
            row.value["metadata"] = {"ticket_id": f"GEN-{number:04}", "seed_id": seed, "generator": "draft-model-3"}
            self.add(GENERATED, row)
        first = by_key["warranty/water/0"]
        row = copy_of(first, "copy/generated")
        row.value["metadata"] = {"ticket_id": "GEN-9100", "seed_id": first.value["metadata"]["ticket_id"]}
        self.add(GENERATED, row)
        self.group("duplicates", "exact.synthetic_copy", first, row, origins=["human", "synthetic"])

    def preferences(self) -> None:
        scenarios = [s for topic in TOPICS for s in self.blocks[topic] if s.bad][2::2][:30]
        rows = []
        for number, scenario in enumerate(scenarios):
            name = f"preference/{scenario.name}"
            slots = Slots(name, secret=False)
            prompt = [{"role": "user", "content": slots.fill(scenario.users[number % 2])}]
            if number % 2:
                prompt.insert(0, {"role": "system", "content": SYSTEM})
            chosen = slots.fill(" ".join(options[number % len(options)] for options in scenario.answers))
            rows.append(self.pair(name, prompt, chosen, slots.fill(scenario.bad)))
        for number, scenario in enumerate(self.blocks["private"][:3]):
            slots = Slots(f"preference/{scenario.name}", secret=True)
            user, good = slots.fill(scenario.users[0]), slots.fill(scenario.answers[0][0])
            bad = slots.fill("Is {email} really yours? I will try {phone} then.") if number == 2 else "Try again later."
            rows.append(self.pair(f"preference/{scenario.name}", [{"role": "user", "content": user}], good, bad))
            rows[-1].secrets = slots.secrets
        again = self.add(PREFERENCES, copy_of(rows[4], "preference/copy", pair_id="PF-9001"))
        self.group("duplicates", "preference.exact", rows[4], again)
        swapped = self.add(PREFERENCES, copy_of(rows[7], "preference/swapped", pair_id="PF-9002"))
        swapped.value["chosen"], swapped.value["rejected"] = swapped.value["rejected"], swapped.value["chosen"]
        self.group("not_duplicates", "preference.swapped", rows[7], swapped)
        same = copy_of(rows[12], "preference/no_contrast", pair_id="PF-9003")
        same.value["prompt"][-1]["content"] += " This is urgent."
        same.value["rejected"] = copy.deepcopy(same.value["chosen"])
        self.mark("warned", "preference_no_contrast", self.add(PREFERENCES, same), rule="preference.no_contrast")
        half = copy_of(rows[11], "preference/missing_rejected", pair_id="PF-9004")
        del half.value["rejected"]
        kind = "preference_missing_rejected"
        self.mark("broken", kind, self.add(PREFERENCES, half), reason="invalid_record", rule="schema.missing")
        cut = Row("preference/truncated", rows[14].value, raw=rows[14].line(compact=True)[:-40])
        self.mark(
            "broken", "preference_truncated", self.add(PREFERENCES, cut), reason="invalid_json", rule="json.parse"
        )

    def pair(self, name: str, prompt: list[dict], chosen: str, rejected: str) -> Row:
        answers = {
            kind: [{"role": "assistant", "content": text}]
            for kind, text in (("chosen", chosen), ("rejected", rejected))
        }
        about = {"pair_id": f"PF-{draw(name, 9000):04}", "customer": f"c-{1000 + draw(name, 170)}"}
        return self.add(PREFERENCES, Row(name, {"prompt": prompt, **answers, "metadata": about}))

    # ---- layout and writing ----------------------------------------------------------------------------------------
    def build(self) -> dict[str, bytes]:
        """Everything as bytes by file name, the packed file still unpacked."""
        self.tickets()
        self.generated()
        self.exact_duplicates()
        self.near_duplicates()
        self.look_alikes()
        self.lengths()
        self.oddities()
        self.broken()
        self.preferences()
        out, facts = {}, {}
        for file, rows in self.files.items():
            rows.sort(key=lambda row: (row.value["metadata"].get("created", ""), draw(row.key, 10**9)))
            compact, number, blank, parts = file != APRIL, 0, [], [b"\xef\xbb\xbf"] if file == MAY else []
            for index, row in enumerate(rows):
                if file in (APRIL, MAY) and index in (31, 77):
                    number += 1
                    blank.append(number)
                    parts.append(b"\n" if index == 31 else b"  \t\n")
                number += 1
                row.place = (file, number)
                row.end = b"\r\n" if file == APRIL and 50 <= index < 56 else b"\n"
                parts += [row.line(compact=compact), row.end]
            if file == MAY:
                parts.pop()  # this export ends without a line feed
            facts[file] = {"lines": number, "rows": len(rows), "blank_lines": blank, "bom": file == MAY}
            facts[file] |= {"crlf": sum(row.end == b"\r\n" for row in rows), "final_newline": file != MAY}
            out[file] = b"".join(parts)
        out["planted.json"] = (json.dumps(self.planted(facts), ensure_ascii=False, indent=1) + "\n").encode()
        return out

    def planted(self, facts: dict) -> dict:
        """What was planted, where it ended, and how often: the oracle of the tests."""
        groups = {
            section: [
                {key: [list(row.place) for row in value] if key == "rows" else value for key, value in group.items()}
                for group in groups
            ]
            for section, groups in self.groups.items()
        }
        marked = {
            section: [
                {"kind": m["kind"], "file": m["row"].place[0], "line": m["row"].place[1]}
                | {key: value for key, value in m.items() if key not in ("kind", "row")}
                for m in marks
            ]
            for section, marks in self.marked.items()
        }
        pii = [
            found
            for rows in self.files.values()
            for row in rows
            for found in planted_pii(row.value, row.secrets, row.place)
        ]
        return {"files": facts, "drops": drops(groups, marked), **groups, **marked, "pii": pii, "left_by_default": LEFT}


def drops(groups: dict, marked: dict) -> dict[str, dict[str, int]]:
    """How many rows must leave for which reason, per recipe."""
    counts: dict[str, dict[str, int]] = {"recipe.yaml": {}, "preferences.yaml": {}}

    def count(file: str, reason: str, number: int = 1) -> None:
        recipe = counts["preferences.yaml" if file == PREFERENCES else "recipe.yaml"]
        recipe[reason] = recipe.get(reason, 0) + number

    for mark in marked["broken"]:
        count(mark["file"], mark["reason"])
    for group in groups["duplicates"]:
        count(
            group["rows"][0][0],
            "near_duplicate" if group["kind"] == "near" else "exact_duplicate",
            len(group["rows"]) - 1,
        )
    for mark in marked["over_long"]:
        count(mark["file"], "too_many_tokens")
    for mark in marked["too_short"]:
        count(mark["file"], "too_few_tokens")
    return counts


def write(folder: Path) -> None:
    """Write all files; a packed file whose content is right stays as it is, since compressors differ."""
    (folder / "tickets").mkdir(parents=True, exist_ok=True)
    for name, data in Maker().build().items():
        path = folder / name
        if name.endswith(".gz"):
            if path.exists() and gzip.decompress(path.read_bytes()) == data:
                continue
            data = gzip.compress(data, mtime=0)  # noqa: PLW2901 - the packed bytes of the same file
        path.write_bytes(data)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
