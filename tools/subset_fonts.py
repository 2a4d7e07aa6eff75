"""Build the font files for `chalicelib/embed/fonts/noto.py`.

pip install fonttools && npm pack @expo-google-fonts/noto-sans-{jp,sc,kr,devanagari,bengali,tamil,thai}
python tools/subset_fonts.py FOLDER_OF_THE_ARCHIVES
"""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from chalicelib.embed.fonts.noto import SCRIPTS


def main(folder: Path) -> None:
    options = subset.Options(
        hinting=False, layout_features=["*"], name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True
    )
    for script in SCRIPTS:
        (archive,) = folder.glob(f"*noto-sans-{script.name.lower()}-*.tgz")
        font = TTFont(io.BytesIO(_member(archive, f"NotoSans{script.name}_400Regular.ttf")))
        wanted = {code for code in font.getBestCmap() if script.covers(chr(code))}
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.save(script.file)
        license_file = Path(script.file).with_name("LICENSE-Noto.txt")
        license_file.write_bytes(_member(archive, "LICENSE_FONT"))
        print(f"{script.file}: {len(wanted)} characters, {Path(script.file).stat().st_size:,} bytes")


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as opened:
        (found,) = (member for member in opened if member.name.endswith(f"/{name}"))
        content = opened.extractfile(found)
        return content.read() if content else b""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
