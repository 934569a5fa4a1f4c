"""As much of curl as the documentation uses, for machines that have none."""

import sys
import urllib.error
import urllib.request

FAILED, TIMED_OUT = 22, 28  # as curl says it


def main(arguments: list[str]) -> int:
    method, url, body, seconds = "GET", "", None, 30.0
    headers: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        match argument:
            case "-X":
                method = next(rest)
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest).encode()
            case "--max-time":
                seconds = float(next(rest))
            case flag if flag.startswith("-"):
                continue
            case _:
                url = argument
    asked = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - ours alone
    try:
        with urllib.request.urlopen(asked, timeout=seconds) as answer:  # noqa: S310
            while piece := answer.read1():
                sys.stdout.write(piece.decode())
                sys.stdout.flush()
    except urllib.error.HTTPError as error:
        sys.stderr.write(error.read().decode())
        return FAILED
    except TimeoutError:
        return TIMED_OUT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
