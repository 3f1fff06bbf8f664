# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The bucket as a website: its documents, and redirects.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import DIGITS, Document, Field, Values

_MEMBERS = ("IndexDocument", "ErrorDocument", "RedirectAllRequestsTo", "RoutingRules")
_PROTOCOLS = ("http", "https")
_REDIRECT = ("host_name", "protocol", "http_redirect_code", "replace_key_prefix_with", "replace_key_with")
_MOST = 50  # routing rules
_RULES = Field(
    "routing_rules",
    "RoutingRules",
    many=True,
    of=(
        Field("key_prefix_equals", "Condition.KeyPrefixEquals", blank=True, no_log=False),
        Field("http_error_code_returned_equals", "Condition.HttpErrorCodeReturnedEquals", DIGITS),
        Field("host_name", "Redirect.HostName"),
        Field("protocol", "Redirect.Protocol", choices=_PROTOCOLS),
        Field("http_redirect_code", "Redirect.HttpRedirectCode", DIGITS),
        # To nothing is to the root: the prefix is cut off.
        Field("replace_key_prefix_with", "Redirect.ReplaceKeyPrefixWith", blank=True, no_log=False),
        Field("replace_key_with", "Redirect.ReplaceKeyWith", blank=True, no_log=False),
    ),
    spec={"mutually_exclusive": [["replace_key_prefix_with", "replace_key_with"]]},
)


def _document(answer: dict[str, Any]) -> Document:
    return {name: answer[name] for name in _MEMBERS if answer.get(name)}


def _refuse(state: State) -> Iterator[Remark]:
    website = state.after.get("website") or {}
    if not website:
        return
    everything, index = website.get("redirect_all_requests_to"), website.get("index_document", "")
    if everything:
        yield from _refuse_host("website.redirect_all_requests_to", everything)
    elif not index:
        yield Remark("website.index_document", "a website needs it, and it is not given.", "Write index.html.")
    if "/" in index:
        yield Remark("website.index_document", f"{index} has a slash.", "Give the name that it has in each directory.")
    rules = website.get("routing_rules", [])
    if len(rules) > _MOST:
        yield Remark("website.routing_rules", f"there are {len(rules)}; S3 allows {_MOST}.", "Join some.")
    for place, rule in enumerate(rules):
        yield from _refuse_rule(f"website.routing_rules[{place}]", rule)


def _refuse_host(path: str, target: Values) -> Iterator[Remark]:
    host = target.get("host_name", "")
    if "/" in host:
        yield Remark(f"{path}.host_name", f"{host} is no host name.", "Give that alone; protocol is an option.")


def _refuse_rule(path: str, rule: Values) -> Iterator[Remark]:
    if not any(name in rule for name in _REDIRECT):
        yield Remark(path, "it says not where to.", f"Give one of {', '.join(_REDIRECT)}.")
    yield from _refuse_host(path, rule)
    code, error = rule.get("http_redirect_code", 301), rule.get("http_error_code_returned_equals", 404)
    if not 301 <= code <= 399:
        yield Remark(f"{path}.http_redirect_code", f"{code} redirects nobody.", "Choose one from 301 to 399.")
    if not 400 <= error <= 599:
        yield Remark(f"{path}.http_error_code_returned_equals", f"{error} is no error.", "Choose one from 400 to 599.")


WEBSITE = Aspect(
    name="website",
    options=(
        Field(
            "website",
            "",
            of=(
                Field("index_document", "IndexDocument.Suffix"),
                Field("error_document", "ErrorDocument.Key"),
                Field(
                    "redirect_all_requests_to",
                    "RedirectAllRequestsTo",
                    of=(
                        Field("host_name", "HostName", required=True),
                        Field("protocol", "Protocol", choices=_PROTOCOLS),
                    ),
                ),
                _RULES,
            ),
            spec={
                "mutually_exclusive": [
                    ["redirect_all_requests_to", name] for name in ("index_document", "error_document", _RULES.name)
                ]
            },
        ),
    ),
    get="get_bucket_website",
    put="put_bucket_website",
    delete="delete_bucket_website",
    missing=("NoSuchWebsiteConfiguration",),
    document=_document,
    arguments=lambda document: {"WebsiteConfiguration": document},
    permissions=Permissions(("s3:GetBucketWebsite",), ("s3:DeleteBucketWebsite", "s3:PutBucketWebsite")),
    refuse=_refuse,
)
