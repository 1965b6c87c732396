/** The guided morning of docs/morning.md, typed word for word into a shell: each output is the one that the page shows. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { startSandbox } from "../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../src/sandbox/state/parse-seed.ts";
import { linesOf, typed } from "./support/doc-pages.ts";
import { itWhole } from "./support/extent.ts";
import { findSpreadsheet } from "./support/libre-office.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** What `npx tieout` is for a person; a command may end with a code other than 0, and the page goes on. */
const SHELL = `npx() { shift; "${process.execPath}" "${join(ROOT, "bin/tieout.js")}" "$@"; }\n`;

describe("the guided morning", function () {
  this.timeout(180_000);
  if (findSpreadsheet() === undefined) {
    it.skip("skipped: 1 check (soffice is not in PATH)");
    return;
  }

  itWhole("goes as the page says, with a spreadsheet in it, and ends with no row open", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-morning-"));
    const seed = parseSeed(await readFile(join(ROOT, "samples/seed.json"), "utf8"), "seed.json");
    await using bank = await startSandbox({ seed });
    try {
      await symlink(join(ROOT, "jobs"), join(folder, "jobs"));
      const { url, clientId, clientSecret } = bank;
      const credentials = { LEAD_API_URL: url, LEAD_CLIENT_ID: clientId, LEAD_CLIENT_SECRET: clientSecret };
      // A home of its own, so that nobody's open LibreOffice is asked.
      const env = { PATH: process.env.PATH, HOME: folder, ...credentials };
      const blocks = await typed("morning.md");
      expect(blocks.filter(({ shown }) => shown.length > 0)).to.have.length.above(4);
      for (const { command, shown, isWhole } of blocks) {
        const args = ["--norc", "-c", `${SHELL}${command}true`];
        const { stdout } = await promisify(execFile)("bash", args, { cwd: folder, env });
        const printed = linesOf(stdout);
        const seen = isWhole ? printed : inOrder(printed, shown);
        expect(shown.length === 0 ? [] : seen, command).to.deep.equal(shown);
      }
      const ids = [...bank.accounts.values()]
        .map(({ client_account_id: id = "" }) => id)
        .filter((id) => id.startsWith("0"));
      expect(ids.sort()).to.deep.equal(Array.from({ length: 60 }, (_, at) => String(1701 + at).padStart(7, "0")));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Those of the lines that were printed in this order, whatever came between them. */
function inOrder(printed: readonly string[], shown: readonly string[]): readonly string[] {
  const found = printed.reduce((at, line) => (line === shown[at] ? at + 1 : at), 0);
  return shown.slice(0, found);
}
