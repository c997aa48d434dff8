"""How a check says what it found: one line of JSON on stdout for each."""

import json
import sys
import traceback

SHOWN_MAX = 3


class Wrong(Exception):
    """What differs from what must be."""


def check(name, look, *args):
    """Runs a check: `look` returns what it saw in a few words, or raises."""
    try:
        ok, detail = True, look(*args)
    except Wrong as wrong:
        ok, detail = False, str(wrong)
    except Exception as error:  # A reader that cannot read is what these checks look for.
        traceback.print_exc(file=sys.stderr)
        ok, detail = False, f"{type(error).__name__}: {error}"
    print(json.dumps({"name": name, "ok": ok, "detail": detail}), flush=True)


def none_wrong(problems):
    """Raises with the first problems when there are any."""
    problems = list(problems)
    if problems:
        more = f" (and {len(problems) - SHOWN_MAX} more)" if len(problems) > SHOWN_MAX else ""
        raise Wrong("; ".join(problems[:SHOWN_MAX]) + more)


def differ(what, found, wanted):
    """A problem where two things are not equal."""
    if found != wanted:
        yield f"{what} is {shown(found)}, not {shown(wanted)}"


def shown(value):
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:120]}…"


def counted(count, singular, plural=None):
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
