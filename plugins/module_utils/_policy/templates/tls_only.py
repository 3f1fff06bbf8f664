# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nothing goes in or out without TLS.

S3 answers plain HTTP, too, and then whoever sits between reads along: the objects, and the names of keys. Each
request tells the policy by `aws:SecureTransport` how it came.

Danger: what is set up with an address that begins with http:// gets 403, and so does a bucket that is used as a web
site directly, as web sites of S3 have no TLS. On other servers that run without TLS it shuts everybody out.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values


def _statements(place: Place, _values: Values) -> list[Statement]:
    return [deny("StowageTlsOnly", "s3:*", place.whole, {"Bool": {"aws:SecureTransport": "false"}})]


TLS_ONLY = Template("tls_only", __doc__, _statements)
