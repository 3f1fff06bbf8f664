# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nothing goes in or out with a version of TLS that is too old.

`s3:TlsVersion` is the version that client and S3 have agreed on. AWS itself takes no less than 1.2 by now, so that it
is 1.3 that makes a difference.

Danger: old clients get 403. Plain HTTP has no version of TLS, and is not what this is about: have `tls_only` beside
it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import choice
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    return [deny("StowageMinTls", "s3:*", place.whole, {"NumericLessThan": {"s3:TlsVersion": values["version"]}})]


MIN_TLS = Template(
    "min_tls",
    __doc__,
    _statements,
    parameters=(Parameter("version", choice("1.2", "1.3"), "The oldest version that may come.", default="1.2"),),
)
