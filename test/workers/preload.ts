/**
 * What makes a process of a test another one, from outside of the program and loaded before it: TIEOUT_TEST_VERSION is the version that
 * package.json seems to give, and TIEOUT_TEST_POISON the account whose first write kills it.
 */
import { subscribe } from "node:diagnostics_channel";
import files from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { TIEOUT_TEST_VERSION, TIEOUT_TEST_POISON } = process.env;
const PACKAGE = new URL("../../package.json", import.meta.url).href;

if (TIEOUT_TEST_VERSION !== undefined) {
  const { readFileSync } = files;
  files.readFileSync = ((...given: Parameters<typeof readFileSync>) =>
    String(given[0]) === PACKAGE
      ? JSON.stringify({ version: TIEOUT_TEST_VERSION })
      : readFileSync(...given)) as typeof readFileSync;
  syncBuiltinESMExports();
}

if (TIEOUT_TEST_POISON !== undefined) {
  subscribe("undici:client:sendHeaders", (message) => {
    const { method, path } = (message as { request: { method: string; path: string } }).request;
    if (method !== "GET" && path.includes(`/${TIEOUT_TEST_POISON}`)) process.kill(process.pid, "SIGKILL");
  });
}
