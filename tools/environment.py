"""Virtual environments made from the lock files. A set-up that did not finish counts as absent."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "tools" / "requirements"
VENV, PURE = ROOT / ".venv", ROOT / ".venv-pure"
WINDOWS = os.name == "nt"
SUPPORTED = ((3, 10), (3, 11), (3, 12), (3, 13))
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# If one of these is set, the user has configured an index for uv.
UV_INDEXES = {"UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_CONFIG_FILE", "UV_NO_INDEX"}


def version_problem(version, words) -> str:
    """One sentence if this Python cannot run Retouch, else ""."""
    if tuple(version[:2]) in SUPPORTED:
        return ""
    command = " ".join(["py -3.11" if WINDOWS else "python3.11", "dev.py", *(words or ["demo"])])
    number = ".".join(str(part) for part in version[:3])
    return f"Retouch needs Python 3.10, 3.11, 3.12 or 3.13; this is {number}: run `{command}`"


def stop(sentence: str) -> None:
    raise SystemExit(sentence)


def python_of(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if WINDOWS else "bin/python")


def lock_of(name: str) -> Path:
    return LOCKS / f"{name}.txt"


def stamp_of(venv: Path) -> Path:
    return venv / "retouch-lock.sha256"


def digest(venv: Path, name: str) -> str:
    """SHA-256 of the lock file and the path of the environment. An environment that was moved is invalid."""
    return hashlib.sha256(lock_of(name).read_bytes() + str(venv).encode()).hexdigest()


def is_whole(venv: Path) -> bool:
    """True if a set-up of this environment finished."""
    return stamp_of(venv).is_file() and python_of(venv).exists()


def is_ready(venv: Path, names) -> bool:
    """True if one of these locks is installed here."""
    known = [digest(venv, name) for name in names]
    return is_whole(venv) and stamp_of(venv).read_text().strip() in known


def set_up(venv: Path, name: str, superset: str = "") -> Path:
    """Install the lock, unless it or its superset is installed. Returns the environment's Python."""
    if not is_ready(venv, [name, superset] if superset else [name]):
        print(f"Setting up {venv.name} (the first time downloads a lot) ...", flush=True)
        if is_whole(venv):
            stamp_of(venv).unlink()  # until the new lock is installed, this environment is incomplete
        else:
            create(venv)
        install(venv, name)
        stamp_of(venv).write_text(digest(venv, name))
    return python_of(venv)


def create(venv: Path) -> None:
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        stop(
            "This Python cannot make virtual environments: on Debian or Ubuntu run "
            f"`sudo apt install {package}`, then the same command again."
        )
    step([sys.executable, "-m", "venv", "--clear", venv], f"make {venv.name}")


def install(venv: Path, name: str) -> None:
    pip = [python_of(venv), "-m", "pip", "--disable-pip-version-check"]
    step([*pip, "install", "--quiet", "-r", lock_of("uv")], "install uv")
    uv = [python_of(venv), "-m", "uv", "pip"]
    env = uv_environment(os.environ, answer([*pip, "config", "list"]))
    step([*uv, "sync", "--python", python_of(venv), lock_of(name)], "install packages", env)
    if not imports(venv, "cv2"):
        use_headless_opencv(venv, name, env)


def imports(venv: Path, module: str) -> bool:
    command = [str(python_of(venv)), "-c", f"import {module}"]
    return subprocess.call(command, stderr=subprocess.DEVNULL) == 0


def use_headless_opencv(venv: Path, name: str, env) -> None:
    """Replace opencv by its headless packages of the same version if the machine has no libGL."""
    uv, target = [python_of(venv), "-m", "uv", "pip"], ["--python", python_of(venv)]
    packages, twins = headless_twins(lock_of(name).read_text())
    step([*uv, "uninstall", *target, *packages], "remove opencv with windows", env)
    step([*uv, "install", "--no-deps", *target, *twins], "install opencv without windows", env)


def headless_twins(lock: str) -> tuple:
    """(names of the lock's opencv packages, the headless requirements that replace them)."""
    pinned = re.findall(r"^(opencv-[a-z-]*python)(==\S+)", lock, re.MULTILINE)
    return [name for name, _ in pinned], [f"{name}-headless{version}" for name, version in pinned]


def uv_environment(env, pip_config: str) -> dict:
    """Environment variables that give uv the index and certificates of pip's settings, where uv has none."""
    of_pip = dict(re.findall(r"^\S+\.([a-z-]+)='(.*)'$", pip_config, re.MULTILINE))
    result = {"UV_HTTP_TIMEOUT": "300", **env}
    if "index-url" in of_pip and not UV_INDEXES & set(env) and not uv_config(env).is_file():
        result["UV_DEFAULT_INDEX"] = of_pip["index-url"]
    if "cert" in of_pip:
        result.setdefault("SSL_CERT_FILE", of_pip["cert"])
    return result


def uv_config(env) -> Path:
    base = env.get("APPDATA" if WINDOWS else "XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "uv" / "uv.toml"


def answer(command) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    return done.stdout


def step(command, what: str, env=None) -> None:
    words = [str(part) for part in command]
    if subprocess.call(words, env=env, stdin=subprocess.DEVNULL) != 0:
        stop(f"Could not {what}: the reason is above; the same command tries again.")


def chromium() -> str:
    """The path of Chromium for browser tests: RETOUCH_CHROMIUM, else the machine's, else ""."""
    return os.environ.get("RETOUCH_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), "")


def set_up_chromium() -> str:
    """As `chromium`. If there is none, it is installed, provided that this needs no confirmation."""
    apt = shutil.which("apt-get")
    if not chromium() and apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        print("Installing Chromium for the browser tests ...", flush=True)
        step([apt, "update", "--quiet"], "update the list of packages", env)
        step(
            [apt, "install", "--quiet", "--yes", "--no-install-recommends", "chromium"],
            "install Chromium",
            env,
        )
    if not chromium():
        stop("The browser tests need Chromium or Chrome: install it, or name it in RETOUCH_CHROMIUM.")
    return chromium()
