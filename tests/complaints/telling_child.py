"""A child process in place of the reader of workbooks: its second argument says how it behaves. The first row tells who
it is."""

import json
import os
import sys
import time


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    wish = sys.argv[1]
    say('{"sheets": [], "sheet": ""}\n')
    say(json.dumps([1, [str(os.getpid())]]) + "\n")
    line = json.dumps([2, ["một hai"]]) + "\n"
    if wish == "half":
        say(line[:9])
        time.sleep(0.3)
        say(line[9:])
    else:
        say(line)
    if wish == "waits":
        time.sleep(60)
    if wish in ("cut", "cut quietly"):
        say('[3, ["ba')
    if wish == "refuses":
        say('{"refused": "wide"}\n')
    sys.exit(wish in ("fails", "cut"))
