"""Make `.venv` and put the pinned packages into it, with nothing but Python.

    python3 parkplace/launcher/virtualenv.py requirements.txt

It runs before there is any package, so it uses the standard library alone. Debian's Python comes
without `ensurepip`; then pip itself is fetched from PyPI.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
PIP = (
    "https://files.pythonhosted.org/packages/07/25/"
    "ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/pip-26.3-py3-none-any.whl"
)
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main(requirements: Path) -> None:
    """Bring `.venv` up to date with a file of pinned packages; instant when it is already."""
    stamp = FOLDER / f"{requirements.stem}.stamp"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest() + f" {sys.version}\n"
    if _works() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not _works():
        _say("Making a virtual environment in .venv")
        _make()
    _say(f"Installing the packages of {requirements.name}; the first time takes a minute or two")
    # The file names every package there is to install, so there is nothing to resolve.
    _pip_install("--no-deps", "--requirement", str(requirements))
    stamp.write_text(wanted)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _works() -> bool:
    check = "import pip, sys; sys.exit(sys.version_info[:2] != tuple(map(int, sys.argv[1:])))"
    version = [str(part) for part in sys.version_info[:2]]
    python = FOLDER / "bin/python"
    return python.exists() and _succeeds([str(python), "-c", check, *version])


def _make() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    if _succeeds([sys.executable, "-m", "venv", str(FOLDER)]):
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    if not _succeeds([sys.executable, "-m", "venv", "--without-pip", str(FOLDER)]):
        sys.exit(_explanation())
    _say("This Python has no pip of its own: fetching it from PyPI")
    try:
        _fetch_pip()
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(FOLDER)
        sys.exit(f"{error}\n{_explanation()}")


def _fetch_pip() -> None:
    """Install pip from its own wheel, which can run from within itself.

    Raises:
        OSError: PyPI does not answer, or what came is not what it should be.
    """
    with urllib.request.urlopen(PIP, timeout=60) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        raise OSError(f"{PIP} did not arrive whole.")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / PIP.rpartition("/")[2]
        wheel.write_bytes(content)
        command = [FOLDER / "bin/python", f"{wheel}/pip", "install", "--quiet", "--no-index", wheel]
        subprocess.run(command, check=True)  # noqa: S603


def _pip_install(*arguments: str) -> None:
    command = [FOLDER / "bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
    environment = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"}
    if subprocess.run([*command, *arguments], env=environment, check=False).returncode != 0:  # noqa: S603
        sys.exit("pip could not install the packages; what stands above says why.")


def _succeeds(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


def _explanation() -> str:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return (
        "Python could not make a virtual environment.\n"
        f"    On Debian and Ubuntu type: sudo apt-get install {name}\n"
        "    then try again."
    )


if __name__ == "__main__":
    main(ROOT / sys.argv[1])
