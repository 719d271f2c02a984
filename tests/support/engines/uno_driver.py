"""Run by the system's Python: requests to an open LibreOffice, a line of JSON each on stdin, answers on stdout.

open: the workbook; type: {sheet: {address: number or text}}; calls: a file to empty before the recalculation of
everything that follows; save: where to write it; filter: as what, if not as .xlsx; describe: what LibreOffice knows of
these functions, in these languages; program: a workbook with macros, and its steps. After the last request LibreOffice
is ended.
"""

import json
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException
from com.sun.star.sheet.FormulaResult import VALUE as NUMBER
from com.sun.star.table.CellContentType import VALUE

WAIT = 60


def main(pipe):
    context = connected(pipe)
    for line in sys.stdin:
        try:
            answer = answered(context, json.loads(line))
        except Exception:
            answer = {"failed": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
    with suppress(DisposedException):  # gone before it could say so
        desktop(context).terminate()


def answered(context, request):
    if "program" in request:
        return programmed(context, request)
    if "describe" in request:
        return {language: described(context, request["describe"], language) for language in request["languages"]}
    return calculated(context, request)


def connected(pipe):
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    end = time.monotonic() + WAIT
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def desktop(context):
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def calculated(context, request):
    start = time.monotonic()
    url = uno.systemPathToFileUrl(request["open"])
    document = desktop(context).loadComponentFromURL(url, "_blank", 0, properties(Hidden=True))
    answer = {"opened": time.monotonic() - start}
    for name, cells in request.get("type", {}).items():
        sheet = document.Sheets.getByName(name)
        for address, value in cells.items():
            cell = sheet.getCellRangeByName(address)
            if isinstance(value, str):
                cell.String = value
            else:
                cell.Value = value
    if "calls" in request:
        Path(request["calls"]).write_text("")
        start = time.monotonic()
        document.calculateAll()
        answer["calculated"] = time.monotonic() - start
    url = uno.systemPathToFileUrl(request["save"])
    document.storeToURL(url, properties(FilterName=request.get("filter", "Calc MS Excel 2007 XML")))
    document.close(True)
    return answer


def programmed(context, request):
    """A workbook with macros: formulas typed into its first sheet, and functions of its modules called.

    steps: one after another {address: formula}, or [module, function, arguments]. The answer has what each shows: the
    values of the cells, errors as #502; what the function gives.
    """
    url = uno.systemPathToFileUrl(request["program"])
    options = properties(Hidden=True, MacroExecutionMode=4, FilterName="Calc MS Excel 2007 VBA XML")
    document = desktop(context).loadComponentFromURL(url, "_blank", 0, options)
    sheet = document.Sheets.getByIndex(0)
    (library,) = (name for name in document.BasicLibraries.ElementNames if name != "Standard")
    answers = []
    for step in request["steps"]:
        if isinstance(step, dict):
            for address, formula in step.items():
                sheet.getCellRangeByName(address).Formula = formula
            document.calculateAll()
            cells = [sheet.getCellRangeByName(address) for address in step]
            answers.append([f"#{c.Error}" if c.Error else c.Value if is_number(c) else c.String for c in cells])
        else:
            module, function, arguments = step
            macro = f"vnd.sun.star.script:{library}.{module}.{function}?language=Basic&location=document"
            answers.append(document.ScriptProvider.getScript(macro).invoke(tuple(arguments), (), ())[0])
    document.close(True)
    return {"answers": answers}


def is_number(cell):
    return cell.Type == VALUE or cell.FormulaResultType2 == NUMBER


def described(context, functions, language):
    """Per function what the function wizard shows: the order of the arguments, and the texts of this language."""
    wizard = context.ServiceManager.createInstanceWithContext("com.sun.star.sheet.FunctionDescriptions", context)
    provider = context.ServiceManager.createInstanceWithArgumentsAndContext(
        "com.sun.star.configuration.ConfigurationProvider", properties(Locale=language), context
    )
    known = provider.createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess",
        properties(nodepath="/org.openoffice.Office.CalcAddIns/AddInInfo/xlkpi.Functions/AddInFunctions"),
    )
    told = {}
    for name in functions:
        function = known.getByName(name)
        arguments = next(item.Value for item in wizard.getByName(name) if item.Name == "Arguments")
        texts = {item: function.Parameters.getByName(item) for item in function.Parameters.ElementNames}
        told[name] = {
            "names": [function.DisplayName, function.CompatibilityName],
            "help": function.Description,
            "arguments": [
                [item.Name, texts[item.Name].DisplayName, texts[item.Name].Description] for item in arguments
            ],
        }
    return told


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


main(sys.argv[1])
