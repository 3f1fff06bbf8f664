# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from aspects.case import RECORDER, Course, Refusal, Step

KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"


def inventory(*, optional_fields: tuple[str, ...] = (), destination: dict[str, Any] | None = None, **parts: Any) -> Any:
    """One as the result shows it."""
    return {
        "id": "all",
        "enabled": True,
        "included_object_versions": "All",
        "frequency": "Daily",
        **({"optional_fields": list(optional_fields)} if optional_fields else {}),
        "destination": {"bucket": "arn:aws:s3:::lists", "format": "CSV", **(destination or {})},
        **parts,
    }


PLAIN = inventory()
WHOLE = inventory(
    id="whole",
    prefix="data/",
    included_object_versions="Current",
    frequency="Weekly",
    optional_fields=("ETag", "LifecycleExpirationDate", "ObjectLockEventHoldStatus", "Size"),
    destination={
        "account_id": "012345678901",
        "prefix": "lists/",
        "format": "Parquet",
        "encryption": "aws:kms",
        "encryption_key_id": KEY,
    },
)

COURSES = (
    Course(
        "one, two, none",
        (
            Step({"inventory": [PLAIN]}),
            Step({"inventory": [PLAIN, WHOLE]}),
            Step({"inventory": [WHOLE]}),
            Step({"inventory": []}),
        ),
        (RECORDER,),
    ),
    Course(
        "part by part",
        (
            Step({"inventory": [inventory(optional_fields=("ETag", "Size"))]}),
            # In another order it is the same.
            Step({"inventory": [inventory(optional_fields=("Size", "ETag"))]}, after={}, changed=False),
            Step({"inventory": [inventory(destination={"encryption": "AES256"})]}),
            Step({"inventory": [inventory(destination={"encryption": "aws:kms", "encryption_key_id": KEY})]}),
            Step({"inventory": [inventory(destination={"encryption": "AES256"}, enabled=False)]}),
            Step({"inventory": [inventory(prefix="a")]}),
        ),
        (RECORDER,),
    ),
    Course(
        "those of another owner stay",
        (
            Step({"inventory": [PLAIN]}),
            Step({"inventory": [WHOLE], "purge_inventory": False}, after={"inventory": [PLAIN, WHOLE]}),
            Step(
                {"inventory": [inventory(frequency="Weekly")], "purge_inventory": False},
                after={"inventory": [inventory(frequency="Weekly"), WHOLE]},
            ),
        ),
        (RECORDER,),
    ),
)


def refused(name: str, one: dict[str, Any], *says: str) -> Refusal:
    """One that is refused."""
    return Refusal(name, {"inventory": [one]}, says)


REFUSALS = (
    refused(
        "a name for an ARN", inventory(destination={"bucket": "lists"}), "inventory['all'].destination.bucket", "arn:"
    ),
    refused("no account", inventory(destination={"account_id": "12345"}), "inventory['all'].destination.account_id"),
    refused("KMS without a key", inventory(destination={"encryption": "aws:kms"}), "encryption_key_id", "AES256"),
    refused("a key without KMS", inventory(destination={"encryption_key_id": KEY}), "encryption_key_id", "aws:kms"),
    refused("an odd id", inventory(id="all/of it"), "inventory['all/of it'].id"),
    refused("a long id", inventory(id="x" * 65), ".id", "64"),
    refused("a long prefix", inventory(prefix="x" * 1025), "inventory['all'].prefix", "1025"),
    Refusal("an id twice", {"inventory": [PLAIN, PLAIN]}, ("inventory: id 'all' is there twice",)),
    Refusal("too many", {"inventory": [inventory(id=f"r{number}") for number in range(1001)]}, ("1001", "1000")),
)  # fmt: skip
