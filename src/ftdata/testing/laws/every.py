"""All laws at once, and the few that may be waived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ftdata.testing.laws import again, once
from ftdata.testing.laws.outcome import differ, observe
from ftdata.testing.laws.private import assert_private

if TYPE_CHECKING:
    from collections.abc import Collection

    from ftdata.dataset import Dataset
    from ftdata.stage import Stage

__all__ = ["WAIVERS", "assert_laws"]

WAIVERS: Final = {
    "order_independent": 'keep="first"',
    "deterministic": "a random PII key",
    "idempotent": "samplers",
}
"""The laws that a stage may be excused from, and what excuses it. There are no others."""


def assert_laws(
    stage: Stage,
    dataset: Dataset,
    *,
    except_: Collection[str] = (),
    workers: int | None = None,
    canaries: Collection[str] | None = None,
) -> None:
    """Hold a stage to every law that applies to it.

    Args:
        stage: The stage; locality is asked only of one that says `per_row = True`, or of its `row_part`.
        dataset: What it is given.
        except_: Names of laws that it is excused from, out of `WAIVERS`.
        workers: Worker processes to try, for determinism; see `assert_deterministic`.
        canaries: Strings in the rows to look for, for privacy; planted when not given.

    Raises:
        AssertionError: A law is broken; the message begins with its name.
        ValueError: A waiver that does not exist.

    Example:
        >>> from ftdata import Dataset, Deduplicate
        >>> from ftdata.testing.laws import assert_laws
        >>> rows = [{"text": "the same words"}, {"text": "the same words"}, {"text": "other words"}]
        >>> assert_laws(Deduplicate(), Dataset.from_rows(rows))
    """
    unknown = sorted(set(except_) - set(WAIVERS))
    if unknown:
        raise ValueError(f"no law may be waived under the name {unknown[0]!r}; there are: {', '.join(sorted(WAIVERS))}")
    before = observe(dataset)
    made = stage(dataset)
    after = observe(made)
    differ("purity", before, observe(dataset), names=("before", "after"))
    once.conservation(before, after)
    once.fidelity(before, after)
    once.order(before, after)
    once.truth(after, list(made.rows()))
    part = again.row_part(stage)
    if part is not None:
        again.locality(part, dataset, after if part is stage else observe(part(dataset)))
    if "idempotent" not in except_:
        again.idempotence(stage, made)
    if "deterministic" not in except_:
        again.determinism(stage, dataset, after, workers=workers)
    if "order_independent" not in except_:
        again.order_independence(stage, dataset, after)
    assert_private(stage, dataset, canaries=canaries)
