#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=32
// The command. Runs the TypeScript of a clone as it is, and the built JavaScript of an installed package. Its flag and the
// one below keep the heap from growing far beyond what it holds, and the settings of glibc have memory given back that
// SQLite has freed, so that it stays flat whatever the file.
import "./node-guard.js";
import { existsSync, readFileSync } from "node:fs";
// As a whole: a name that an older Node does not export would end the process before the guard has run.
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const source = new URL("../src/cli/main.ts", import.meta.url);
const built = new URL("../dist/cli/main.js", import.meta.url);
// Deployments ask for the version all the time; it needs nothing of the rest, and comes as fast as Node itself.
if (process.argv.length === 3 && process.argv[2] === "--version") {
  console.log(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version);
} else {
  // Given in the first line, it would have Node compile all of its own anew.
  setFlagsFromString("--heap-growing-percent=30");
  // Halves the start. Whoever may write there may change the code anyway, which is not so of a folder for temporary files;
  // where nothing can be written, Node goes without.
  nodeModule.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/tieout", import.meta.url)));
  const program = [source, built].find(existsSync);
  if (program === undefined) {
    console.error("tieout: this package was packed without being built; in the clone, pack it by: npm run package");
    process.exit(2);
  }
  await import(program.href);
}
