# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from aspects.case import Course, Refusal, Step

PAGES = {"index_document": "index.html", "error_document": "404.html"}
MOVED = {"key_prefix_equals": "old/", "replace_key_prefix_with": "new/", "http_redirect_code": 302}
LOST = {
    "http_error_code_returned_equals": 404,
    "host_name": "example.com",
    "protocol": "https",
    "replace_key_with": "search.html",
}
CUT = {"key_prefix_equals": "docs/", "replace_key_prefix_with": ""}  # to nothing, which is a value
ELSEWHERE = {"redirect_all_requests_to": {"host_name": "example.com", "protocol": "https"}}


def rule(**parts: Any) -> dict[str, Any]:
    """A website with one rule."""
    return {"website": {"index_document": "index.html", "routing_rules": [parts]}}


COURSES = (
    Course(
        "pages, rules, another page, none",
        (
            Step({"website": {}}, changed=False),  # or there would be no bucket any more
            Step({"website": PAGES}),
            Step(
                {"website": {"routing_rules": [MOVED, LOST]}},
                after={"website": {**PAGES, "routing_rules": [MOVED, LOST]}},
            ),
            Step(
                {"website": {"error_document": ""}},
                after={"website": {"index_document": "index.html", "routing_rules": [MOVED, LOST]}},
            ),
            Step(
                {"website": {"routing_rules": [CUT]}},
                after={"website": {"index_document": "index.html", "routing_rules": [CUT]}},
            ),
            Step({"website": {}}),
        ),
    ),
    Course(
        "all redirected, which takes the place of pages, and back",
        (Step({"website": PAGES}), Step({"website": ELSEWHERE}), Step({"website": PAGES}), Step({"website": {}})),
    ),
)
REFUSALS = (
    Refusal("no index", {"website": {"error_document": "404.html"}}, ("website.index_document", "not given")),
    Refusal("an index in a directory", {"website": {"index_document": "a/b.html"}}, ("a/b.html", "slash")),
    Refusal("a URL for a host", {"website": {"redirect_all_requests_to": {"host_name": "https://a"}}}, ("host_name",)),
    Refusal("a rule that leads nowhere", rule(key_prefix_equals="a/"), ("website.routing_rules[0]", "where to")),
    Refusal("no redirect", rule(http_redirect_code=300), ("routing_rules[0].http_redirect_code", "300", "301 to 399")),
    Refusal(
        "no error",
        rule(host_name="example.com", http_error_code_returned_equals=200),
        ("routing_rules[0].http_error_code_returned_equals", "200", "400 to 599"),
    ),
    Refusal(
        "too many rules",
        {
            "website": {
                "index_document": "i",
                "routing_rules": [{"key_prefix_equals": f"{n}/", "host_name": "a"} for n in range(51)],
            }
        },
        ("website.routing_rules", "51", "50"),
    ),
)
