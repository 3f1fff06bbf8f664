# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options say all that AWS's API can, with botocore's model as the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import botocore.session
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import TAGS, Field
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS

MODEL = botocore.session.Session().get_service_model("s3")
# The keyword of put that is the configuration, by the aspect.
CONFIGURATIONS = {
    "lifecycle": "LifecycleConfiguration",
    "intelligent_tiering": "IntelligentTieringConfiguration",
    "analytics": "AnalyticsConfiguration",
    "inventory": "InventoryConfiguration",
    "metrics": "MetricsConfiguration",
}
# Where the option has a word for something that AWS says by the member that is there.
WORDS_OF_OUR_OWN = {"Algorithm"}


def members(shape: Any) -> Iterator[tuple[str, list[str]]]:
    """The members that hold values, without what is around them, and their words."""
    if shape.type_name == "list":
        yield from members(shape.member)
    for name, member in shape.members.items() if shape.type_name == "structure" else ():
        inner = member.member if member.type_name == "list" else member
        if inner.type_name == "structure":
            yield from members(inner)
        else:
            yield name, list(getattr(inner, "enum", []))


def spoken(fields: Sequence[Field]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The same of the options."""
    for each in fields:
        if each.of:
            yield from spoken(each.of)
        elif each.kind is TAGS:
            yield from (("Key", ()), ("Value", ()))
        elif each.path[-1] not in WORDS_OF_OUR_OWN:
            yield each.path[-1], each.choices


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_member_has_an_option_and_every_word_is_a_choice(name: str) -> None:
    aspect = next(aspect for aspect in ASPECTS if aspect.name == name)
    operation = "".join(word.capitalize() for word in aspect.put.split("_"))
    shape = MODEL.operation_model(operation).input_shape.members[CONFIGURATIONS[name]]
    # Prefix and Id are at several places, and say the same thing.
    wanted = {(member, word.lower()) for member, words in members(shape) for word in words or [""]}
    options = {
        (member, word.lower())
        for member, words in spoken(aspect.options)
        for word in words or [""]
        if member != "TransitionDefaultMinimumObjectSize"  # is no part of the document, but a keyword beside it
    }
    assert wanted - options == set()
    assert {member for member, _word in options} - {member for member, _word in wanted} == set()


def test_the_smallest_size_that_is_moved_has_the_words_of_aws() -> None:
    shape = MODEL.operation_model("PutBucketLifecycleConfiguration").input_shape
    aspect = next(aspect for aspect in ASPECTS if aspect.name == "lifecycle")
    words = shape.members["TransitionDefaultMinimumObjectSize"].enum
    assert set(aspect.options[1].choices) == {*words, ""}
