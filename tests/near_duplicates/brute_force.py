"""The oracle: sets of word tuples, every pair, exact fractions. Shares no code with the room it judges."""

from __future__ import annotations

from fractions import Fraction


def shingle_set(normalised: str, n: int) -> frozenset[tuple[str, ...]]:
    words = normalised.split(" ") if normalised else []
    if not words:
        return frozenset()
    if len(words) < n:
        return frozenset([tuple(words)])
    return frozenset(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def jaccard(a: frozenset, b: frozenset) -> Fraction:
    return Fraction(len(a & b), len(a | b))


def pair_is_good(i, j, wholes, parts, threshold: Fraction) -> bool:
    """Whether i may leave for j. parts: a list of (sets, optional flags, whether the text must stay)."""
    if not wholes[i] or not wholes[j] or jaccard(wholes[i], wholes[j]) < threshold:
        return False
    for sets, optional, stays in parts:
        a, b = sets[i], sets[j]
        if a and b:
            if jaccard(a, b) < threshold:
                return False
        elif (a and (stays or not optional[i])) or (b and not optional[j]):
            return False
    return True


def greedy(order, wholes, parts, threshold: Fraction, candidate=lambda i, j: True):
    """Kept row and similarity of each row: the most similar kept row before it, the earliest of equals."""
    kept, similarity = list(range(len(wholes))), [Fraction(1)] * len(wholes)
    leaders: list[int] = []
    for i in order:
        good = [j for j in leaders if candidate(i, j) and pair_is_good(i, j, wholes, parts, threshold)]
        if good:
            best = max(good, key=lambda j: jaccard(wholes[i], wholes[j]))  # max gives the earliest of equals
            kept[i], similarity[i] = best, jaccard(wholes[i], wholes[best])
        else:
            leaders.append(i)
    return kept, similarity


def labels(wholes, threshold: Fraction, candidate=lambda i, j: True) -> list[int]:
    """Smallest member of each connected component."""
    label = list(range(len(wholes)))
    for i in range(len(wholes)):
        for j in range(i):
            if label[i] != label[j] and candidate(i, j) and pair_is_good(i, j, wholes, [], threshold):
                low, high = sorted((label[i], label[j]))
                label = [low if x == high else x for x in label]
    return label
