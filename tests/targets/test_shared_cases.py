"""The optional folder of cases: what the peers refuse is an error, what they take is none."""

import json

import pytest

from ftdata.formats import detect
from ftdata.targets import get_target

TYPES = {
    "chat-sft": "openai/sft",
    "dpo": "openai/dpo",
    "reinforcement": "openai/rft",
    "completions": "openai/completions",
    "preference-implicit": "trl/preference",
    "unpaired-preference": "trl/unpaired",
    "vision": "trl/language-modeling",
    "from-value": "trl/language-modeling",
}
# Cases that a check of one row cannot follow.
NOT_FOLLOWED = {
    "c0049",  # the same row is right for models of today and wrong for those before tools: nothing in the row tells
    "c0232",  # a warning in the case; but TRL does not see such a column at all, so it is an error of format here
}


def target_of(case):
    kind = case["format"].split("/")[0]
    if kind == "template-keys":
        return "trl/language-modeling" if "messages" in case["record"] else "trl/prompt-completion"
    return TYPES.get(kind, f"{case['provider']}/{kind}")


@pytest.mark.parametrize("provider", ["openai", "trl"])
@pytest.mark.parametrize("bare", [True, False], ids=["told from the source", "by name"])
def test_every_record_case_is_judged_as_its_peer_does(shared_data, provider, bare):
    path = shared_data.parent / "cases" / "formats" / f"{provider}.jsonl"
    if not path.is_file():
        pytest.skip("the optional folder of cases is absent")
    wrong = []
    for case in map(json.loads, path.read_text("utf-8").splitlines()):
        row = case["record"]
        problems = get_target(provider if bare else target_of(case)).check_row(row, detect(row))
        found = {problem.severity for problem in problems} - {"info"}
        worst = "error" if "error" in found else "warning" if found else "ok"
        if worst != {"info": "ok"}.get(case["severity"], case["severity"]) and case["id"] not in NOT_FOLLOWED:
            wrong.append((case["id"], case["rule"], worst))
    assert not wrong
