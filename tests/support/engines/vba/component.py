"""A UNO component in place of xlwings' COM server."""

import unohelper
from com.sun.star.task import XJob

from xlkpi.functions import FUNCTIONS

_CALLS = {function.name: function.call for function in FUNCTIONS}


class Server(unohelper.Base, XJob):
    def __init__(self, context):
        pass

    def execute(self, arguments):
        said = {argument.Name: argument.Value for argument in arguments}
        if said["script"] != "udfs.kpi":
            raise RuntimeError(said["script"])
        return _CALLS[said["function"]](*[None if value == "omitted" else value for value in said["arguments"]])


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(Server, "xlkpi.test.Server.Python", ("xlkpi.test.Server",))
