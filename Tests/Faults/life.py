"""A root with a nuwad on it that may die, hang or be refused what it asks for: what the sweeps and the soak have in common."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from invariants import UNFINISHED, digest, listed, violations

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.realpath(os.path.join(HERE, "../Fixtures/models/tiny"))
PATIENCE = 120  # seconds, for what works and is only slow


class Build:
    """The programs of a build, and the shim beside them."""

    def __init__(self, folder):
        self.nuwad, self.nuwa, self.nuwactl = (os.path.join(folder, name) for name in ("nuwad", "nuwa", "nuwactl"))
        for program in (self.nuwad, self.nuwa, self.nuwactl):
            if not os.path.exists(program):
                sys.exit(f"{program} is missing: build first")
        self.work = tempfile.mkdtemp(prefix="nuwa-faults.")
        self.shim = os.path.join(self.work, "faults.so")
        subprocess.run(["clang", "-std=gnu17", "-shared", "-fPIC", "-O1", "-o", self.shim, os.path.join(HERE, "faults.c")], check=True)

    def film(self, name, script):
        """SHA-256 of what `nuwa render` makes of a script of that name, undisturbed."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            path, film = os.path.join(folder, name), os.path.join(folder, "film.mp4")
            with open(path, "w") as file:
                file.write(script)
            subprocess.run([self.nuwa, "render", path, "-o", film, "--model", MODEL, "--precision", "f32", "--workers", "1",
                            "--workspace", os.path.join(folder, "workspace")],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return digest(film)

    def remove(self):
        shutil.rmtree(self.work, ignore_errors=True)


class Root:
    """An installation as its administrator made it: directories and a configuration, and nothing that nuwad makes."""

    def __init__(self, build, path, workers=1):
        self.build, self.path, self.workers = build, path, workers
        self.log = path + ".log"
        self.process = None

    def make(self):
        shutil.rmtree(self.path, ignore_errors=True)
        for folder in ("etc/nuwa", "run/nuwa", "var/lib/nuwa/films", "var/spool/nuwa/accepted", "var/spool/nuwa/rejected"):
            os.makedirs(os.path.join(self.path, folder))
        with open(os.path.join(self.path, "etc/nuwa/nuwad.toml"), "w") as file:
            file.write(f'workers = {self.workers}\n[model]\nname = "tiny"\nprecision = "f32"\n')

    def drop(self, name, script, owner=os.geteuid()):
        part = os.path.join(self.path, f"var/spool/nuwa/.{name}.part")
        with open(part, "w") as file:
            file.write(script)
        os.chown(part, owner, -1)
        os.rename(part, os.path.join(self.path, "var/spool/nuwa", name))

    def start(self, **faults):
        environment = dict(os.environ, NUWA_MODELS=os.path.dirname(MODEL))
        if faults:
            environment |= {"LD_PRELOAD": self.build.shim, "FAULTS_ROOT": os.path.join(self.path, "var")}
            environment |= {f"FAULTS_{key.upper()}": str(value) for key, value in faults.items()}
        with open(self.log, "ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen([self.build.nuwad, "--root", self.path], stdout=log, stderr=log, env=environment)

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, patience=PATIENCE):
        """Asks nuwad to leave. Its exit status; None where it had to be killed."""
        if self.runs:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        if self.runs:
            self.process.kill()
        self.process.wait()

    @property
    def is_ready(self):
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return b"is ready: drop scripts into" in log.read()

    def spool(self):
        return listed(os.path.join(self.path, "var/spool/nuwa"))

    def steer(self, *arguments):
        """What an operator says. It may be refused, or find nobody: whoever steers looks again."""
        subprocess.run([self.build.nuwactl, "--root", self.path, *map(str, arguments)], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=PATIENCE)

    def jobs(self, columns="name, state"):
        """(name, state) of each job, or other columns; none where the database cannot be asked just now."""
        path = os.path.join(self.path, "var/lib/nuwa/nuwa.sqlite")
        if not os.path.exists(path):
            return []
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0.2) as database:
                return list(database.execute(f"SELECT {columns} FROM jobs ORDER BY id"))
        except sqlite3.Error:
            return []
        finally:
            if "database" in locals():
                database.close()

    def wait_until_over(self, count, act=lambda root: None, patience=PATIENCE):
        """Until nuwad is ready, the spool is empty and `count` jobs are over. False where it ends first, or nothing comes of it.

        act: what an operator does meanwhile, who sees how the jobs are
        """
        end = time.monotonic() + patience
        ready = False
        while time.monotonic() < end and self.runs:
            ready = ready or self.is_ready
            jobs = self.jobs() if ready else []
            if len(jobs) >= count and not any(state in UNFINISHED for _, state in jobs) and not self.spool():
                return True
            if ready:
                act(self)
            time.sleep(0.02)
        return False

    def recover(self, expected, act=lambda root: None):
        """Starts nuwad as its service manager would, lets it finish, and looks at what it leaves."""
        self.start()
        finished = self.wait_until_over(len(expected), act)
        status = self.stop() if self.runs else self.process.wait()
        found = violations(self.path, expected) if finished else []
        if not finished:
            found.append(f"nuwad did not finish: exit status {status}, jobs {self.jobs()}")
        elif status != 0:
            found.append(f"nuwad ended with {status}")
        return found

    def last_words(self, lines=12):
        with open(self.log, errors="replace") as file:
            return "".join(file.readlines()[-lines:])
