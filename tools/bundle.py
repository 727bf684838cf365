"""Write the studio's bundles, `javascript/bundle/`: all modules in one file, all style sheets in another.

esbuild does it, from the npm registry, by the npm of the environment.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from retouch import ASSETS
from retouch.api.static_files import BUNDLES, SOURCES, sources_digest
from tools.checks import node
from tools.environment import VENV, WINDOWS

ESBUILD = "esbuild@0.25.12"
FOLDER = VENV / "esbuild"
OPTIONS = (
    "--bundle",
    "--format=esm",
    "--charset=utf8",
    "--minify-whitespace",
    "--minify-syntax",
    "--legal-comments=inline",
    "--log-level=warning",
)
ENTRIES = {".mjs": f"{SOURCES}/studio.mjs", ".css": f"{SOURCES}/styles/studio.css"}
HEADING = "/*! Made by `python3 dev.py bundle` from sources with SHA-256 {digest}. Do not edit. */\n"


def main() -> None:
    program, heading = install_esbuild(), HEADING.format(digest=sources_digest())
    for name in BUNDLES:
        target = ASSETS / name
        target.parent.mkdir(exist_ok=True)
        command = [str(program), ENTRIES[target.suffix], *OPTIONS]
        code = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ASSETS).stdout
        target.write_bytes(heading.encode() + code)
        print(f"{name}: {len(code) / 1000:.0f} kB")


def install_esbuild() -> Path:
    """The path of esbuild's program, installed beside the environment's packages."""
    program = FOLDER / "node_modules" / ".bin" / ("esbuild.cmd" if WINDOWS else "esbuild")
    runtime = Path(node(Path(sys.executable)))
    npm = runtime.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [runtime, npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", FOLDER, ESBUILD]
    subprocess.run([str(word) for word in command], check=True)
    return program


if __name__ == "__main__":
    main()
