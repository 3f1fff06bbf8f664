# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stands in for the sync module: tells its progress as the real one does, and ends when the test lets it."""

from __future__ import annotations

import getpass
import json
import os
import time

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule({"go": {"type": "str"}}, supports_check_mode=True)
    path = os.environ.get("STOWAGE_PROGRESS_FILE")
    if path:
        progress = {"stage": "transfer", "done": 30, "total": 60, "bytes": 1 << 20, "bytes_total": 2 << 20, "failed": 0}
        descriptor = os.open(f"{path}.part", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({**progress, "key": "some/key", "started": time.time()}, file)
        os.replace(f"{path}.part", path)
    deadline = time.time() + 60
    while module.params["go"] and not os.path.exists(module.params["go"]):
        if time.time() > deadline:
            module.fail_json(msg="the test never let the module go on")
        time.sleep(0.05)
    diff = {"before": "", "after": "x\n"}
    module.exit_json(changed=True, path=path, check=module.check_mode, diff=diff, user=getpass.getuser())


if __name__ == "__main__":
    main()
