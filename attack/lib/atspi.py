"""Does what assistive technology does, over AT-SPI.

Reads a JSON object a line and answers with one: {"do": "press" or "focus"} and what is
meant, {"id": HTML id} or {"role": role, "name": accessible name}.
"""

import json
import sys
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

warnings.simplefilter("ignore")


def walk(node, depth=0):
    yield node
    for i in range(node.get_child_count() if depth < 60 else 0):
        child = node.get_child_at_index(i)
        if child is not None:
            yield from walk(child, depth + 1)


def nodes():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        app = desktop.get_child_at_index(i)
        if app is not None and "chrom" in (app.get_name() or "").lower():
            yield from walk(app)


def is_meant(node, order):
    if "id" in order:
        return (node.get_attributes() or {}).get("id") == order["id"]
    return node.get_role_name() == order["role"] and node.get_name() == order["name"]


def obey(order):
    for node in nodes():
        if not is_meant(node, order):
            continue
        if order["do"] == "focus":
            return Atspi.Component.grab_focus(node.get_component_iface())
        return Atspi.Action.do_action(node.get_action_iface(), 0)
    raise LookupError(f"not in the accessibility tree: {order}")


for line in sys.stdin:
    try:
        answer = {"done": obey(json.loads(line))}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
