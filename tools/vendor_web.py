"""Make the vendored files of the page again: `python tools/vendor_web.py`. Needs Node with npm, and Pillow.

What the page uses of others lies in `src/mihari/web/vendor`, made by this script from packages of fixed versions, so
that no one who installs Mihari needs Node. `vendor.json` there says what each file was made of and its SHA-256; a test
holds the files to it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "src" / "mihari" / "web" / "vendor"
PACKAGES = {
    "three": ("0.187.0", "MIT"),
    "preact": ("11.2.0", "MIT"),
    "htm": ("3.1.1", "Apache-2.0"),
    "uplot": ("1.6.32", "MIT"),
    "world-atlas": ("2.0.2", "ISC"),
    "topojson-client": ("3.1.0", "ISC"),
    "esbuild": ("0.28.2", "MIT"),
}
TEXTURE = ("@cesium/engine", "18.3.0")
"""Carries Natural Earth II, which is in the public domain; nothing else of it is taken."""
THREE_NAMES = (
    "BufferAttribute, BufferGeometry, Color, DoubleSide, DataTexture, Float32BufferAttribute, FloatType, FrontSide, "
    "GLSL3, Group, LinearFilter, LinearSRGBColorSpace, Line, LineBasicMaterial, LineSegments, Matrix3, Matrix4, Mesh, "
    "MeshBasicMaterial, NearestFilter, NormalBlending, OrthographicCamera, PerspectiveCamera, Points, Quaternion, "
    "Raycaster, RawShaderMaterial, RGBAFormat, Scene, ShaderMaterial, SphereGeometry, SRGBColorSpace, Texture, "
    "TextureLoader, Vector2, Vector3, Vector4, WebGLRenderer, WebGLRenderTarget"
)
ENTRIES = {
    "three.js": f"export {{ {THREE_NAMES} }} from 'three';\n"
    "export { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';\n",
    "preact.js": "import { h } from 'preact'; import htm from 'htm';\n"
    "export { h, render, Component, Fragment, createContext, createRef } from 'preact';\n"
    "export * from 'preact/hooks';\nexport const html = htm.bind(h);\n",
    "uplot.js": "export { default } from 'uplot';\n",
}
COASTLINES = """
const { feature, mesh } = require('topojson-client');
const world = require('world-atlas/land-110m.json');
const lines = mesh(world, world.objects.land).coordinates;
const rounded = lines.map((line) => line.flatMap(([lon, lat]) => [+lon.toFixed(2), +lat.toFixed(2)]));
process.stdout.write(JSON.stringify(rounded));
"""
TEXTURE_LEVEL, TILE = 2, 256


def run(*command: str, cwd: Path, **words: object) -> bytes:
    """Run a command; what it prints comes back, what it complains of is shown."""
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, **words).stdout  # type: ignore[call-overload]


def texture(folder: Path) -> bytes:
    """Stitch the tiles of Natural Earth II to one picture."""
    from PIL import Image

    name = run("npm", "pack", "--silent", "@".join(TEXTURE), cwd=folder).decode().split()[-1]
    wide, high = 2 ** (TEXTURE_LEVEL + 1), 2**TEXTURE_LEVEL
    whole = Image.new("RGB", (wide * TILE, high * TILE))
    with tarfile.open(folder / name) as archive:
        for column in range(wide):
            for row in range(high):
                member = f"package/Source/Assets/Textures/NaturalEarthII/{TEXTURE_LEVEL}/{column}/{row}.jpg"
                tile = archive.extractfile(member)
                assert tile is not None, member
                # Rows count from the south.
                whole.paste(Image.open(BytesIO(tile.read())), (column * TILE, (high - 1 - row) * TILE))
    out = BytesIO()
    whole.save(out, "WEBP", quality=72, method=6)
    return out.getvalue()


def main() -> int:
    """Make every file again."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    made: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "package.json").write_text('{"private": true}')
        wanted = [f"{package}@{version}" for package, (version, _) in PACKAGES.items()]
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *wanted, cwd=folder)
        licences = []
        for package, (version, licence) in PACKAGES.items():
            if package in ("esbuild", "topojson-client"):
                continue
            found = sorted((folder / "node_modules" / package).glob("LICENSE*"))
            assert found, f"{package} has no licence file"
            licences.append(f"{package} {version} ({licence})\n\n{found[0].read_text().strip()}\n")
        licences.append("Natural Earth II (earth.webp)\n\nPublic domain: naturalearthdata.com, terms of use.\n")
        (VENDOR / "LICENSES.txt").write_text(("\n" + "-" * 80 + "\n\n").join(licences))
        for file, source in ENTRIES.items():
            entry = folder / f"entry_{file}"
            entry.write_text(source)
            options = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=none")
            run("npx", "esbuild", str(entry), *options, f"--outfile={VENDOR / file}", "--log-level=error", cwd=folder)
        (VENDOR / "uplot.css").write_bytes((folder / "node_modules/uplot/dist/uPlot.min.css").read_bytes())
        (VENDOR / "coastlines.json").write_bytes(run("node", "-e", COASTLINES, cwd=folder))
        (VENDOR / "earth.webp").write_bytes(texture(folder))
    sources = {
        "three.js": "three",
        "preact.js": "preact htm",
        "uplot.js": "uplot",
        "uplot.css": "uplot",
        "coastlines.json": "world-atlas",
    }
    for file in sorted(VENDOR.iterdir()):
        if file.name == "vendor.json":
            continue
        packages = sources.get(file.name, "")
        made_of = ", ".join(f"{one} {PACKAGES[one][0]}" for one in packages.split())
        made[file.name] = {
            "of": made_of or ("Natural Earth II, public domain" if file.suffix == ".webp" else "the licences"),
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
    (VENDOR / "vendor.json").write_text(json.dumps(made, indent=2) + "\n")
    for file in sorted(VENDOR.iterdir()):
        print(f"{file.stat().st_size:>9,}  {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
