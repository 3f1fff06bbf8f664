# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect website, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  website:
    description:
      - The bucket as a website at an endpoint of its own, which knows only HTTP without TLS. V({}) removes it.
      - Visitors see what a policy lets everybody read, and nothing else.
      - Parts that are not named stay as they are.
    type: dict
    suboptions:
      index_document:
        description: The name of the object that stands for a directory, in each, such as V(index.html). It is required, unless all is redirected.
        type: str
      error_document:
        description: The key of the object that is sent with errors. V("") removes it.
        type: str
      redirect_all_requests_to:
        description: Where each request is sent instead. It takes the place of the other parts, and they take its.
        type: dict
        suboptions:
          host_name:
            description: The name of the host.
            type: str
            required: true
          protocol:
            description: By default that of the request.
            type: str
            choices: [http, https]
      routing_rules:
        description:
          - Redirects, of which the first that fits counts, at most 50. It is the whole list, and V([]) removes all.
          - A rule with neither O(website.routing_rules[].key_prefix_equals) nor O(website.routing_rules[].http_error_code_returned_equals) fits each request.
        type: list
        elements: dict
        suboptions:
          key_prefix_equals:
            description: What keys begin with that the rule is for.
            type: str
          http_error_code_returned_equals:
            description: The error that the rule is for, such as V(404).
            type: int
          host_name:
            description: The host that the visitor is sent to. By default the same.
            type: str
          protocol:
            description: The protocol. By default that of the request.
            type: str
            choices: [http, https]
          http_redirect_code:
            description: The status that says so. By default V(301), which browsers remember for good.
            type: int
          replace_key_prefix_with:
            description:
              - What takes the place of O(website.routing_rules[].key_prefix_equals) in the key. V("") cuts it off.
              - Not with O(website.routing_rules[].replace_key_with).
            type: str
          replace_key_with:
            description: The key that the visitor is sent to. V("") is the index.
            type: str
"""
