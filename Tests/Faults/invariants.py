#!/usr/bin/env python3
"""What must hold of a root when no nuwad runs on it, whatever happened before: looks, prints each thing that does not, and ends with 1.

Usage: invariants.py ROOT EXPECTED.json     {"NAME.nuwa": {"script": TEXT, "film": SHA-256, or null where it must be rejected,
                                                           "owner": UID, "cancelled": false}}
"""

import hashlib
import json
import os
import re
import sqlite3
import sys

UNFINISHED = ("queued", "running", "blocked", "held")


def violations(root, expected, after="all is over"):
    """Sentences, none where all is well.

    expected: for each script that was dropped, by its name, its text and the SHA-256 of its film; None for one that must be rejected;
        also its owner, where that is not who looks, its priority, where it was given one, and whether it was cancelled before its film was there
    after: "all is over", or "a stop" or "a kill", when jobs may still have something to do
    """
    over, killed = after == "all is over", after == "a kill"
    state, spool = os.path.join(root, "var/lib/nuwa"), os.path.join(root, "var/spool/nuwa")
    found = []
    database = sqlite3.connect(f"file:{state}/nuwa.sqlite?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    integrity = [row[0] for row in database.execute("PRAGMA integrity_check")]
    jobs, at_work, undone, miscounted = [], 0, [], False
    # A kill may come before a new database has its tables.
    if not killed or database.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone():
        jobs = list(database.execute("SELECT * FROM jobs ORDER BY id"))
        at_work = database.execute("SELECT count(*) FROM segments WHERE state = 'running'").fetchone()[0]
        undone = list(database.execute("SELECT DISTINCT job FROM segments JOIN jobs ON job = jobs.id "
                                       "WHERE jobs.state = 'done' AND segments.state <> 'done'"))
        counted = "SELECT state, owner, count(*) FROM jobs GROUP BY state, owner ORDER BY state, owner"
        kept = "SELECT state, owner, jobs FROM job_counts WHERE jobs > 0 ORDER BY state, owner"
        miscounted = [tuple(row) for row in database.execute(counted)] != [tuple(row) for row in database.execute(kept)]
    database.close()

    if miscounted:
        found.append("job_counts tells other numbers than there are jobs")
    if integrity != ["ok"]:
        found.append(f"the database is damaged: {integrity}")
    in_spool, rejected, accepted = listed(spool), listed(os.path.join(spool, "rejected")), listed(os.path.join(spool, "accepted"))
    names = [job["name"] for job in jobs]
    for name in sorted(set(names) - set(expected)):
        found.append(f"{name} was never dropped and has a job")
    for name, script in expected.items():
        if not over and name in in_spool:
            continue
        if names.count(name) != (script["film"] is not None):
            found.append(f"{name} was dropped once and has {names.count(name)} jobs")
        if script["film"] is None and not {name, name + ".error.txt"} <= set(rejected):
            found.append(f"{name} was not rejected with its reason")
    for job in jobs:
        who = f"job {job['id']} ({job['name']})"
        script = expected.get(job["name"], {"script": None, "film": None})
        if job["drop_pending"] and not (killed and job["name"] in in_spool + accepted):
            found.append(f"{who} still waits for its drop to be moved")
        if job["script"] != script["script"]:
            found.append(f"{who} has another script than was dropped")
        if job["owner"] != script.get("owner", os.geteuid()):
            found.append(f"{who} belongs to {job['owner']}, not to who dropped it")
        if over and job["priority"] != script.get("priority", job["priority"]):
            found.append(f"{who} has the priority {job['priority']}, not what it was given")
        if job["state"] == "done" and not script.get("cancelled"):
            if not os.path.exists(job["detail"]):
                found.append(f"{who} is done and its film is missing")
            elif digest(job["detail"]) != script["film"]:
                found.append(f"{who} has other bytes than the film that nothing disturbed")
        elif script.get("cancelled") and job["state"] == "cancelled":
            pass
        elif over or job["state"] not in UNFINISHED:
            found.append(f"{who} is {job['state']}: {job['detail']}")
        if job["film_running"] and not killed:
            found.append(f"{who}: its film counts as being put together, and no nuwad runs")
    if at_work and not killed:
        found.append(f"{at_work} segments count as being made, and no nuwad runs")
    found += [f"job {row['job']} is done and a segment of it is not" for row in undone]

    # A nuwad that died between putting a film in place and writing that down makes the job's film again.
    films = {os.path.basename(job["detail"]) for job in jobs if job["state"] == "done"}
    if over:
        found += [f"films/{name} belongs to no job that is done" for name in listed(os.path.join(state, "films")) if name not in films]
        found += [f"still in the spool: {name}" for name in in_spool]
    for folder in ("films", "checkpoints", "chunks"):
        for name in listed(os.path.join(state, folder)):
            if not killed and (name.startswith(".") or not name.endswith((".mp4", ".safetensors"))):
                found.append(f"litter: {folder}/{name}")
    for name in rejected:
        of = name.removesuffix(".error.txt")
        if expected.get(of, {"film": ""})["film"] is not None and not (killed and name.startswith(".")):
            found.append(f"rejected: {name}")
    moved = set()
    for name in accepted:
        with open(os.path.join(spool, "accepted", name)) as file:
            # A file that a power cut left in both folders has a number by now.
            of = name if name in expected else re.sub(r"-\d+(\.\w+)$", r"\1", name)
            moved.add(of)
            if of not in expected or file.read() != expected[of]["script"]:
                found.append(f"accepted/{name} is not what was dropped")
    for name in sorted(set(names) - moved - set(in_spool)):
        found.append(f"{name} has a job and is neither in accepted/ nor in the spool")
    return found


def listed(folder):
    """Names of the files in a folder."""
    return [entry.name for entry in os.scandir(folder) if not entry.is_dir()] if os.path.isdir(folder) else []


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2]) as file:
        sentences = violations(sys.argv[1], json.load(file))
    print("\n".join(sentences) if sentences else "all is as it must be")
    sys.exit(bool(sentences))
