# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.public import cases

CASES = cases("s3:PutObject", "WRITE", "s3:GetObject", "READ")
