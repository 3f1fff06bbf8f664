# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect cors, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  cors:
    description:
      - Which web pages of other origins a browser lets use the bucket. V([]) removes all rules.
      - The first rule that fits a request counts.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the rule. O(purge_cors=false) knows rules by it.
        type: str
      allowed_methods:
        description: What a page may do.
        type: list
        elements: str
        choices: [GET, PUT, HEAD, POST, DELETE]
        required: true
      allowed_origins:
        description: Where pages may come from, such as V(https://example.com) or V(https://*.example.com). V(*) is everywhere.
        type: list
        elements: str
        required: true
      allowed_headers:
        description: Headers that a page may send. V(*) is any.
        type: list
        elements: str
      expose_headers:
        description: Headers of the answer that a page may read.
        type: list
        elements: str
      max_age_seconds:
        description: For how long a browser may remember the answer.
        type: int
  purge_cors:
    description: Whether O(cors) is the whole set. If not, rules with other names stay.
    type: bool
    default: true
"""
