# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, both

CASES = (
    Case(
        {},
        {
            "STANDARD": ["thumbnails/a.jpg", "b/thumbs/a.mov", "previews/a.mp4", "proxies/c/a.mov"],
            "GLACIER_IR": [
                *both("mov mxf r3d braw ari dng cr2 cr3 nef arw raf tif tiff psd psb exr wav aif aiff"),
                "films/2026/a.mov",
            ],
            "INTELLIGENT_TIERING": both("mp4 m4v webm mkv jpg jpeg png heic mp3 m4a aac flac ogg"),
            "": ["a.txt", "thumbs", "mov"],
        },
    ),
    Case(
        {"prefix": "films[1]", "originals": "DEEP_ARCHIVE", "published": "STANDARD_IA"},
        {
            "STANDARD": ["films[1]/thumbs/a.mov", "films[1]/a/thumbs/a.mov"],
            "DEEP_ARCHIVE": ["films[1]/a.mov", "films[1]/b/a.mov"],
            "STANDARD_IA": ["films[1]/a.mp4"],
            "": ["films1/a.mov", "a.mov", "b/films[1]/a.mov", "thumbs/a.mov"],
        },
    ),
)
