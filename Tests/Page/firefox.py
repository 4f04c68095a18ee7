"""Firefox as Debian has it, driven by WebDriver BiDi, https://w3c.github.io/webdriver-bidi/, which it speaks without a driver."""

import base64
import itertools
import json
import pathlib
import re
import subprocess
import time

import websocket

PATIENCE = 120


class Firefox:
    """A window of its own; what the pages in it complain of is in `troubles`."""

    def __init__(self, profile):
        self.troubles = []
        self.numbers = itertools.count(1)
        self.said = pathlib.Path(profile) / "said.log"
        with open(self.said, "w") as said:
            self.process = subprocess.Popen(
                ["firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
                stdout=said, stderr=said)
        self.socket = websocket.create_connection(self.address() + "/session", timeout=PATIENCE, suppress_origin=True)
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def address(self):
        end = time.monotonic() + PATIENCE
        while True:
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", self.said.read_text())
            if found:
                return found.group(1)
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"Firefox does not start: {self.said.read_text()[-2000:]}")
            time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)

    def ask(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] in ("error", "warn"):
                self.troubles.append(answer["params"]["text"])
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, url):
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def value(self, expression):
        """Of an expression in the page; 0 where it cannot be told, as while the page is just being loaded again."""
        result = self.ask(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=False)
        if result["type"] == "exception":
            return 0
        value = result["result"].get("value")
        # Numbers that JSON does not have come as words: NaN, Infinity.
        return float(value) if result["result"]["type"] == "number" else value

    def screenshot(self):
        return base64.b64decode(self.ask("browsingContext.captureScreenshot", context=self.context)["data"])
