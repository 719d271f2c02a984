// Run by Node: `outside.mjs REQUEST.json`, as outside.py is by Python.
// `contents` of a request to calculate are the cells of each sheet by address, for engines that read no files.
import { readFileSync, writeFileSync } from "node:fs";
import ExcelJS from "exceljs";
import { HyperFormula } from "hyperformula";
import populate from "xlsx-populate";

const point = (cell) => {
  const [, letters, row] = /^([A-Z]+)(\d+)$/.exec(cell);
  return [Number(row) - 1, [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1];
};

const does = {
  async save_exceljs({ source, target, sheet, cell, value }) {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(source);
    if (value !== undefined) book.getWorksheet(sheet).getCell(cell).value = value;
    await book.xlsx.writeFile(target);
  },
  async save_sheetjs(asked) {
    sheetjs((await import("xlsx")).default, asked, {});
  },
  async save_sheetjs_styles(asked) {
    sheetjs((await import("xlsx")).default, asked, { cellStyles: true });
  },
  async save_sheetjs_20(asked) {
    sheetjs((await import("@e965/xlsx")).default, asked, { cellStyles: true });
  },
  async save_sheetjs_fork(asked) {
    sheetjs((await import("xlsx-js-style")).default, asked, { cellStyles: true });
  },
  async save_populate({ source, target, sheet, cell, value }) {
    const book = await populate.fromFileAsync(source);
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
  calculate_hyperformula({ target, contents, cells }) {
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
    const engine = HyperFormula.buildFromSheets(sheets, { licenseKey: "gpl-v3", maxRows: 2000 });
    const shown = {};
    for (const [name, asked] of Object.entries(cells)) {
      const id = engine.getSheetId(name);
      shown[name] = {};
      for (const cell of asked) {
        const [row, col] = point(cell);
        const value = engine.getCellValue({ sheet: id, row, col });
        shown[name][cell] = value !== null && typeof value === "object" ? value.value : value;
      }
    }
    writeFileSync(target, JSON.stringify(shown));
  },
};

function sheetjs(XLSX, { source, target, sheet, cell, value }, options) {
  const book = XLSX.read(readFileSync(source), options);
  if (value !== undefined) book.Sheets[sheet][cell] = { t: "n", v: value };
  writeFileSync(target, XLSX.write(book, { ...options, type: "buffer", bookType: "xlsx" }));
}

const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
await does[asked.do](asked);
process.exit(0); // what excelize-wasm started does not end by itself
