"""The measuring process, which `process.measure_part` starts: it answers parts of a corpus with frames."""

import os
import pickle
import signal
import sys
import threading
import time
from typing import Any

from policytools.scale.process import versions


def main() -> None:
    """Answer questions from standard input until it is closed."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller handles Ctrl-C
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()

    def say(answer: Any) -> None:
        pickle.dump(answer, answers)
        answers.flush()

    try:
        setup = pickle.load(sys.stdin.buffer)
        from policytools.scale.frames_of_part import Measurer  # here, so that its errors reach the caller

        measurer = Measurer(setup, alive=lambda: say(None))
        say(versions())
    except Exception as error:  # noqa: BLE001 the caller raises it
        say(f"{type(error).__name__}: {error}")
        return
    while True:
        try:
            documents, refused = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer: Any = measurer.measure([pickle.loads(document) for document in documents], refused)
        except Exception as error:  # noqa: BLE001 the caller tries the documents one by one
            answer = f"{type(error).__name__}: {error}"
        say(answer)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
