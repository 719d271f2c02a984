// node run.mjs SCRIPT GIVEN ARCHIVE…: unpacks wheels and zips into Pyodide's site-packages and runs a Python script
// there, which finds the text of the second file as `given`; its last value is printed. Nothing is fetched.
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const [script, given, ...archives] = process.argv.slice(2);
try {
  const python = await loadPyodide();
  for (const archive of archives) {
    python.unpackArchive(new Uint8Array(readFileSync(archive)), "zip");
  }
  python.globals.set("given", readFileSync(given, "utf-8"));
  console.log(python.runPython(readFileSync(script, "utf-8")));
} catch (error) {
  // Node would print the whole source line, and Pyodide is one line of a megabyte.
  console.error(error.message);
  process.exit(1);
}
