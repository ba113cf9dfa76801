"""Split: rows go to train, val and test by clusters, so that the evaluation sets are real and held out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from ftdata.dataset import Origin  # noqa: TC001  # pydantic reads the annotations of settings
from ftdata.dataset.clusters import cluster_labels
from ftdata.dataset.facts import told_parents
from ftdata.dataset.lineage import shared_parents
from ftdata.errors import SplitError
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from ftdata.dataset import Dataset

__all__ = ["SPLITS", "Split"]

SPLITS: Final = ("train", "val", "test")
_SMALL: Final = 0.5
"""Of the rows that were asked for: a split with a smaller share is warned of. Chance alone does that once in 200 splits of 20
expected rows (Poisson), and ever more seldom in larger ones, so the warning means that rows are barred."""
_ROUND: Final = 1e-9  # fractions are decimal numbers in binary: 0.8 + 0.1 + 0.1 is not 1.0 to the last bit


@settings
class Split:
    """Assign every row to train, val or test (mark `split`), whole clusters at a time (mark `cluster`).

    A cluster joins the rows that are near-duplicates of each other at `related`, that share a `group`, or that were made
    from one another (`parents`, transitively, also through rows that were dropped before). It goes where the salted hash
    of its smallest content hash says, so the same rows go to the same split in any order. Only rows whose origin is in
    `eval_origins` may be evaluated on: a cluster that holds any other kept row, or descends from one, goes to train
    whole. A row that names as a parent an id which several rows have is tied to all of them (`fields.same_id` says so, over
    all inputs); an id that nobody names ties no rows. The fractions are chances of the clusters that may enter evaluation; the shares that come out are
    approximate and are in the report. A cluster larger than `max_cluster` of the rows expected in val or test goes to train.

    Attributes:
        train: Fraction of the rows for training.
        val: Fraction for validation; 0 for none.
        test: Fraction for testing; 0 for none.
        seed: Salt of the hash.
        eval_origins: Origins that may enter val and test. `unknown` counts as synthetic.
        related: Least Jaccard similarity (word 5-grams, as in `Deduplicate`) at which two rows belong together. Lower
            means fewer rows of val and test that lean on a row of train, and larger clusters; 0.5 is the lowest tenth at
            which no set that was measured had a cluster of rows that share a template only (see the page of `Split`).
        max_cluster: Largest share of the rows expected in val or test that one cluster may have, above 0 to 1. A figure
            measured on a split says as much as one on 1 / (sum of squared shares) independent clusters (Kish 1965): with
            one half in a single cluster that is less than 4, whatever the number of rows.

    Raises:
        SplitError: No row, or too few, may enter a split that was asked for. Said before the work where it is known.
    """

    train: Annotated[float, Field(ge=0, le=1)] = 0.8
    val: Annotated[float, Field(ge=0, le=1)] = 0.1
    test: Annotated[float, Field(ge=0, le=1)] = 0.1
    seed: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)] = 0  # what every reader of the manifest can hold
    eval_origins: frozenset[Origin] = frozenset({"human"})
    related: Annotated[float, Field(gt=0, le=1)] = 0.5
    max_cluster: Annotated[float, Field(gt=0, le=1)] = 0.5

    splits: ClassVar[bool] = True
    version: ClassVar[str] = "1"

    @model_validator(mode="wrap")
    @classmethod
    def _fractions_make_a_whole(cls, settings: Any, check: ModelWrapValidatorHandler[Split]) -> Split:
        made = check(settings)
        fractions = {name: getattr(made, name) for name in SPLITS}
        if abs(sum(fractions.values()) - 1) > _ROUND:
            raise ValueError(_no_whole(fractions, given=settings.kwargs or {}))
        if not made.eval_origins and made.val + made.test:
            raise ValueError("no origin may be evaluated on: name one in eval_origins, or type val=0, test=0, train=1")
        return made

    def preflight(self, dataset: Dataset) -> None:
        """Refuse, before any work, what cannot be split as asked.

        Args:
            dataset: What is to be split.

        Raises:
            SplitError: No row may enter val or test.
        """
        if self.val + self.test == 0:
            return
        if not len(dataset.index):
            raise SplitError("no row is left to split: there was none")
        kept = dataset.column("origin").cast(str)
        counts = {origin: int((kept == origin).sum()) for origin in ("human", "synthetic", "unknown")}
        if any(counts[origin] for origin in self.eval_origins):
            return
        found = ", ".join(f"{count} {origin}" for origin, count in counts.items() if count)
        if not found:
            raise SplitError(f"no row is left to split: all {self._left_before(dataset, None)}")
        left = self._left_before(dataset, self.eval_origins)
        if left:
            others = f"those that are left ({found}) are not evaluated on"
            raise SplitError(f"no row may enter val or test: {others}, and all {left}")
        raise SplitError(self._hopeless(f"there are {found}"))

    def _left_before(self, dataset: Dataset, origins: frozenset[Origin] | None) -> str:
        """How many rows (of some origins) were dropped before, and why; empty when none was."""
        from ftdata.report.left import told_drops

        index = dataset.index
        gone = index.filter(index["status"] == "dropped")
        if origins is not None:
            gone = gone.filter(gone["origin"].cast(str).is_in(list(origins)))
        of = f" {' and '.join(sorted(origins))}" if origins is not None else ""
        return f"{len(gone):,}{of} rows were dropped before{told_drops(dataset, origins=origins)}" if len(gone) else ""

    def refuse_origins(self, origins: frozenset[str]) -> None:
        """Refuse, before anything is read, inputs none of which can enter val or test.

        Args:
            origins: Origins that the inputs can have.

        Raises:
            SplitError: None of them may enter val or test.
        """
        if self.val + self.test and not origins & self.eval_origins:
            raise SplitError(self._hopeless(f"all inputs are of origin {', '.join(sorted(origins)) or 'unknown'}"))

    def _hopeless(self, found: str) -> str:
        allowed = ", ".join(sorted(self.eval_origins)) or "no"
        return (
            f"no row may enter val or test: {found}, and only {allowed} rows are evaluated on. If these rows were written by "
            'people, say so once: origin="human" in Dataset.read, origin: human in the recipe, or --origin human; '
            "or split with val=0 and test=0"
        )

    def __call__(self, dataset: Dataset) -> Dataset:
        """Mark `cluster` and `split`, and note the sizes."""
        import numpy as np
        import polars as pl

        self.preflight(dataset)
        dataset = told_parents(dataset, by="Split")
        labels = cluster_labels(dataset, related=self.related)
        index = dataset.index
        kept = (index["status"] == "kept").to_numpy()
        origin = index["origin"].cast(pl.String)
        barred = kept & ~origin.is_in(list(self.eval_origins)).to_numpy()
        told = pl.DataFrame({"label": labels, "kept": kept, "barred": barred, "hash": index["content_hash"]})
        clusters = (
            told.group_by("label", maintain_order=True)
            .agg(pl.col("kept").sum().alias("rows"), pl.col("barred").any(), pl.col("hash").min())
            .filter(pl.col("rows") > 0)
        )
        may = clusters.filter(~pl.col("barred"))
        eligible = int(may["rows"].sum())
        chance = pl.Series([_chance(digest, self.seed) for digest in clusters["hash"]], dtype=pl.Float64)
        clusters = clusters.with_columns(chance.alias("chance"))
        asked = (("val", self.val), ("test", self.test))
        most = {name: max(1.0, fraction * eligible * self.max_cluster) for name, fraction in asked}
        split = (
            pl.when("barred").then(pl.lit("train"))
            .when((pl.col("chance") < self.test) & (pl.col("rows") <= most["test"])).then(pl.lit("test"))
            .when((pl.col("chance") >= self.test) & (pl.col("chance") < self.test + self.val) & (pl.col("rows") <= most["val"]))
            .then(pl.lit("val"))
            .otherwise(pl.lit("train"))
        )  # fmt: skip
        clusters, filled = self._filled(clusters.with_columns(split.alias("split")), most)
        several = _several(dataset)
        self._refuse_empty(dataset, clusters, eligible, int(kept.sum()), several.get("message", ""))
        if several:
            dataset = dataset.find(by="Split", rule="fields.same_id", severity="warning", detail=several)
        if filled:
            why = {
                "splits": filled,
                "message": "chance left it empty: the cluster nearest to it by hash was taken from train",
            }
            dataset = dataset.find(by="Split", rule="split.filled", severity="info", detail=why)
        marks = (
            told.select("label", "kept").with_columns(index["row"]).filter("kept")
            .join(clusters.select("label", "split"), on="label", how="left", maintain_order="left")
            .select("row", pl.col("label").alias("cluster"), pl.col("split").cast(pl.Enum(SPLITS)))
        )  # fmt: skip
        sizes = {name: int((marks["split"] == name).sum()) for name in SPLITS}
        for name, fraction in asked:
            if fraction and sizes[name] < fraction * marks.height * _SMALL:
                told_why = (
                    f"{sizes[name]} of {marks.height} rows: {eligible} may be evaluated on, and the fractions are of these; "
                    "the others are of other origins or tied to such rows"
                )
                small = {"split": name, "rows": sizes[name], "asked": fraction, "message": told_why}
                dataset = dataset.find(by="Split", rule="split.small", severity="warning", detail=small)
        largest = int(np.max(clusters["rows"].to_numpy(), initial=0))
        return dataset.mark(marks, of="set").note(
            "split",
            {
                "rows": sizes,
                "asked": {"train": self.train, "val": self.val, "test": self.test},
                "may_be_evaluated": eligible,
                "clusters": clusters.height,
                "largest_cluster": largest,
                "too_large_for_evaluation": int((may["rows"] > min(most.values())).sum())
                if self.val + self.test
                else 0,
                "seed": self.seed,
                "related": self.related,
                "max_cluster": self.max_cluster,
            },
        )

    def _filled(self, clusters: pl.DataFrame, most: dict[str, float]) -> tuple[pl.DataFrame, list[str]]:
        """Give val and test a cluster each where chance gave none: in a set of a few dozen rows it often does.

        The cluster with the smallest number is taken from train, as long as train keeps one. So in a very small set a
        cluster may move when rows are added, which the ledger says.
        """
        import polars as pl

        filled: list[str] = []
        for name, fraction in (("test", self.test), ("val", self.val)):
            if not fraction or (clusters["split"] == name).any():
                continue
            in_train = pl.col("split") == "train"
            spare = clusters.filter(in_train & ~pl.col("barred") & (pl.col("rows") <= most[name])).sort(
                "chance", "hash"
            )
            if not spare.height or (self.train and clusters.filter(in_train).height < 2):
                continue
            taken = pl.col("label") == spare["label"][0]
            clusters = clusters.with_columns(pl.when(taken).then(pl.lit(name)).otherwise("split").alias("split"))
            filled.append(name)
        return clusters, filled

    def _refuse_empty(self, dataset: Dataset, clusters: pl.DataFrame, eligible: int, kept: int, several: str) -> None:
        for name, fraction in (("val", self.val), ("test", self.test), ("train", self.train)):
            if not fraction or (clusters["split"] == name).any():
                continue
            if name == "train":
                told = f"{kept} rows in {clusters.height} clusters are too few for the splits asked for"
                raise SplitError(f"train would be empty: {told}; give more rows, or train=0")
            others = "; ".join(told for told in (self._left_before(dataset, self.eval_origins), several) if told)
            raise SplitError(
                f"{name} would be empty: {fraction:g} of {eligible} rows that may be evaluated on (of {kept} rows, in "
                f"{clusters.height} clusters) is too few. Give more rows of origin {', '.join(sorted(self.eval_origins))}, "
                f"a larger {name}, another seed, or {name}=0" + (f"; {others}" if others else "")
            )


def _no_whole(fractions: Mapping[str, float], *, given: Mapping[str, Any]) -> str:
    """What the three fractions are, which of them nobody gave, and what would make a whole."""
    shown = [f"{name} {value:g}" + ("" if name in given else " (the default)") for name, value in fractions.items()]
    wrong = f"{' + '.join(shown)} is {sum(fractions.values()):g}; the three fractions sum to 1"
    free = [name for name in SPLITS if name not in given]
    if not free or "train" in free:
        free = ["train"]  # it takes what the two others leave; else those that nobody gave share the rest
    rest = round((1 - sum(value for name, value in fractions.items() if name not in free)) / len(free), 9)
    if not 0 <= rest <= 1:
        return f"{wrong}: lower them"
    return f"{wrong}: type " + ", ".join(
        f"{name}={rest if name in free else value:g}" for name, value in fractions.items()
    )


def _several(dataset: Dataset) -> dict[str, Any]:
    """What is found when rows name as a parent an id that several rows have; empty when none does. No id is told."""
    ids, rows = shared_parents(dataset.index)
    if not ids:
        return {}
    many = (
        f"{ids:,} ids that rows name as a parent are those" if ids > 1 else "an id that rows name as a parent is that"
    )
    why = (
        f"{many} of {rows:,} rows; who names one is tied to all rows that have it. Give each row of all inputs an id of "
        "its own (inputs that all count from 0 share theirs), or leave id or parents out of fields"
    )
    return {"ids": ids, "rows": rows, "message": why}


def _chance(digest: bytes, seed: int) -> float:
    """A number in [0, 1) from a content hash and the seed: BLAKE2b, so it is the same everywhere and for ever."""
    salted = hashlib.blake2b(digest, digest_size=8, key=f"ftdata split {seed}".encode()[:64]).digest()
    return int.from_bytes(salted, "big") / 2**64
