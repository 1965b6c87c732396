#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=30
// The command. Runs the TypeScript of a clone as it is, and the built JavaScript of an installed package. The flags keep
// the heap from growing far beyond what it holds, so that memory stays flat whatever the file.
import "./node-guard.js";
import { existsSync } from "node:fs";

const source = new URL("../src/cli/main.ts", import.meta.url);
const built = new URL("../dist/cli/main.js", import.meta.url);
await import((existsSync(source) ? source : built).href);
