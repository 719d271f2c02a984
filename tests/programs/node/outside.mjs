// Run by Node: `outside.mjs REQUEST.json`, as outside.py is by Python.
// `contents` of a request to calculate are the cells of each sheet by address: no engine here reads files.
import { readFileSync, writeFileSync } from "node:fs";

const library = async (name) => (await import(name)).default;

const does = {
  async save_exceljs({ source, target, sheet, cell, value }) {
    const ExcelJS = await library("exceljs");
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(source);
    if (value !== undefined) book.getWorksheet(sheet).getCell(cell).value = value;
    await book.xlsx.writeFile(target);
  },
  save_sheetjs: (asked) => saveSheetJS("xlsx", asked, {}),
  save_sheetjs_styles: (asked) => saveSheetJS("xlsx", asked, { cellStyles: true }),
  save_sheetjs_20: (asked) => saveSheetJS("@e965/xlsx", asked, { cellStyles: true }),
  save_sheetjs_fork: (asked) => saveSheetJS("xlsx-js-style", asked, { cellStyles: true }),
  async save_populate({ source, target, sheet, cell, value }) {
    const book = await (await library("xlsx-populate")).fromFileAsync(source);
    if (value !== undefined) book.sheet(sheet).cell(cell).value(value);
    await book.toFileAsync(target);
  },
  async save_excelize({ source, target, sheet, cell, value }) {
    const { init } = await import("excelize-wasm");
    const excelize = await init(new URL("node_modules/excelize-wasm/excelize.wasm.gz", import.meta.url).pathname);
    const book = excelize.OpenReader(new Uint8Array(readFileSync(source)));
    if (value !== undefined) book.SetCellValue(sheet, cell, value);
    const { buffer, error } = book.WriteToBuffer();
    if (error) throw new Error(error);
    writeFileSync(target, new Uint8Array(buffer));
  },
  async calculate_hyperformula({ target, contents, cells }) {
    const { HyperFormula } = await import("hyperformula");
    const sheets = {};
    for (const [name, held] of Object.entries(contents)) {
      const rows = (sheets[name] = []);
      for (const [cell, content] of Object.entries(held)) {
        const [row, column] = point(cell);
        while (rows.length <= row) rows.push([]);
        while (rows[row].length < column) rows[row].push(null);
        rows[row][column] = content;
      }
    }
    const engine = HyperFormula.buildFromSheets(sheets, { licenseKey: "gpl-v3" });
    answer(target, cells, (name, cell) => {
      const [row, col] = point(cell);
      const value = engine.getCellValue({ sheet: engine.getSheetId(name), row, col });
      return value !== null && typeof value === "object" ? value.value : value;
    });
  },
  async calculate_univer({ target, contents, cells }) {
    const { opened } = await import("./univer.mjs");
    const book = await opened(contents, point);
    answer(target, cells, (name, cell) => book.getSheetByName(name).getRange(cell).getValue());
  },
};

/** Row and column of a cell from 0. */
function point(cell) {
  const [, letters, row] = /^([A-Z]+)(\d+)$/.exec(cell);
  return [Number(row) - 1, [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1];
}

function answer(target, cells, value) {
  const shown = Object.entries(cells).map(([name, asked]) => [
    name,
    Object.fromEntries(asked.map((cell) => [cell, value(name, cell)])),
  ]);
  writeFileSync(target, JSON.stringify(Object.fromEntries(shown)));
}

async function saveSheetJS(name, { source, target, sheet, cell, value }, options) {
  const XLSX = await library(name);
  const book = XLSX.read(readFileSync(source), options);
  if (value !== undefined) book.Sheets[sheet][cell] = { t: "n", v: value };
  writeFileSync(target, XLSX.write(book, { ...options, type: "buffer", bookType: "xlsx" }));
}

const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
await does[asked.do](asked);
process.exit(0); // what excelize-wasm and Univer started does not end by itself
