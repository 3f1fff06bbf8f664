# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Both listings: a directory walked in S3's order, and a bucket's prefix.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, NotFound
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._sync.ahead import Ahead
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    Entry,
    Problem,
    entry_of,
    printable,
    stamp,
    there,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters, in_form
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import in_key_order
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import TEMPORARY, left_behind

RANGE = 4_000  # keys between two splits of a listing: four pages, of which all but the first are waited for
AT_ONCE = 8  # ranges that are listed at once
FOLDER = 50  # keys in a folder, on average, from which on a request for each pays
IN_MEMORY = 50_000 // AT_ONCE  # entries of one of them that are sorted in memory
MAX_KEY = 1024  # bytes of UTF-8; "Object key naming guidelines" of the S3 user guide


class Findings:
    """What one listing met besides its entries."""

    def __init__(self, form: str = "") -> None:
        """`form` is the Unicode form of the run's keys: nfc, nfd, or empty for names as they are."""
        self._form = form
        self.entries = 0
        self.incomplete = False
        self.ignored: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.protected: set[str] = set()
        self.stale: list[str] = []

    def protect(self, key: str) -> None:
        """Keep the other side's key, and all below it, whatever is planned."""
        self.protected.add(in_form(key, self._form))

    def protects(self, key: str) -> bool:
        """Whether a key is one that was skipped on this side, or lies below one.

        The other side's key is then no extra: an unmounted `data -> /mnt/nas` must not empty `data/` over there.
        """
        if not self.protected:
            return False
        if key in self.protected:
            return True
        at = key.find("/")
        while at >= 0:
            if key[:at] in self.protected:
                return True
            at = key.find("/", at + 1)
        return False


class _Item(NamedTuple):
    order: str  # the name, with a trailing "/" for a directory: what decides the place in S3's order
    path: str
    status: os.stat_result | None


class Walk:
    """One walk of a directory: settings and where its findings go."""

    def __init__(
        self,
        root: str,
        filters: Filters,
        findings: Findings,
        problem: Callable[[str, str], None],
        *,
        links: str,
    ) -> None:
        """`links` is follow, skip or error (of a source) or target: never followed, counted and left alone."""
        self.root, self.filters, self.findings, self.problem, self.links = root, filters, findings, problem, links
        self._started = time.time()

    def entries(self) -> Iterator[Entry]:
        """Every regular file that the filters take, in the order of its key's UTF-8 bytes.

        Sorting names alone gives `a/x, a-b/y, a.txt` where S3 lists `a-b/y, a.txt, a/x`: a directory sorts with its
        trailing slash. Special files, links that are not followed and what cannot be read go to the findings.
        """
        top = os.stat(self.root)
        above = [(top.st_dev, top.st_ino)]
        stack = [(self._scan(self.root, ""), "")]
        while stack:
            items, prefix = stack[-1]
            item = next(items, None)
            if item is None:
                stack.pop()
                above.pop()
                continue
            key = prefix + item.order
            if not key.endswith("/"):
                status = there(item.status)
                self.findings.entries += 1
                yield entry_of((key, status.st_size, status.st_mtime_ns / 1e9, "", "", stamp(status), "", None))
                continue
            if self.links == "follow":
                try:
                    status = os.stat(item.path)
                except OSError as error:
                    self._unreadable(key, error)
                    continue
                identity = (status.st_dev, status.st_ino)
                if identity in above:
                    self._protect(key[:-1], "looped_link")
                    continue
            else:
                identity = (0, 0)
            above.append(identity)
            stack.append((self._scan(item.path, key), key))

    def _scan(self, path: str, prefix: str) -> Iterator[_Item]:
        items: list[_Item] = []
        everything = self.filters.everything
        try:
            with os.scandir(path) as found:
                for entry in found:
                    name = entry.name
                    if TEMPORARY.match(name):
                        self._temporary(entry)
                        continue
                    directory = entry.is_dir(follow_symlinks=False)
                    link = not directory and entry.is_symlink()
                    if not everything and not link:
                        key = prefix + name
                        if self.filters.prunes(key + "/") if directory else not self.filters.takes(key):
                            continue
                    item = self._link(entry, prefix) if link else self._item(entry, prefix, directory)
                    if item is not None:
                        items.append(item)
        except OSError as error:
            self._unreadable(prefix, error)
            return iter(())
        items.sort()
        return iter(items)

    def _item(self, entry: os.DirEntry[str], prefix: str, directory: bool) -> _Item | None:
        key = prefix + entry.name
        if not _is_text(entry.name):
            self._unnameable(key)
            return None
        if directory:
            return _Item(entry.name + "/", entry.path, None)
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None  # gone between the reading of the directory and now: it is not there
        except OSError as error:
            self._unreadable(key, error)
            return None
        if not stat.S_ISREG(status.st_mode):
            self._protect(key, "special")
            return None
        return _Item(entry.name, entry.path, status)

    def _link(self, entry: os.DirEntry[str], prefix: str) -> _Item | None:
        key = prefix + entry.name
        if self.filters.excludes(key):
            return None
        below, itself = not self.filters.prunes(key + "/"), self.filters.takes(key)
        if not below and not itself:
            return None
        if not below or not itself:
            # The filters take a directory here and no file, or the reverse: it counts what the link leads to.
            directory = _leads_to_directory(entry)
            if directory is not None and not (below if directory else itself):
                return None
        if self.links in ("skip", "target"):
            self._protect(key, "link")
            return None
        if self.links == "error":
            self._protect(key, "link")
            self.problem(
                key, "It is a symbolic link, and symlinks is 'error'. Set symlinks to follow or skip, or exclude it."
            )
            return None
        if not _is_text(entry.name):
            self._unnameable(key)
            return None
        try:
            status = entry.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._protect(key, "broken_link")
            return None
        except OSError as error:
            # ELOOP is a link that leads to itself; anything else is a target that cannot be reached now.
            self._protect(key, "broken_link")
            if error.errno != errno.ELOOP:
                self._unreadable(key, error)
            return None
        if stat.S_ISDIR(status.st_mode):
            return _Item(entry.name + "/", entry.path, None)
        if not stat.S_ISREG(status.st_mode):
            self._protect(key, "special")
            return None
        return _Item(entry.name, entry.path, status)

    def _protect(self, key: str, kind: str) -> None:
        self.findings.protect(key)
        self.findings.ignored[kind] += 1

    def _unreadable(self, key: str, error: OSError) -> None:
        self.findings.incomplete = True
        self.findings.protect(key.rstrip("/"))
        self.problem(key, f"It cannot be read: {error.strerror}. Grant read permission, or exclude it.")

    def _unnameable(self, key: str) -> None:
        self._protect(key, "not_utf8")
        if self.links != "target":
            self.problem(key, "Its name is not UTF-8, and S3 keys are. Rename it, or exclude it.")

    def _temporary(self, entry: os.DirEntry[str]) -> None:
        with contextlib.suppress(OSError):
            if self.links == "target" and left_behind(entry.path, self._started):
                self.findings.stale.append(entry.path)


def objects(
    bucket: Bucket, prefix: str, filters: Filters, findings: Findings, splits: Sequence[str] = ()
) -> Iterator[Entry]:
    """Every object under a prefix ("" or ending in "/") that the filters take, in key order.

    `splits` are keys, in order and some RANGE keys apart, by which the listing is read side by side; any keys give the
    same listing. Raises S3Error, ConnectionFailed.
    """
    listing = _Listing(bucket, prefix, filters)
    # AWS's general purpose buckets list in UTF-8 order (the client looks to it); of others nothing is known (SeaweedFS
    # does not), and disorder noticed midway is noticed too late.
    if not bucket.ordered:
        return _by_folders(listing, findings, len(splits)) if splits else in_key_order(listing.read(findings))
    if not splits:
        return listing.read(findings)
    ranges = zip(["", *splits], [*splits, ""], strict=True)
    return _side_by_side((partial(listing.read, after=after, until=until) for after, until in ranges), findings)


class _Listing(NamedTuple):
    """A prefix of a bucket, and what of it is wanted; the entries come in the server's order."""

    bucket: Bucket
    prefix: str
    filters: Filters

    def read(self, findings: Findings, *, below: str = "", after: str = "", until: str = "") -> Iterator[Entry]:
        """The objects whose keys, without the prefix, begin with `below`, and lie behind `after` and up to `until`."""
        findings.requests["list"] += 1
        cut = len(self.prefix)
        everything, takes = self.filters.everything, self.filters.takes
        pages = self.bucket.pages(
            self.prefix + below, start_after=after and self.prefix + after, until=until and self.prefix + until
        )
        for number, page in enumerate(pages):
            findings.requests["list"] += bool(number)
            for key, size, modified, etag, storage_class, restored in page:
                relative = key[cut:]
                # The marker of the prefix itself is not below it.
                if relative and (everything or takes(relative)):
                    findings.entries += 1
                    yield entry_of((relative, size, modified, etag, storage_class, b"", "", restored))

    def level(self, findings: Findings) -> Iterator[list[Entry]]:
        """The first level, by pages: its objects, and its folders, which are entries with a name and nothing else."""
        cut = len(self.prefix)
        for page in self.bucket.pages(self.prefix, level=True):
            findings.requests["list"] += 1
            yield [
                Entry(key[cut:], size, modified, etag, storage_class, restored=restored)
                for key, size, modified, etag, storage_class, restored in page
            ]

    def under(self, level: Iterable[Entry], findings: Findings) -> Iterator[Entry]:
        """The objects of a part of the level, in key order where that is."""
        for entry in level:
            if entry.key.endswith("/"):
                if not self.filters.prunes(entry.key):
                    yield from in_key_order(self.read(findings, below=entry.key), IN_MEMORY)
            elif entry.key and self.filters.takes(entry.key):
                findings.entries += 1
                yield entry


def _by_folders(listing: _Listing, findings: Findings, ranges: int) -> Iterator[Entry]:
    """Of any server it is certain that what one folder holds stands together, so that folders can be sorted one by one.

    A folder costs a request: where they hold few keys, the whole is read as one.
    """
    level: dict[str, Entry] = {}
    for page in listing.level(findings):
        level.update((entry.key, entry) for entry in page)
        if len(level) * FOLDER > ranges * RANGE:
            yield from in_key_order(listing.read(findings))
            return
    names = sorted(level)
    size = len(names) // ranges + 1
    groups = ([level[name] for name in names[start : start + size]] for start in range(0, len(names), size))
    yield from _side_by_side((partial(listing.under, group) for group in groups), findings)


def _side_by_side(streams: Iterator[Callable[[Findings], Iterator[Entry]]], findings: Findings) -> Iterator[Entry]:
    """Streams one after the other, AT_ONCE of them read ahead.

    A page waits for the one before it, and far away that is all the time that a listing takes.
    """
    under_way: deque[tuple[Ahead[Entry], Findings]] = deque()
    try:
        while True:
            for stream in islice(streams, AT_ONCE - len(under_way)):
                own = Findings()
                under_way.append((Ahead(stream(own), overflow=False), own))
            if not under_way:
                return
            with contextlib.closing(under_way[0][0]) as ahead:
                yield from ahead
            own = under_way.popleft()[1]
            findings.entries += own.entries
            findings.requests.update(own.requests)
    finally:
        for ahead, _own in under_way:
            ahead.close()


def one_object(bucket: Bucket, prefix: str, key: str, findings: Findings) -> Iterator[Entry]:
    """The one object under prefix + key, if it exists. Raises S3Error, ConnectionFailed."""
    findings.requests["head"] += 1
    try:
        head = bucket.head(prefix + key)
    except NotFound:
        return
    except Denied:
        if not bucket.absent(prefix + key):
            raise
        return
    findings.entries += 1
    yield Entry(key, head.size, head.modified, head.etag, head.storage_class)


def normalised(
    entries: Iterable[Entry], form: str, findings: Findings, problem: Callable[[Problem], None], verb: str
) -> Iterator[Entry]:
    """A listing with its keys in one Unicode form (nfc or nfd); `name` keeps what the key was.

    Two names that become one key are a problem of the second, which stays as it is on its side.
    """

    def renamed() -> Iterator[Entry]:
        for entry in entries:
            key = in_form(entry.key, form)
            yield entry if key == entry.key else entry._replace(key=key, name=entry.key)

    previous: Entry | None = None
    # Names of equal form stay apart in the sort, so that none is lost before it is reported.
    for entry in in_key_order(renamed(), keep_equals=True):
        if previous is not None and entry.key == previous.key:
            findings.protect(entry.key)
            problem(
                Problem(
                    entry.name or entry.key,
                    verb,
                    f"In Unicode form {form} it has the same name as {printable(previous.name or previous.key)!r}."
                    " Rename one of the two, or exclude it.",
                )
            )
            continue
        previous = entry
        yield entry


def _leads_to_directory(link: os.DirEntry[str]) -> bool | None:
    """Whether a link leads to a directory; None if it leads nowhere now."""
    try:
        return stat.S_ISDIR(link.stat().st_mode)
    except OSError:
        return None


def _is_text(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
