# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An aspect: one sub-resource of a bucket, as data. Each has a file of its own in `aspects/`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, Protocol

from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field, Values


class Caller(Protocol):
    """Calls of one bucket's API; see `api.Api`."""

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A botocore method; raises StowageError."""


@dataclass(frozen=True)
class Permissions:
    """The IAM actions that it takes to read and to write."""

    read: tuple[str, ...]
    write: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """What a rule may look at: the values of the options before and after, and what is known of the bucket.

    Values of options that the task did not speak of are not there, unless a rule's aspect `needs` them.
    """

    before: Values
    after: Values
    bucket: str
    aws: bool  # the endpoint is Amazon's own
    created: bool  # the bucket is not there yet
    wanted: Values = field(default_factory=dict)  # what the task says, with what AWS takes and never tells
    known: frozenset[str] = frozenset()  # aspects that were read: of others nothing is known
    owner: str = ""  # the account that the task expects
    plain: bool = False  # requests go over plain HTTP
    server: str = ""  # what the endpoint calls itself
    regions: Mapping[str, str] = field(default_factory=dict)  # of the bucket and of `others`, as far as S3 tells them

    def elsewhere(self, other: str, path: str, purpose: str) -> Iterator[Remark]:
        """What S3 says to another bucket, for what it does within one region only."""
        here, there = self.regions.get(self.bucket), self.regions.get(other)
        if here and there and here != there:
            yield Remark(
                path, f"{other} is in {there}; {purpose} stay in the bucket's region.", f"Name a bucket in {here}."
            )


@dataclass(frozen=True)
class Remark:
    """Something to be said of a change. `option`: a path like lifecycle[0].transitions; `remedy`: what to do."""

    option: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.option}: {self.problem} {self.remedy}"


class Turn(IntEnum):
    """When an aspect is written. Within one: in the order of the table, removals the other way round."""

    FIRST = 0  # what others need: public access is allowed before a policy grants it
    SET = 1
    REMOVE = 2
    LAST = 3  # what others must be gone for: versioning is suspended after replication has gone


Rule = Callable[[State], Iterator[Remark]]


def nothing(_state: State) -> Iterator[Remark]:
    """No remark."""
    return iter(())


@dataclass(frozen=True, repr=False)
class Aspect:
    """A configuration that is read and written whole.

    options: what a task can say of it. document: an answer of `get` -> AWS's form of the fields; arguments: back, the
    keywords of `put`. delete: "" where absence is written as an empty configuration. missing: the error codes that mean
    "not configured". needs: other aspects that the rules look at, so they are read with it.
    others: the buckets that a task's values name, where the rules look at their regions.
    refuse: what AWS, or good sense, does not allow; warn: what deserves a warning; irreversible: what cannot be undone.
    turn: when it is written, by its values before and after: with the others, or before or after all of them.
    initial: what AWS gives a new bucket. creation: keywords of CreateBucket, of values that can be given there.
    asides: options that are no configuration but go with `put`, by its keywords (a token of MFA).
    """

    whole: ClassVar[bool] = True  # written by one call: refused is then not done
    name: str
    options: tuple[Field, ...]
    get: str
    put: str
    document: Callable[[dict[str, Any]], Document]
    arguments: Callable[[Document], dict[str, Any]]
    permissions: Permissions
    delete: str = ""
    missing: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    others: Callable[[Values], Iterable[str]] = lambda values: ()
    turn: Callable[[Values, Values], Turn] = lambda before, after: Turn.SET if after else Turn.REMOVE
    initial: Document = field(default_factory=dict)
    creation: Callable[[Values], dict[str, Any]] = lambda values: {}
    normal: Callable[[Values], Values] = lambda values: values
    asides: tuple[Field, ...] = ()
    refuse: Rule = nothing
    warn: Rule = nothing
    irreversible: Rule = nothing

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def methods(self) -> tuple[str, ...]:
        """What it calls."""
        return tuple(filter(None, (self.get, self.put, self.delete)))

    def read(self, api: Caller) -> Document:
        """The present configuration, empty if there is none."""
        answer = api.call(self.get, missing=self.missing)
        return self.document(answer) if answer else {}

    def write(self, api: Caller, before: Document, after: Document, extra: Mapping[str, Any]) -> None:
        """Make it so. `extra`: more keywords, of the asides."""
        if not after and self.delete:
            if before:  # some servers delete the bucket when there is nothing of this kind to delete
                api.call(self.delete)
            return
        api.call(self.put, **self.arguments(after), **extra)


@dataclass(frozen=True, repr=False)
class KeyedAspect(Aspect):
    """Configurations by id, each of which is read, written and deleted by itself.

    The document is {"Configurations": [...]}; `get` lists them, a page a call; `identifier`: AWS's name of the id.
    `document` and `arguments` are of one configuration: AWS's form of it to that of the fields, and back.
    """

    whole: ClassVar[bool] = False
    identifier: str = "Id"
    member: str = ""  # the keyword of put and the list in the answer: InventoryConfiguration(List)

    def read(self, api: Caller) -> Document:
        """All of them."""
        found: list[Document] = []
        following: dict[str, str] = {}
        while True:
            answer = api.call(self.get, missing=self.missing, **following)
            found += map(self.document, (answer or {}).get(f"{self.member}List", []))
            if not answer or not answer.get("IsTruncated") or not answer.get("NextContinuationToken"):
                return {"Configurations": found} if found else {}
            following = {"ContinuationToken": answer["NextContinuationToken"]}

    def write(self, api: Caller, before: Document, after: Document, extra: Mapping[str, Any]) -> None:
        """Put what is new or differs, then delete what is no longer wanted."""
        old = {each[self.identifier]: each for each in before.get("Configurations", ())}
        new = {each[self.identifier]: each for each in after.get("Configurations", ())}
        for identifier, each in new.items():
            if old.get(identifier) != each:
                api.call(self.put, **{self.identifier: identifier, self.member: self.arguments(each)})
        for identifier in old:
            if identifier not in new:
                api.call(self.delete, **{self.identifier: identifier})
