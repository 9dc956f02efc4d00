"""Word and character n-grams of many texts at once, hashed with numpy.

All texts of a batch are laid into one buffer of folded code points; the hashes of every
character n-gram are rolled over it together, the hashes of words come from prefix sums, and one
sort of ``row << bits | hash`` counts them. The n-grams and their counts are those of
scikit-learn's ``CountVectorizer(strip_accents="unicode")`` with ``analyzer="word"``, 1 to 2, and
``analyzer="char_wb"``, 2 to 5; a test compares them. Words hash into the upper half of the space
and characters into the lower, so that each half can have its own weight and norm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.folding import SPACE, U32, WORD, Buffer, lay_out

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

F32 = NDArray[np.float32]

BATCH = 1024
_P64 = 0x9E3779B97F4A7C15 | 1
_PAIR = 0xD6E8FEB86659FD93
_CHAR_SALT = [0, 0, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1]


def _mix(values: U32, bits: int) -> U32:
    """Scramble 32-bit hashes and keep the upper bits."""
    values = values * np.uint32(0x9E3779B1)
    values ^= values >> np.uint32(15)
    values *= np.uint32(0x85EBCA77)
    values >>= np.uint32(32 - bits)
    return values


def _char_hashes(buffer: Buffer, bits: int) -> Iterable[tuple[U32, NDArray[np.int32]]]:
    codes, space = buffer.codes, buffer.classes == SPACE
    rolled = codes
    valid: NDArray[np.bool_] | None = None
    size = len(codes)
    for n in range(2, 6):
        if size < n:
            return
        rolled = rolled[: size - n + 1] * np.uint32(0x01000193) + codes[n - 1 :]
        if n > 2:
            inner = ~space[n - 2 : size - 1]
            valid = inner if valid is None else valid[: size - n + 1] & inner
        hashes = rolled ^ np.uint32(_CHAR_SALT[n])
        rows = buffer.rows[: size - n + 1]
        if valid is not None:
            hashes, rows = hashes[valid], rows[valid]
        yield _mix(hashes, bits), rows


@lru_cache(maxsize=4)
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    base = np.full(size, _P64, dtype=np.uint64)
    base[0] = 1
    inverse = np.full(size, pow(_P64, -1, 1 << 64), dtype=np.uint64)
    inverse[0] = 1
    with np.errstate(over="ignore"):
        return np.multiply.accumulate(base), np.multiply.accumulate(inverse)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Word tokens of a batch: where each starts and ends in the buffer, its row and its hash."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    rows: NDArray[np.int32]
    hashes: NDArray[np.uint64]


def _tokens(buffer: Buffer) -> Tokens:
    word = np.zeros(len(buffer.classes) + 2, dtype=bool)
    np.equal(buffer.classes, WORD, out=word[1:-1])
    edge = np.flatnonzero(word[1:] != word[:-1])
    starts, ends = edge[0::2], edge[1::2]
    long = ends - starts > 1
    starts, ends = starts[long], ends[long]
    length = len(buffer.codes)
    size = 1 << max(10, length.bit_length())
    power, inverse = _powers(size)
    prefix = np.zeros(length + 1, dtype=np.uint64)
    np.cumsum(buffer.codes * power[:length], dtype=np.uint64, out=prefix[1:])
    hashes = (prefix[ends] - prefix[starts]) * inverse[starts]
    return Tokens(starts, ends, buffer.rows[starts], hashes)


def _word_mix(hashes: NDArray[np.uint64], bits: int) -> U32:
    hashes = hashes ^ (hashes >> np.uint64(29))
    hashes = hashes * np.uint64(0xBF58476D1CE4E5B9)
    return (hashes >> np.uint64(64 - bits)).astype(np.uint32)


def _word_hashes(tokens: Tokens, bits: int) -> Iterable[tuple[U32, NDArray[np.int32]]]:
    yield _word_mix(tokens.hashes, bits), tokens.rows
    if len(tokens.rows) > 1:
        pair = tokens.hashes[:-1] * np.uint64(_PAIR) + tokens.hashes[1:]
        same = tokens.rows[:-1] == tokens.rows[1:]
        yield _word_mix(pair[same], bits), tokens.rows[:-1][same]


@dataclass(frozen=True, slots=True)
class Counts:
    """Counted n-grams of a batch in the shape of a CSR matrix."""

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    counts: NDArray[np.int32]


def count_ngrams(texts: Sequence[str], bits: int = 18) -> Counts:
    """Count the hashed word and character n-grams of up to 2^(32-bits) texts.

    Examples
    --------
    >>> counted = count_ngrams(["pot hole", "pot"])
    >>> int(counted.counts[counted.indptr[1]:].sum())  # pot: 1 word, 4 + 3 + 2 + 1 characters
    11
    """
    if len(texts) > 1 << (32 - bits):
        raise ValueError(f"at most {1 << (32 - bits)} texts at a time with {bits} bits")
    buffer = lay_out(texts)
    half = np.uint32(1 << (bits - 1))
    keys = []
    for hashes, rows in _char_hashes(buffer, bits - 1):
        keys.append(hashes | (rows.view(np.uint32) << np.uint32(bits)))
    for hashes, rows in _word_hashes(_tokens(buffer), bits - 1):
        keys.append(hashes | half | (rows.view(np.uint32) << np.uint32(bits)))
    key = np.concatenate(keys) if keys else np.zeros(0, np.uint32)
    key.sort()
    return _runs(key, len(texts), bits)


def _runs(key: U32, length: int, bits: int) -> Counts:
    if not len(key):
        nothing = np.zeros(0, np.int32)
        return Counts(np.zeros(length + 1, np.int32), nothing, nothing)
    first = np.empty(len(key), dtype=bool)
    first[0] = True
    np.not_equal(key[1:], key[:-1], out=first[1:])
    begin = np.flatnonzero(first)
    counts = np.empty(len(begin), dtype=np.int32)
    np.subtract(begin[1:], begin[:-1], out=counts[:-1], casting="same_kind")
    counts[-1] = len(first) - begin[-1]
    key = key[begin]
    bounds = (np.arange(length, dtype=np.uint64) << np.uint64(bits)).astype(np.uint32)
    indptr = np.empty(length + 1, dtype=np.int32)
    indptr[:-1] = np.searchsorted(key, bounds)
    indptr[-1] = len(key)
    return Counts(indptr, (key & np.uint32((1 << bits) - 1)).view(np.int32), counts)


class HashedNgrams:
    """Turn texts into sublinear TF-IDF vectors of hashed n-grams, all in float32.

    Parameters
    ----------
    bits : int, default=18
        The vectors have ``2 ** bits`` columns: characters in the lower half, words in the upper.
    word_weight : float, default=1.0
        Length of the word half beside the character half, which has length 1.
    min_df : int, default=1
        N-grams in fewer training texts count as unknown.

    Attributes
    ----------
    idf_ : ndarray of shape (2 ** bits,)
        Inverse document frequencies; 0 where an n-gram is unknown.
    n_texts_ : int
        Texts seen by ``fit`` or ``partial_fit``.

    Examples
    --------
    >>> vectoriser = HashedNgrams(bits=12).fit(["pothole in the road", "tree on the road"])
    >>> vectoriser.transform(["a pothole"]).shape
    (1, 4096)
    """

    def __init__(self, bits: int = 18, word_weight: float = 1.0, min_df: int = 1) -> None:
        self.bits = bits
        self.word_weight = word_weight
        self.min_df = min_df

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name, as scikit-learn's ``clone`` asks for them."""
        return {"bits": self.bits, "word_weight": self.word_weight, "min_df": self.min_df}

    def set_params(self, **params: Any) -> HashedNgrams:
        """Set parameters by name."""
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def fit(self, texts: Sequence[str], y: Any = None) -> HashedNgrams:
        """Learn the document frequencies of the n-grams of these texts."""
        self.df_ = np.zeros(1 << self.bits, dtype=np.int64)
        self.n_texts_ = 0
        return self.partial_fit(texts)

    def partial_fit(self, texts: Sequence[str], y: Any = None) -> HashedNgrams:
        """Add the document frequencies of more texts."""
        for start in range(0, len(texts), BATCH):
            counted = count_ngrams(texts[start : start + BATCH], self.bits)
            self.df_ += np.bincount(counted.indices, minlength=1 << self.bits)
        self.n_texts_ += len(texts)
        idf = np.log((1 + self.n_texts_) / (1 + self.df_)) + 1
        self.idf_ = np.where(self.df_ >= max(1, self.min_df), idf, 0).astype(np.float32)
        return self

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Vectors of the texts as one sparse matrix."""
        from scipy.sparse import csr_matrix, vstack

        parts = []
        for start in range(0, max(1, len(texts)), BATCH):
            batch = texts[start : start + BATCH]
            counted = count_ngrams(batch, self.bits)
            values = weigh(counted, self.idf_, self.word_weight)
            shape = (len(batch), 1 << self.bits)
            parts.append(csr_matrix((values, counted.indices, counted.indptr), shape=shape))
        return parts[0] if len(parts) == 1 else vstack(parts, format="csr")

    def fit_transform(self, texts: Sequence[str], y: Any = None) -> csr_matrix:
        """Learn from the texts and return their vectors."""
        return self.fit(texts).transform(texts)


_SUBLINEAR = (1 + np.log(np.maximum(1, np.arange(4096)))).astype(np.float32)


def weigh(counted: Counts, idf: F32, word_weight: float) -> F32:
    """Sublinear TF-IDF of counted n-grams, each half of a row scaled to its own length."""
    values = _SUBLINEAR.take(counted.counts, mode="clip") * idf[counted.indices]
    if not len(values):
        return values
    if len(counted.indptr) == 2:
        return _weigh_one(counted, values, len(idf) >> 1, word_weight)
    half = len(idf) >> 1
    word = counted.indices >= half
    size = np.diff(counted.indptr)
    segment = np.repeat(np.arange(len(size), dtype=np.int32) * 2, size) + word
    squares = np.bincount(segment, weights=values * values, minlength=2 * len(size))
    scale = np.zeros(2 * len(size), dtype=np.float32)
    np.divide(1, np.sqrt(squares), out=scale, where=squares > 0, casting="unsafe")
    scale[1::2] *= np.float32(word_weight)
    return values * scale[segment]


def _weigh_one(counted: Counts, values: F32, half: int, word_weight: float) -> F32:
    """The same for a single text, whose halves are two slices."""
    middle = int(np.searchsorted(counted.indices, half))
    for part, weight in ((values[:middle], 1.0), (values[middle:], word_weight)):
        length = float(part @ part) ** 0.5
        if length > 0:
            np.multiply(part, np.float32(weight / length), out=part)
    return values


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every n-gram of one text: its bucket, and the first and last word that it touches."""

    hashes: U32
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def occurrences(text: str, bits: int = 18) -> Occurrences:
    """Where each hashed n-gram of a text stands, in words split at white space.

    Examples
    --------
    >>> found = occurrences("pot hole", 12)
    >>> sorted(set(found.first.tolist())), len(found.hashes)
    ([0, 1], 27)
    """
    buffer = lay_out([text])
    space = buffer.classes == SPACE
    number = np.cumsum(space) - 1  # a space opens the word that follows it
    hashes, first, last = [], [], []
    index = np.arange(len(buffer.codes), dtype=np.int32)
    moved = Buffer(buffer.codes, index, buffer.classes, 1)
    for found, starts in _char_hashes(moved, bits - 1):
        hashes.append(found)
        first.append(number[starts])
        last.append(number[starts])
    tokens = _tokens(moved)
    half = np.uint32(1 << (bits - 1))
    own = number[tokens.starts]
    hashes.append(_word_mix(tokens.hashes, bits - 1) | half)
    first.append(own)
    last.append(own)
    if len(own) > 1:
        pair = tokens.hashes[:-1] * np.uint64(_PAIR) + tokens.hashes[1:]
        hashes.append(_word_mix(pair, bits - 1) | half)
        first.append(own[:-1])
        last.append(own[1:])
    return Occurrences(np.concatenate(hashes), np.concatenate(first), np.concatenate(last))
