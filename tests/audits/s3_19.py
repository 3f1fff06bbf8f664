# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.points import cases

CASES = cases("access_points", "arn:aws:s3:eu-central-1:111122223333:accesspoint/")
