# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Between the options' words and AWS's: one table of fields says both, and what is in neither survives a write.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]  # by the names of options: what the task says, the diff shows and the result returns
Document = dict[str, Any]  # by AWS's names: what a configuration is to botocore
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Kind:
    """What a field's value is: its type for Ansible, and how it goes to AWS's form and back."""

    type: str
    expand: Convert = lambda value: value
    flatten: Convert = lambda value: value


def _date(value: Any) -> str:
    """A date as AWS and people write it: 2027-01-31, with the time only if it is not midnight UTC.

    Raises ValueError.
    """
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise ValueError(f"{value!r} is no date. Write it like 2027-01-31.") from None
    if not isinstance(value, datetime.datetime):
        raise ValueError(f"{value!r} is no date. Write it like 2027-01-31.")
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    value = value.astimezone(datetime.timezone.utc)
    midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
    return str(value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%dT%H:%M:%SZ"))


def _tags(value: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": str(value[key])} for key in sorted(value)]


TEXT, NUMBER, FLAG, DICT = Kind("str"), Kind("int"), Kind("bool"), Kind("dict")
# "Enabled" and "Disabled", which AWS writes for what is true or false.
SWITCH = Kind("bool", lambda value: "Enabled" if value else "Disabled", lambda value: value == "Enabled")
# The same where it is a word among others: enabled, disabled, suspended.
STATUS = Kind("str", lambda value: value.capitalize(), lambda value: value.lower())
# Words that AWS writes together: bucket_owner for BucketOwner.
WORDS = Kind(
    "str",
    lambda value: "".join(word.capitalize() for word in value.split("_")),
    lambda value: re.sub("(?<!^)(?=[A-Z])", "_", value).lower(),
)
# A number that AWS keeps as a text.
DIGITS = Kind("int", str, int)
DATE = Kind("str", _date, _date)
TAGS = Kind("dict", _tags, lambda value: {tag["Key"]: tag["Value"] for tag in value})
# A list in no order: S3 does not always answer in the one that it was told.
UNORDERED = Kind("list", sorted, sorted)


_EMPTY: dict[str, Any] = {"str": "", "int": None, "bool": False, "dict": {}, "json": {}, "list": []}


@dataclass(frozen=True)
class Field:
    """An option or a part of one.

    name: the option's. aws: AWS's member, a path with dots where AWS nests for its XML's sake ("A.B"), or "" for the
    document itself. of: the parts of a dict, or of each entry of a list. many: it is a list. key: the part by which the
    entries of a list are known; entries keep what AWS says of them beyond our parts. union: of a set of named things
    that is no list, what is there and what is wanted to both. absent: what AWS means when it leaves the field out, in
    the option's form. write_only: AWS takes it and never tells it, so it is neither shown nor compared. companion: it
    says how the aspect's other options are meant, and goes when they go. Texts are compared as they are; an own `kind`
    is for other forms. ordered: the order of the entries counts. blank: an empty text is a value of its own. said: from
    what a task may write to the option's form; raises ValueError. gathered: dicts in which a task may write some of the
    parts instead, as AWS does; they are parts of their own nowhere else.
    """

    name: str
    aws: str
    kind: Kind = TEXT
    of: tuple[Field, ...] = ()
    many: bool = False
    key: str = ""
    union: Callable[[Any, Any], Any] | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    absent: Any = None
    ordered: bool = False
    blank: bool = False
    said: Convert = lambda value: value
    write_only: bool = False
    companion: bool = False
    gathered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    no_log: bool | None = None
    spec: Mapping[str, Any] = field(default_factory=dict)  # more of Ansible's words: mutually_exclusive, aliases

    @property
    def path(self) -> tuple[str, ...]:
        """AWS's members on the way."""
        return tuple(filter(None, self.aws.split(".")))

    @property
    def is_set(self) -> bool:
        """Whether it is a set of named things: then the module has purge_<name>."""
        return bool(self.key or self.union)

    @property
    def empty(self) -> Any:
        """What says "not configured"."""
        if self.many:
            return []
        return {} if self.of else _EMPTY[self.kind.type]


def is_empty(each: Field, value: Any) -> bool:
    """Whether a value says "not configured". What is switched off is configured, as far as it is said."""
    return value is not False and not each.blank and value == each.empty


def argument_spec(fields: Sequence[Field]) -> dict[str, dict[str, Any]]:
    """Ansible's argument spec for the fields."""
    return {each.name: _spec(each) for each in fields}


def _spec(each: Field) -> dict[str, Any]:
    kind = "dict" if each.of else each.kind.type
    spec: dict[str, Any] = {"type": "list", "elements": kind} if each.many else {"type": kind}
    if each.of:
        spec["options"] = argument_spec(each.of)
        for name, parts in each.gathered.items():
            inside = argument_spec([part for part in each.of if part.name in parts])
            spec["options"][name] = {"type": "dict", "options": inside}
    if each.choices:
        spec["choices"] = list(each.choices)
    if each.required:
        spec["required"] = True
    if each.no_log is not None:
        spec["no_log"] = each.no_log
    return {**spec, **each.spec}


def flatten(fields: Sequence[Field], document: Document) -> Values:
    """AWS's form to the options' form: what is not there, or is what AWS means anyway, is left out."""
    values = {}
    for each in fields:
        found = _find(document, each.path)
        if found is None or each.write_only:
            continue
        value = [_flat(each, item) for item in found] if each.many else _flat(each, found)
        if value not in (None, each.absent) and not is_empty(each, value):
            values[each.name] = value
    return values


def _flat(each: Field, value: Any) -> Any:
    return flatten(each.of, value) if each.of else each.kind.flatten(value)


def expand(fields: Sequence[Field], values: Values, before: Document) -> Document:
    """The options' form to AWS's form. `before`: the present one, of which stays what no field speaks of."""
    document = deepcopy(before)
    for each in fields:
        present = _find(before, each.path)
        value = values.get(each.name)
        if value is None or is_empty(each, value):
            _drop(document, each.path)
        elif each.many:
            before_of = _entries_before(each, present or ())
            _put(document, each.path, [_expanded(each, item, before_of(item)) for item in value])
        else:
            _put(document, each.path, _expanded(each, value, present))
    return document


def _expanded(each: Field, value: Any, before: Any) -> Any:
    return expand(each.of, value, before or {}) if each.of else each.kind.expand(value)


def _entries_before(each: Field, present: Iterable[Any]) -> Callable[[Values], Document | None]:
    """What an entry of a list was: that of its name, or if it has none, the nameless one that says the same."""
    if not each.key:
        return lambda entry: None
    told = [(flatten(each.of, item), item) for item in present]
    named = {values[each.key]: item for values, item in told if values.get(each.key)}
    nameless = [(values, item) for values, item in told if not values.get(each.key)]

    def find(entry: Values) -> Document | None:
        if entry.get(each.key):
            return named.get(entry[each.key])
        return next((item for values, item in nameless if values == entry), None)

    return find


def cleaned(fields: Sequence[Field], values: Mapping[str, Any]) -> Values:
    """A task's values without what it did not say: Ansible gives None for that, in every part. Raises ValueError."""
    result = {}
    for each in fields:
        value = values.get(each.name)
        if value is None:
            continue
        if each.of:
            value = [_parts(each, item) for item in value] if each.many else _parts(each, value)
        result[each.name] = each.said(value)
    return result


def _parts(each: Field, value: Mapping[str, Any]) -> Values:
    parts = cleaned(each.of, value)
    for name, inside in each.gathered.items():
        found = cleaned([part for part in each.of if part.name in inside], value.get(name) or {})
        for twice in sorted(found.keys() & parts):
            where = f"{value[each.key]!r}: " if each.key else ""
            raise ValueError(f"{where}{twice} and {name}.{twice} are both given. Write one of them.")
        parts.update(found)
    return parts


def merge(each: Field, wanted: Any, present: Any, *, purge: bool) -> Any:
    """What is to be there in the end, of an option: what the task did not speak of stays.

    A dict keeps the parts that were not named and are allowed beside those; a set of named things keeps, unless
    `purge`, its other members. Empty is empty: nothing of it stays. Raises ValueError.
    """
    if wanted == each.empty:
        return present if present and not purge else wanted
    if each.many and each.key and not purge:
        named = {item.get(each.key): item for item in wanted}
        kept = [named.pop(item.get(each.key), item) for item in present or ()]
        return [*kept, *(item for item in wanted if item.get(each.key) in named)]
    if each.union and not purge and present:
        return each.union(present, wanted)
    if each.of and not each.many:
        out = rivals(each, wanted)
        return {**{name: value for name, value in (present or {}).items() if name not in out}, **wanted}
    return wanted


def rivals(each: Field, values: Values) -> set[str]:
    """The parts of a dict that have no place beside those of `values`, as Ansible's mutually_exclusive says."""
    named = {part.name for part in each.of if part.name in values and not is_empty(part, values[part.name])}
    groups = [set(group) for group in each.spec.get("mutually_exclusive", ())]
    return {name for group in groups for name in group if named & (group - {name})}


def canonical(each: Field, value: Any) -> Any:
    """A value for comparisons: nothing for what is not configured, named things by their names, in every part."""
    if value is None:
        return each.empty
    if not each.of:
        return value
    if not each.many:
        return _canonical(each.of, value)
    items = [_canonical(each.of, item) for item in value]
    return sorted(items, key=lambda item: str(item.get(each.key))) if each.key and not each.ordered else items


def _canonical(fields: Sequence[Field], values: Values) -> Values:
    return {each.name: canonical(each, values[each.name]) for each in fields if each.name in values}


def repeated(each: Field, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where entries of one list have the same name: the path of the list, and what they share."""
    if not each.of or not value:
        return
    items = value if each.many else [value]
    names = Counter(item[each.key] for item in items if each.key and item.get(each.key) not in (None, ""))
    yield from ((path, f"{each.key} {name!r}") for name, count in names.items() if count > 1)
    for item in items:
        own = f"{path}[{item[each.key]!r}]" if each.key in item else path
        for part in each.of:
            yield from repeated(part, item.get(part.name), f"{own}.{part.name}")


def _find(document: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return None
        document = document[name]
    return document


def _put(document: Document, path: Sequence[str], value: Any) -> None:
    if not path:
        document.clear()
        document.update(value)
        return
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


def _drop(document: Document, path: Sequence[str]) -> None:
    """Remove a member, and what is empty then above it."""
    if not path:
        document.clear()
        return
    *above, last = path
    holder = _find(document, above)
    if isinstance(holder, dict) and last in holder:
        del holder[last]
        if above and not holder:
            _drop(document, above)
