// Univer without its windows: a workbook made of cells, calculated.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { LocaleType, Univer, UniverInstanceType } = require("@univerjs/core");
const { FUniver } = require("@univerjs/core/facade");
const { UniverFormulaEnginePlugin } = require("@univerjs/engine-formula");
const { UniverSheetsPlugin } = require("@univerjs/sheets");
const { UniverSheetsFormulaPlugin } = require("@univerjs/sheets-formula");
require("@univerjs/sheets/facade");
require("@univerjs/engine-formula/facade");

const TEXT = 1, NUMBER = 2, BOOLEAN = 3;

/** The workbook with these contents, by sheet and address, its formulas evaluated. */
export async function opened(contents, point) {
  const univer = new Univer({ locale: LocaleType.EN_US, locales: { [LocaleType.EN_US]: {} } });
  univer.registerPlugin(UniverFormulaEnginePlugin);
  univer.registerPlugin(UniverSheetsPlugin);
  univer.registerPlugin(UniverSheetsFormulaPlugin);
  const sheets = Object.fromEntries(
    Object.entries(contents).map(([name, held], number) => [`sheet${number}`, sheet(`sheet${number}`, name, held, point)]),
  );
  univer.createUnit(UniverInstanceType.UNIVER_SHEET, { id: "book", sheetOrder: Object.keys(sheets), sheets });
  const api = FUniver.newAPI(univer);
  const done = api.getFormula().onCalculationEnd();
  api.getFormula().executeCalculation();
  await done;
  return api.getActiveWorkbook();
}

function sheet(id, name, held, point) {
  const cellData = {};
  let rowCount = 1, columnCount = 1;
  for (const [cell, content] of Object.entries(held)) {
    const [row, column] = point(cell);
    rowCount = Math.max(rowCount, row + 1);
    columnCount = Math.max(columnCount, column + 1);
    (cellData[row] ??= {})[column] = data(content);
  }
  return { id, name, cellData, rowCount, columnCount };
}

function data(content) {
  if (typeof content === "number") return { v: content, t: NUMBER };
  if (typeof content === "boolean") return { v: Number(content), t: BOOLEAN };
  return content.startsWith("=") ? { f: content } : { v: content, t: TEXT };
}
