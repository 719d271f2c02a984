"""Runs inside Pyodide, by run.mjs: every call through the library, the module for xlwings, and the code for Lite."""

import json
import sys

job = json.loads(given)  # noqa: F821 - set by run.mjs
before = set(sys.modules)

from xlkpi.functions import FUNCTIONS  # noqa: E402


def answers(functions):
    return [functions[name](*arguments) for name, arguments in job["calls"]]


library = answers({function.name: function.call for function in FUNCTIONS})
loaded = {name.partition(".")[0] for name in sys.modules.keys() - before} - sys.stdlib_module_names

from udfs import kpi  # noqa: E402

carried = {"__name__": "main"}
exec(job["main.py"], carried)

json.dumps(
    {
        "platform": sys.platform,
        "loaded": sorted(loaded),
        "library": library,
        "udfs/kpi.py": answers(vars(kpi)),
        "main.py": answers(carried) if job["main.py"] else None,
    }
)
