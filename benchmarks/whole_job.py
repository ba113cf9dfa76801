"""ftdata against the script that one would write today, on the same input: cost, and what each got wrong.

    pip install -e '.[pii]' -r benchmarks/requirements.txt
    python benchmarks/whole_job.py [DATA_FOLDER] --date YYYY-MM-DD

The script is `peers/glue_script.py` (json, pydantic, presidio, datasketch, tiktoken, a random split). Both run as whole
processes, in turn, with nothing else asked of the machine if the figures are to mean something; the judge
(`judge.py`) shares nothing with either. The example of this repository has planted faults, so every fault is counted. DATA_FOLDER
($FTDATA_SHARED_DATA, or ../shared/data beside the repository) holds real data; its jobs are skipped when it is absent.

With --date the figures are written to results/whole_job.json and into docs/explanation/benchmarks.md. No network is used:
tldextract's download is switched off in the script, tiktoken's rank file is laid out beforehand, and proxies lead nowhere.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from judge import Case, judge
from judge_rows import read_lines
from measure import Measured, machine, measure
from whole_job_page import refresh, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SUPPORT = ROOT / "examples" / "support"
RECIPE = """\
inputs: INPUTS
stages:
  - {stage: Validate, target: trl}
PII  - {stage: Deduplicate, threshold: 0.8}
  - {stage: FilterTokens, max_tokens: 4096, encoding: o200k_base}
  - {stage: Split, train: 0.8, val: 0.1, test: 0.1, seed: 7}
"""


@dataclass(frozen=True)
class Job:
    """One input for both contenders.

    Attributes:
        name: For the table.
        inputs: Path, name as the judge calls it, origin.
        recipe: The recipe file for ftdata.
        options: Options of the glue script that ask the same of it.
        case: What the judge is told.
    """

    name: str
    inputs: Sequence[tuple[Path, str, str]]
    recipe: Path
    case: Case
    options: Sequence[str] = field(default=())

    def command(self, contender: str, out: Path) -> list[str]:
        if contender == "ftdata":
            return [sys.executable, "-m", "ftdata", "run", str(self.recipe), "--out", str(out)]
        files = [str(path) for path, _, _ in self.inputs]
        return [sys.executable, str(HERE / "peers" / "glue_script.py"), "--out", str(out), *self.options, *files]


def example() -> Job:
    planted = json.loads((SUPPORT / "planted.json").read_text(encoding="utf-8"))
    names = (
        ("tickets/2026-04.jsonl", "human"),
        ("tickets/2026-05.jsonl", "human"),
        ("generated.jsonl.gz", "synthetic"),
    )
    case = Case(planted, ("metadata",), "metadata.customer", "metadata.ticket_id", "metadata.seed_id")
    inputs = [(SUPPORT / name, name, origin) for name, origin in names]
    return Job("example", inputs, SUPPORT / "recipe.yaml", case, ("--drop", "metadata", "--min-tokens", "16"))


def real_jobs(data: Path, work: Path) -> Iterator[Job]:
    def job(name: str, *inputs: tuple[Path, str], pii: bool = True) -> Job:
        recipe = work / f"{name.replace(' ', '-')}.yaml"
        told = [{"paths": [str(path)], "origin": origin} for path, origin in inputs]  # JSON is YAML
        text = RECIPE.replace("INPUTS", json.dumps(told)).replace("PII", "  - {stage: ScrubPII}\n" if pii else "")
        recipe.write_text(text, encoding="utf-8")
        named = [(path, path.name, origin) for path, origin in inputs]
        return Job(name, named, recipe, Case(), () if pii else ("--no-pii",))

    yield job("chats", (data / "oasst1_en_val_threads.jsonl", "human"), (data / "gpteacher.jsonl", "synthetic"))
    yield job("preferences", (data / "hh_rlhf_harmless_test_pref.jsonl", "human"))
    for rows in (20_000, 60_000):
        head = work / f"anthropic_evals_{rows}.jsonl"
        with gzip.open(data / "large" / "anthropic_evals.jsonl.gz") as whole, head.open("wb") as file:
            file.writelines(itertools.islice(whole, rows))
        yield job(f"evals {rows // 1000}k", (head, "human"), pii=False)


def environment(work: Path) -> dict[str, str]:
    """For both: this tree's ftdata, tiktoken's rank file on disk, and no way to the network."""
    import bpe_openai
    import tiktoken_ext.openai_public as published

    asked: list[str] = []
    keep, published.load_tiktoken_bpe = published.load_tiktoken_bpe, lambda url, **_: asked.append(url) or {}
    published.o200k_base()
    published.load_tiktoken_bpe = keep
    ranks = Path(bpe_openai.__file__).parent / "data" / "o200k_base.tiktoken.gz"
    cache = work / "tiktoken"
    cache.mkdir()
    # tiktoken looks for a file named after the address, and checks the SHA-256 of what it finds
    (cache / hashlib.sha1(asked[0].encode()).hexdigest()).write_bytes(gzip.decompress(ranks.read_bytes()))
    nowhere = "http://127.0.0.1:9"
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    return {"TIKTOKEN_CACHE_DIR": str(cache), "PYTHONPATH": path, "http_proxy": nowhere, "https_proxy": nowhere}


def run(job: Job, contender: str, out: Path) -> Measured:
    if out.exists():
        shutil.rmtree(out)
    measured = measure(job.command(contender, out), cwd=ROOT)
    if measured.status:
        raise SystemExit(f"{contender} on {job.name} ended with {measured.status}:\n{measured.stderr[-2000:]}")
    if contender == "glue":  # what it says about rows is all that tells where they went
        (out / "said.log").write_text(measured.stderr, encoding="utf-8")
    return measured


def compare(job: Job, work: Path, rounds: int) -> dict[str, Any]:
    """Both in turn, `rounds` times; then the judge on the last outputs (they are the same every time)."""
    figures: dict[str, list[Measured]] = {"ftdata": [], "glue": []}
    for _ in range(rounds):
        for contender, taken in figures.items():
            taken.append(run(job, contender, work / contender))
    planted = job.case.planted["pii"] if job.case.planted else ()
    given = [line for path, name, origin in job.inputs for line in read_lines(path, name, origin, planted)]
    told: dict[str, Any] = {
        contender: {
            "cpu_s": [one.cpu_s for one in taken],
            "wall_s": [one.wall_s for one in taken],
            "peak_mb": [one.peak_sum_mb for one in taken],
            "judged": judge(given, work / contender, job.case),
        }
        for contender, taken in figures.items()
    }
    ratios = {
        name: round(statistics.median(b / a for a, b in zip(told["ftdata"][name], told["glue"][name], strict=True)), 2)
        for name in ("cpu_s", "wall_s", "peak_mb")
    }
    size = sum(len(line.raw) for line in given)
    return {"name": job.name, "rows": len(given), "mb": round(size / 1e6, 2), **told, "glue_over_ftdata": ratios}


def first_run(job: Job, work: Path) -> float:
    """CPU seconds of ftdata where its kernels were never compiled, as on the day it is installed.

    A job of some thousand rows: on fewer no kernel is worth compiling, and none is.
    """
    os.environ["NUMBA_CACHE_DIR"] = str(work / "numba")
    try:
        return run(job, "ftdata", work / "ftdata").cpu_s
    finally:
        del os.environ["NUMBA_CACHE_DIR"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("FTDATA_SHARED_DATA") or ROOT.parent / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=Path(default), metavar="DATA_FOLDER")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", action="append", metavar="JOB")
    parser.add_argument("--date", help="the day, YYYY-MM-DD; with it the JSON file and the page are written")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ.update(environment(work))
        jobs = [example()]
        data: Path = given.data.resolve()  # the runs stand in folders of their own
        if data.is_dir():
            jobs += real_jobs(data, work)
        else:
            print(f"the folder {data} is absent: the jobs on real data are skipped", file=sys.stderr)
        jobs = [job for job in jobs if not given.only or job.name in given.only]
        chats = next((job for job in jobs if job.name == "chats"), None)
        cold = first_run(chats, work) if chats else None
        for contender in ("ftdata", "glue"):  # so that the first round finds compiled kernels and a warm disk
            run(chats or example(), contender, work / contender)
        figures: dict[str, Any] = {
            "date": given.date,
            "machine": machine() | {name: version(name) for name in ("presidio-analyzer", "spacy")},
            "first_run_cpu_s": cold,
            "jobs": [],
        }
        for job in jobs:
            figures["jobs"].append(compare(job, work, given.rounds))
            print(f"{job.name}: {json.dumps(figures['jobs'][-1])}", file=sys.stderr, flush=True)
    print(table(figures))
    if given.date:
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "whole_job.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        refresh(ROOT / "docs" / "explanation" / "benchmarks.md", table(figures))


if __name__ == "__main__":
    main()
