"""The compiled loops over pairs of rows. Import this module only inside a function.

What decides about a pair is looked at in the order of its price: sizes and counts, a bitmap, the sets themselves, and
these no further than until the threshold is out of reach. The file is long on purpose: numba's cache looks at the time and
size of the file of a kernel only, so an inner loop in another file could change without the kernel being compiled anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from ftdata.near_duplicates.kernels import array, compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["describe_sets", "lead_rows", "link_rows"]

_U64, _U32 = np.uint64, np.uint32


@compiled(
    array("int64", 2),
    array("int32", 2),
    array("uint32", 1),
    numba.types.int64,
    numba.types.int64,
    array("int32", 1, readonly=False),
    array("uint64", 2, readonly=False),
)
def describe_sets(
    starts: NDArray[np.int64],
    sizes: NDArray[np.int32],
    hashes: NDArray[np.uint32],
    layer: int,
    bits: int,
    shared: NDArray[np.int32],
    parity: NDArray[np.uint64],
) -> None:
    """Describe each set of a layer by what refuses most pairs without a look at the sets themselves.

    The shared hashes are those that can occur in another row: no two rows share more than the smaller count. The parity
    bitmap has one of 512 bits flipped by each hash: two sets differ in at least as many hashes as their bitmaps in bits.

    Args:
        starts: int64[N, layers], where the set of a row begins in `hashes`.
        sizes: int32[N, layers].
        hashes: uint32, all sets.
        layer: The layer to count.
        bits: The table has 2^bits slots by the top bits of a hash; hashes that meet in a slot only raise the counts.
        shared: int32[N], written.
        parity: uint64[N, 8], written.
    """
    table = np.zeros(1 << bits, np.uint8)
    shift = _U32(32 - bits)
    for row in range(len(starts)):
        for i in range(starts[row, layer], starts[row, layer] + sizes[row, layer]):
            slot = hashes[i] >> shift
            table[slot] += table[slot] < 2
    for row in range(len(starts)):
        count = 0
        parity[row, :] = _U64(0)
        for i in range(starts[row, layer], starts[row, layer] + sizes[row, layer]):
            h = hashes[i]
            count += table[h >> shift] > 1
            parity[row, h & _U32(7)] ^= _U64(1) << _U64((h >> _U32(3)) & _U32(63))
        shared[row] = count


@inner
def _need(num: int, den: int, both: int) -> int:
    """The smallest overlap with overlap / (both - overlap) >= num / den."""
    return (num * both + num + den - 1) // (num + den)


@inner
def _partner_sizes(num: int, den: int, size: int, shared: int) -> tuple[int, int]:
    """The smallest and the largest set that one of `size` hashes, `shared` of them found elsewhere, can reach."""
    return (num * size + den - 1) // den, shared * (num + den) // num - size


@inner
def _overlap(hashes: NDArray[np.uint32], a: int, size_a: int, b: int, size_b: int, need: int) -> int:
    """Merge two ascending sets and count what they share; -1 as soon as that cannot reach `need`."""
    end_a, end_b, found = a + size_a, b + size_b, 0
    miss_a, miss_b = size_a - need, size_b - need  # how many of each set may still be without a partner
    if miss_a < 0 or miss_b < 0:
        return -1
    while a < end_a and b < end_b:
        x, y = hashes[a], hashes[b]
        if x == y:
            found += 1
            a += 1
            b += 1
        elif x < y:
            a += 1
            miss_a -= 1
            if miss_a < 0:
                return -1
        else:
            b += 1
            miss_b -= 1
            if miss_b < 0:
                return -1
    return found if found >= need else -1


@inner
def _differing(parity: NDArray[np.uint64], row: int, other: int) -> int:
    """Count the bits in which two parity bitmaps differ (the customary population count, which LLVM recognises)."""
    total = 0
    for i in range(8):
        x = parity[row, i] ^ parity[other, i]
        x -= (x >> _U64(1)) & _U64(0x5555555555555555)
        x = (x & _U64(0x3333333333333333)) + ((x >> _U64(2)) & _U64(0x3333333333333333))
        x = (x + (x >> _U64(4))) & _U64(0x0F0F0F0F0F0F0F0F)
        total += int((x * _U64(0x0101010101010101)) >> _U64(56))
    return total


_LAYERS = (
    array("int64", 2),
    array("int32", 2),
    array("int32", 2),
    array("uint64", 2),
    array("uint64", 2),
    array("uint32", 1),
)


@compiled(
    *_LAYERS,
    array("uint8", 2),
    array("int32", 2),
    array("int64", 1),
    numba.types.int64,
    numba.types.int64,
    array("int64", 1, readonly=False),
    array("int64", 1, readonly=False),
)
def lead_rows(
    starts: NDArray[np.int64],
    sizes: NDArray[np.int32],
    shared: NDArray[np.int32],
    alone: NDArray[np.uint64],
    parity: NDArray[np.uint64],
    hashes: NDArray[np.uint32],
    optional: NDArray[np.uint8],
    buckets: NDArray[np.int32],
    bucket_starts: NDArray[np.int64],
    num: int,
    den: int,
    kept: NDArray[np.int64],
    overlap: NDArray[np.int64],
) -> None:
    """Let each row, in order, be kept or removed by the most similar row kept before it.

    Args:
        starts: int64[N, layers], where the set of a row begins in `hashes`; the parts first, the whole last.
        sizes: int32[N, layers].
        shared: int32[N, layers], upper bound of what the row shares with any other.
        alone: uint64[N, layers], 64-bit identity of a set of one shingle, 0 if unknown.
        parity: uint64[N, 8], bitmap of the whole.
        hashes: uint32, all sets.
        optional: uint8[N, layers], whether this text may be missing in a partner: `layers.MAY_STAY`, `MAY_LEAVE`, or both.
        buckets: int32[N, bands], the row's bucket in each band, -1 for none. Rows that share one are candidates.
        bucket_starts: int64[buckets + 1], running sum of the bucket sizes.
        num: Threshold, numerator.
        den: Threshold, denominator.
        kept: int64[N], written: the row itself, or the row that removed it.
        overlap: int64[N], written: shingles of the whole shared with `kept`.
    """
    rows, layers = starts.shape
    last = layers - 1
    members = np.empty(bucket_starts[-1], np.int32)  # kept rows of each bucket
    filled = np.zeros(len(bucket_starts) - 1, np.int64)
    least = np.full(len(filled), 2**31 - 1, np.int32)  # sizes of the kept rows of each bucket
    most = np.zeros(len(filled), np.int32)
    seen = np.full(rows, -1, np.int32)
    for row in range(rows):
        best, best_over, best_union = -1, 0, 1
        size = int(sizes[row, last])
        low, high = _partner_sizes(num, den, size, int(shared[row, last]))
        for band in range(buckets.shape[1]):
            bucket = buckets[row, band]
            if bucket < 0 or most[bucket] < low or least[bucket] > high:
                continue
            for slot in range(bucket_starts[bucket], bucket_starts[bucket] + filled[bucket]):
                other = members[slot]
                if seen[other] == row:
                    continue
                seen[other] = row
                possible = True
                for layer in range(layers):  # the numbers first: they are at hand
                    a, b = int(sizes[row, layer]), int(sizes[other, layer])
                    if a == 0 or b == 0:
                        possible = (
                            a == b or (a > 0 and optional[row, layer] & 1) or (b > 0 and optional[other, layer] & 2)
                        )
                    else:
                        possible = min(shared[row, layer], shared[other, layer]) >= _need(num, den, a + b)
                    if not possible:
                        break
                if not possible:
                    continue
                both = size + int(sizes[other, last])
                need = max(_need(num, den, both), _need(best_over, best_union, both))
                if min(shared[row, last], shared[other, last]) < need:
                    continue
                if _differing(parity, row, other) > both - 2 * need:
                    continue
                found = 0
                for layer in range(layers):
                    a, b = int(sizes[row, layer]), int(sizes[other, layer])
                    if a == 0 or b == 0:
                        continue
                    need_here = _need(num, den, a + b) if layer < last else need
                    p, q = alone[row, layer], alone[other, layer]
                    if p and q and p != q:
                        found = -1
                    else:
                        found = _overlap(hashes, starts[row, layer], a, starts[other, layer], b, need_here)
                    if found < 0:
                        break
                if found < 0:
                    continue
                union = both - found
                if found * best_union > best_over * union or (found * best_union == best_over * union and other < best):
                    best, best_over, best_union = other, found, union
        if best >= 0:
            kept[row], overlap[row] = best, best_over
            continue
        kept[row], overlap[row] = row, size
        for band in range(buckets.shape[1]):
            bucket = buckets[row, band]
            if bucket >= 0:
                members[bucket_starts[bucket] + filled[bucket]] = row
                filled[bucket] += 1
                least[bucket], most[bucket] = min(least[bucket], size), max(most[bucket], size)


@inner
def _root(parent: NDArray[np.int64], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


@compiled(
    *_LAYERS,
    array("int32", 2),
    array("int64", 1),
    array("int32", 1),
    numba.types.int64,
    numba.types.int64,
    array("int64", 1, readonly=False),
)
def link_rows(
    starts: NDArray[np.int64],
    sizes: NDArray[np.int32],
    shared: NDArray[np.int32],
    alone: NDArray[np.uint64],
    parity: NDArray[np.uint64],
    hashes: NDArray[np.uint32],
    buckets: NDArray[np.int32],
    bucket_starts: NDArray[np.int64],
    members: NDArray[np.int32],
    num: int,
    den: int,
    parent: NDArray[np.int64],
) -> None:
    """Join the components of all rows that share a bucket and reach the threshold.

    Within a bucket the rows seen so far stand in one linked list per component. A row is compared with each other
    component until one member is similar enough, never within its own: where all belong together, that is one
    comparison per row, not one per pair.

    Args:
        starts: int64[N, 1]; this and the next five as in `lead_rows`, one layer.
        sizes: int32[N, 1].
        shared: int32[N, 1].
        alone: uint64[N, 1].
        parity: uint64[N, 8].
        hashes: uint32, all sets.
        buckets: int32[N, bands], the row's bucket in each band, -1 for none.
        bucket_starts: int64[buckets + 1]; buckets of an earlier band come first.
        members: int32, the rows of each bucket.
        num: Threshold, numerator.
        den: Threshold, denominator.
        parent: int64[N], the forest: each row itself on entry, its parent on return.
    """
    rows = len(starts)
    following = np.empty(rows, np.int32)  # next row of the same component in the bucket's list
    head = np.empty(rows, np.int32)  # by place in the list of components
    tail = np.empty(rows, np.int32)
    place = np.full(rows, -1, np.int32)  # by root: its place in the list of components, -1 for not in this bucket
    for bucket in range(len(bucket_starts) - 1):
        count = 0
        band = 0
        least, most = 2**31 - 1, 0
        for slot in range(bucket_starts[bucket], bucket_starts[bucket + 1]):
            size = int(sizes[members[slot], 0])
            least, most = min(least, size), max(most, size)
        for slot in range(bucket_starts[bucket], bucket_starts[bucket + 1]):
            row = members[slot]
            low, high = _partner_sizes(num, den, int(sizes[row, 0]), int(shared[row, 0]))
            if most < low or least > high:
                continue
            while buckets[row, band] != bucket:
                band += 1
            root = _root(parent, row)
            mine = place[root]
            if mine < 0:
                mine = count
                place[root] = mine
                head[mine] = row
                count += 1
            else:
                following[tail[mine]] = row
            tail[mine] = row
            following[row] = -1
            index = 0
            while index < count:
                if index == mine:
                    index += 1
                    continue
                other = int(head[index])
                found = -1
                while other >= 0:
                    a, b = int(sizes[row, 0]), int(sizes[other, 0])
                    need = _need(num, den, a + b)
                    if min(shared[row, 0], shared[other, 0]) >= need:
                        p, q = alone[row, 0], alone[other, 0]
                        tried = bool(p and q and p != q)
                        for earlier in range(band):  # a pair that failed in an earlier band fails here
                            tried |= buckets[row, earlier] >= 0 and buckets[row, earlier] == buckets[other, earlier]
                        if not tried and _differing(parity, row, other) <= a + b - 2 * need:
                            found = _overlap(hashes, starts[row, 0], a, starts[other, 0], b, need)
                            if found >= 0:
                                break
                    other = int(following[other])
                if found < 0:
                    index += 1
                    continue
                # Join: the other component's list is put before mine, and the last component takes its place.
                other_root, my_root = _root(parent, head[index]), _root(parent, row)
                low, high = min(other_root, my_root), max(other_root, my_root)
                parent[high] = low
                place[high] = -1
                following[tail[index]] = head[mine]
                head[mine] = head[index]
                count -= 1
                if mine == count:
                    # mine was last: it moves into the freed place
                    head[index], tail[index] = head[mine], tail[mine]
                    mine = index
                elif index != count:
                    head[index], tail[index] = head[count], tail[count]
                    place[_root(parent, head[index])] = index
                place[low] = mine
        for index in range(count):
            place[_root(parent, head[index])] = -1
