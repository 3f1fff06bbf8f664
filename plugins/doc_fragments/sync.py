# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    # What is compared: the options of sync and sync_info alike.
    DOCUMENTATION = r"""
options:
  source:
    description:
      - Where the files come from, as V(s3://bucket/prefix) or as a path to a directory or to one file.
      - A prefix always ends at a slash, written or not. V(s3://bucket/app) means the keys below C(app/), never C(application/).
      - One file goes to the very key that O(destination) names, or below it if O(destination) ends in a slash.
    type: str
    required: true
  destination:
    description:
      - Where the files go to, as V(s3://bucket/prefix) or as a path to a directory, which is made if it does not exist.
      - At least one of O(source) and O(destination) has to be in S3, and neither may contain the other.
    type: str
    required: true
  include:
    description:
      - Globs of the keys that the run takes. By default it takes all.
      - They are written as in C(.gitignore). Without a slash a glob matches at any depth, with a leading slash it is anchored at the
        root, with a trailing slash it matches a directory and all below it. C(**) matches any number of directories.
      - A key is taken if any O(include) matches and no O(exclude) does, in whatever order they are written.
      - A key that is not taken does not exist for the run. It is not compared, not counted and never deleted.
    type: list
    elements: str
  exclude:
    description:
      - Globs of the keys that the run leaves alone, on both sides, written as in O(include).
      - Directories that match are not even read.
    type: list
    elements: str
  requester_pays:
    description: Confirm that this account pays for the requests, where a bucket asks its requesters to.
    type: bool
    default: false
  symlinks:
    description:
      - What to do with symbolic links below a local O(source).
      - V(follow) takes what they point to. Links that lead nowhere, or back to a directory above, are counted and left out.
      - V(skip) leaves all links out. V(error) makes each one a failure.
      - What was left out, and all below it, is never deleted on the other side.
      - Links below a local O(destination) are never followed, written or deleted.
    type: str
    choices: [follow, skip, error]
    default: follow
  unicode_form:
    description:
      - Bring names to one Unicode form before they are compared and written, where one side (such as macOS) keeps another.
      - By default names are compared as they are.
    type: str
    choices: [nfc, nfd]
  concurrency:
    description:
      - How many requests are under way at once at most, from 1 to 256. Large objects take one for each part.
      - By default the sync finds out. It begins with 64, and adds more as long as that makes it faster, up to 256.
      - Of files and parts above 32 KiB it begins with 4, as these may keep the line busy already, and goes up to 64.
      - Where few files may be open (C(ulimit -n)) there are fewer from the start.
      - Given or not, there are half as many after S3 asks to slow down or connections break, and more again later.
    type: int
  max_requests_per_second:
    description:
      - The most requests that are sent in a second, by all threads of the run together. Repeated ones count as well.
      - From V(0.1) on. By default there is no limit.
    type: float
  ordered_listing:
    description:
      - Whether the endpoint lists keys in the order of their UTF-8 bytes, so that a listing need not be sorted first.
      - By default AWS is trusted to do so, and no other endpoint is.
    type: bool
  expected_bucket_owner:
    description:
      - The account id that has to own the bucket. S3 refuses every request if another account does.
      - Of the bucket in O(destination), or of that in O(source) if O(destination) is local.
    type: str
  source_expected_bucket_owner:
    description: The account id that has to own the bucket in O(source).
    type: str
  max_actions:
    description: How many actions (or differences) the result lists.
    type: int
    default: 100
"""

    # Of what prices a directory, too.
    RULES = r"""
options:
  rules:
    description:
      - What objects carry besides their content, by key. The first rule that matches a key counts.
      - When a rule changes, objects whose content did not are brought up to it by a copy within S3, without an upload.
      - The filter P(stowage.s3.storage_class_rules#filter) makes rules for the storage class of templates.
    type: list
    elements: dict
    suboptions:
      match:
        description: Globs of the keys that the rule is for, written as in O(include).
        type: list
        elements: str
        required: true
      content_type:
        description: The C(Content-Type). By default it is taken from the key's suffix.
        type: str
      cache_control:
        description: The C(Cache-Control), such as V(max-age=31536000, immutable).
        type: str
      content_encoding:
        description: The C(Content-Encoding) of files that are compressed already, such as V(gzip). Not together with O(rules[].compress).
        type: str
      content_disposition:
        description: The C(Content-Disposition), such as V(attachment).
        type: str
      content_language:
        description: The C(Content-Language), such as V(en).
        type: str
      compress:
        description:
          - Compress files that are uploaded, and set C(Content-Encoding). Browsers unpack such objects by themselves, and so does a
            sync on the way back. Many other tools do not.
          - Size and digest of the content stand in the metadata, so that the next run finds it unchanged. What an algorithm makes no
            smaller is sent as it is.
          - The packed form of a file above 8 MiB waits in the temporary directory (C(TMPDIR)) until it is sent.
          - V(zstd) needs the Python package C(zstandard), or Python 3.14, where the task runs.
          - A rule that compresses what was uploaded before without it uploads it again. A rule that is gone leaves objects compressed.
          - In copies within S3 and in downloads it has no effect. What is compressed stays so within S3, and is unpacked on its way down
            without any rule.
        type: str
        choices: [gzip, zstd]
      storage_class:
        description:
          - The storage class of objects that are written, such as V(STANDARD_IA).
          - It is not set back on objects that a lifecycle rule has moved since.
        type: str
      metadata:
        description: User metadata, up to 2 KB. The names C(mtime), C(stowage-sha256), C(stowage-compress), C(stowage-size) and
          C(stowage-stored) are the sync's own.
        type: dict
      tags:
        description: Object tags, up to ten. An empty dictionary removes all.
        type: dict
"""
