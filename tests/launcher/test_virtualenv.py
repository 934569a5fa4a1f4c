import shutil
import subprocess
import sys
from pathlib import Path

from parkplace.launcher import virtualenv


def install(checkout: Path) -> str:
    """Run the script of a checkout as `make` does and return what it prints."""
    done = subprocess.run(
        [sys.executable, checkout / "parkplace/launcher/virtualenv.py", "requirements.txt"],
        capture_output=True,
        check=True,
        text=True,
        cwd=checkout,
    )
    return done.stdout


def test_a_virtual_environment_is_made_once_and_brought_up_to_date(tmp_path: Path) -> None:
    script = tmp_path / "parkplace/launcher/virtualenv.py"
    script.parent.mkdir(parents=True)
    shutil.copy(str(virtualenv.__file__), script)
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    assert "Making a virtual environment" in install(tmp_path)
    assert install(tmp_path) == ""
    (tmp_path / "requirements.txt").write_text("# still nothing\n")
    second = install(tmp_path)
    assert "Installing the packages" in second
    assert "Making a virtual environment" not in second
    assert (tmp_path / ".venv/bin/python").exists()
