/** An older Node gets one line that says what to do, however the command is started. In an installed package: package.test.ts. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { findOlderNode } from "../support/older-node.ts";

const COMMAND = fileURLToPath(new URL("../../bin/tieout.js", import.meta.url));
const STARTS: Readonly<Record<string, readonly string[]>> = {
  "by its first line": [COMMAND, "runs"],
  "as a program of node": ["/usr/bin/env", "node", COMMAND, "runs"],
  "for its version": ["/usr/bin/env", "node", COMMAND, "--version"],
};

describe("the command under an older Node", () => {
  const older = findOlderNode();
  if (older === undefined) {
    it.skip(`skipped: ${Object.keys(STARTS).length} checks (the host has no older Node)`);
    return;
  }
  for (const [how, [program = "", ...args]] of Object.entries(STARTS)) {
    it(`says in one line which Node it needs, started ${how}`, () => {
      const { status, stdout, stderr } = spawnSync(program, args, { env: { PATH: older.path }, encoding: "utf8" });
      expect([status, stdout]).to.deep.equal([2, ""]);
      expect(stderr).to.match(/^tieout needs Node 24 or newer, and this is [0-9.]+: [^\n]*npx tieout[^\n]*\n$/);
      expect(stderr).to.contain(older.version);
    });
  }
});
