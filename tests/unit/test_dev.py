"""dev.py: one sentence for the wrong Python, complete environments only, an honest total."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import dev
from tools import checks, environment
from tools.checks import Check, counts, outcome
from tools.host_names import DIALECTS

ROOT = Path(dev.__file__).parent
TESTS = Check("tests", ["x"], counted=True)


@pytest.fixture
def locks(tmp_path, monkeypatch):
    """A folder with two small locks in place of tools/requirements/."""
    monkeypatch.setattr(environment, "LOCKS", tmp_path)
    (tmp_path / "app.txt").write_text("numpy==1.26.4\n")
    (tmp_path / "dev.txt").write_text("numpy==1.26.4\npytest==9.2.0\n")
    return tmp_path


@pytest.fixture
def venv(tmp_path):
    """An environment whose set-up has not finished."""
    folder = tmp_path / "venv"
    python = environment.python_of(folder)
    python.parent.mkdir(parents=True)
    python.touch()
    return folder


@pytest.fixture
def work(monkeypatch):
    """What set_up did, in place of doing it."""
    done: list[str] = []
    monkeypatch.setattr(environment, "create", lambda venv: done.append("create"))
    monkeypatch.setattr(environment, "install", lambda venv, name: done.append(name))
    return done


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 11, 7), (3, 12, 1), (3, 13, 0)])
def test_supported_versions_have_no_problem(version):
    assert environment.version_problem(version, ["demo"]) == ""


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 9, 18), (3, 14, 0)])
def test_unsupported_python_version_is_reported_in_one_sentence(version, monkeypatch):
    monkeypatch.setattr(environment, "WINDOWS", False)
    number = ".".join(map(str, version))
    assert environment.version_problem(version, []) == (
        f"Retouch needs Python 3.10, 3.11, 3.12 or 3.13; this is {number}: run `python3.11 dev.py demo`"
    )


def test_version_problem_repeats_the_given_command(monkeypatch):
    monkeypatch.setattr(environment, "WINDOWS", False)
    assert environment.version_problem((3, 9, 1), ["test", "-k", "mask"]).endswith(
        "run `python3.11 dev.py test -k mask`"
    )


@pytest.mark.parametrize("path", ["dev.py", *sorted(map(str, ROOT.glob("tools/*.py")))])
def test_start_scripts_parse_with_python_3_6(path):
    ast.parse((ROOT / path).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_environment_without_a_stamp_is_not_ready(locks, venv):
    assert not environment.is_ready(venv, ["app"])


def test_a_finished_set_up_is_ready_until_its_lock_changes(locks, venv, work):
    environment.set_up(venv, "app")
    assert environment.is_ready(venv, ["app"])
    (locks / "app.txt").write_text("numpy==1.26.5\n")
    assert not environment.is_ready(venv, ["app"])


def test_unfinished_environment_is_created_again(locks, venv, work):
    environment.set_up(venv, "app")
    assert work == ["create", "app"]


def test_a_changed_lock_keeps_the_environment(locks, venv, work):
    environment.set_up(venv, "app")
    environment.set_up(venv, "dev")
    assert work == ["create", "app", "dev"]


def test_environment_of_a_superset_is_not_created_again(locks, venv, work):
    environment.set_up(venv, "dev")
    environment.set_up(venv, "app", superset="dev")
    assert work == ["create", "dev"]


def test_an_interrupted_update_is_not_ready(locks, venv, work, monkeypatch):
    environment.set_up(venv, "app")
    monkeypatch.setattr(environment, "install", lambda venv, name: environment.stop("no network"))
    with pytest.raises(SystemExit, match="no network"):
        environment.set_up(venv, "dev")
    assert not environment.is_ready(venv, ["app", "dev"])


def test_uv_uses_index_and_certificate_of_the_pip_configuration():
    config = ":env:.index-url='https://example.org/simple'\nglobal.cert='/ca.pem'\n"
    env = environment.uv_environment({"XDG_CONFIG_HOME": "/nowhere"}, config)
    assert env["UV_DEFAULT_INDEX"] == "https://example.org/simple"
    assert env["SSL_CERT_FILE"] == "/ca.pem"


def test_uv_index_variable_overrides_the_pip_index():
    config = "global.index-url='https://example.org/simple'\n"
    env = environment.uv_environment({"UV_INDEX_URL": "https://example.net"}, config)
    assert "UV_DEFAULT_INDEX" not in env


def test_both_opencvs_are_replaced_by_twins_of_the_same_version():
    lock = "opencv-contrib-python==4.11.0.86\nopencv-python==4.11.0.86\n    # via mediapipe\n"
    packages, twins = environment.headless_twins(lock)
    assert packages == ["opencv-contrib-python", "opencv-python"]
    assert twins == [f"{name}-headless==4.11.0.86" for name in packages]


@pytest.mark.parametrize("name", ["app", "dev"])
def test_both_opencvs_are_locked_to_one_version(name):
    versions = {
        twin.split("==")[1] for twin in environment.headless_twins(environment.lock_of(name).read_text())[1]
    }
    assert len(versions) == 1


@pytest.mark.parametrize("name", ["app", "dev", "pure-dev"])
def test_lock_files_name_no_package_index(name):
    text = environment.lock_of(name).read_text()
    assert "://" not in text
    assert "index" not in text


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("========= 3 passed in 0.12s =========\n", (3, 0)),
        ("12 passed, 1 warning in 61.20s (0:01:01)\n", (12, 0)),
        ("== 1 failed, 2 passed, 3 skipped, 1 error in 1.00s ==\n", (2, 2)),
        ("== 2 failed, 4 errors in 1.00s ==\n", (0, 6)),
        ("== 5 skipped in 0.10s ==\n", (0, 0)),
        ("== no tests ran in 0.01s ==\n", (0, 0)),
        ("printed: 9 passed in 1.0s of 3\n1 failed in 0.10s\n", (0, 1)),
        ("# tests 4\n# pass 3\n# fail 1\n# cancelled 0\n", (3, 1)),
        ("ℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\n", (2, 2)),
        (
            "\x1b[31m= \x1b[31m\x1b[1m1 failed\x1b[0m, \x1b[32m2 passed\x1b[0m in 1.0s =\x1b[0m",
            (2, 1),
        ),
        ("Segmentation fault\n", (0, 0)),
    ],
)
def test_counts_are_read_from_the_runners_last_summary(output, expected):
    assert counts(output) == expected


def test_failed_exit_status_without_a_failed_test_is_one_failure():
    assert outcome(TESTS, 139, "3 passed in 1.0s") == (3, 1)
    assert outcome(Check("lint", ["x"]), 1, "Found 7 errors.") == (0, 1)
    assert outcome(Check("lint", ["x"]), 0, "") == (0, 0)


def test_no_tests_is_a_failure_unless_a_filter_was_given():
    assert outcome(TESTS, 5, "no tests ran in 0.01s") == (0, 1)
    filtered = Check("tests", ["x"], counted=True, may_be_empty=True)
    assert outcome(filtered, 5, "3 deselected in 0.01s") == (0, 0)


def test_every_check_runs_and_the_last_line_is_the_total(monkeypatch, capsys):
    answers = iter([(1, "bad\n"), (0, "4 passed in 1.0s\n"), (1, "# pass 2\n# fail 1\n")])
    monkeypatch.setattr(checks, "stream", lambda command: next(answers))
    assert checks.run_checks([Check("lint", ["x"]), TESTS, TESTS]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "6 passed, 2 failed"


def test_missing_program_is_reported_in_one_sentence(capsys):
    assert checks.stream(Check("lint", ["no-such-program"])) == (127, "")
    assert "not installed" in capsys.readouterr().out


def test_tests_of_the_webui_run_on_every_dialect():
    forks = checks.fork_checks(Path("python"), [])
    assert {check.environment["RETOUCH_STANDIN"] for check in forks} == set(DIALECTS) - {"a1111"}


def test_environment_of_a_check_reaches_its_command(capsys):
    program = "import os; print(os.environ['RETOUCH_STANDIN'])"
    assert (
        checks.stream(Check("fork", [sys.executable, "-c", program], environment={"RETOUCH_STANDIN": "neo"}))[
            1
        ]
        == "neo\n"
    )


def test_folder_without_launch_py_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"has no launch\.py"):
        dev.main(["run", "--webui", str(tmp_path)])


@pytest.mark.skipif(environment.WINDOWS, reason="a junction, not a link")
def test_the_checkout_is_linked_once(tmp_path):
    target = tmp_path / "retouch"
    dev.link(ROOT, target)
    dev.link(ROOT, target)
    assert target.resolve() == ROOT


def test_folder_of_another_extension_of_that_name_is_refused(tmp_path):
    (tmp_path / "retouch").mkdir()
    with pytest.raises(SystemExit, match="move it away"):
        dev.link(ROOT, tmp_path / "retouch")


@pytest.mark.skipif(environment.WINDOWS, reason="launchers have other names")
def test_launcher_prefers_the_python_of_the_webui(tmp_path):
    (tmp_path / "webui.sh").touch()
    assert dev.launcher(tmp_path) == ["bash", str(tmp_path / "webui.sh")]
    python = environment.python_of(tmp_path / "venv")
    python.parent.mkdir(parents=True)
    python.touch()
    assert dev.launcher(tmp_path) == [str(python), "launch.py"]


@pytest.fixture
def browsers(monkeypatch):
    """The browsers that are on the path; apt-get puts one there."""
    here: set[str] = set()
    steps: list[str] = []
    monkeypatch.delenv("RETOUCH_CHROMIUM", raising=False)
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/bin/{name}" if name in here else None)

    def step(command, what, env=None):
        steps.append(what)
        if what.startswith("install"):
            here.add("chromium")

    monkeypatch.setattr(environment, "step", step)
    return here, steps


def test_installed_browser_is_used(browsers, monkeypatch):
    here, steps = browsers
    here.update({"google-chrome", "apt-get"})
    assert environment.set_up_chromium() == "/bin/google-chrome"
    monkeypatch.setenv("RETOUCH_CHROMIUM", "/opt/chrome")
    assert environment.set_up_chromium() == "/opt/chrome"
    assert steps == []


def test_missing_browser_is_installed_by_root_with_apt(browsers, monkeypatch):
    here, steps = browsers
    here.add("apt-get")
    monkeypatch.setattr(environment.os, "geteuid", lambda: 0)
    assert environment.set_up_chromium() == "/bin/chromium"
    assert steps == ["update the list of packages", "install Chromium"]


@pytest.mark.parametrize(("user", "tools"), [(1000, {"apt-get"}), (0, set())])
def test_missing_browser_is_refused_with_advice_without_root_or_apt(browsers, monkeypatch, user, tools):
    here, steps = browsers
    here.update(tools)
    monkeypatch.setattr(environment.os, "geteuid", lambda: user)
    with pytest.raises(SystemExit, match="RETOUCH_CHROMIUM"):
        environment.set_up_chromium()
    assert steps == []
