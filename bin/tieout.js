#!/usr/bin/env node
// The command. Runs the TypeScript of a clone as it is, and the built JavaScript of an installed package.
import "./node-guard.js";
import { existsSync } from "node:fs";

const source = new URL("../src/cli/main.ts", import.meta.url);
const built = new URL("../dist/cli/main.js", import.meta.url);
await import((existsSync(source) ? source : built).href);
