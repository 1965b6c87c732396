/**
 * The files of `samples/broken/`, each rejected for the reason it is named after, with the very line that expected.json
 * says, before anything is sent. Never writes the expected lines.
 */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { FILE_CODES } from "../src/errors/codes/file.ts";
import { FatalError } from "../src/errors/fatal-error.ts";
import type { JobInput } from "../src/job.ts";
import { exitOf, startJob } from "../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "./support/scenario.ts";

const FOLDER = fileURLToPath(new URL("../samples/broken", import.meta.url));

/** `message` is what the operator reads, from code to next step; a pattern is given as text, since JSON has none. */
interface Broken {
  readonly file: string;
  readonly code: keyof typeof FILE_CODES;
  readonly message: string;
  readonly job?: Omit<Partial<JobInput>, "source"> & { readonly pattern?: string };
  /** A file that the job has taken before. */
  readonly after?: string;
}

/** What no named file can show: the store or the disk must fail, the job's source must list it, or it must have come on some day. */
const OF_THE_STORE: readonly string[] = ["file_changed", "spool_unwritable", "file_of_results", "file_other_day"];
/** What depends on the job's sources, which here are one: test/scenarios/ has them. */
const OF_SOURCES: readonly string[] = ["file_of_no_source", "file_not_done"];

const all = JSON.parse(await readFile(`${FOLDER}/expected.json`, "utf8")) as readonly Broken[];

async function lineOf(desk: Desk, bank: Sandbox, { pattern, ...job }: NonNullable<Broken["job"]>, file: string) {
  const source = { folder: FOLDER, pattern: new RegExp(pattern ?? "\\.csv") };
  const start = { kind: "run", file: `${FOLDER}/${file}`, from: null, limit: null, again: null } as const;
  try {
    const [end] = await startJob(desk.context(bank, { ...job, source }), start);
    if (end?.kind !== "rejected") return { exit: end && exitOf(end), line: end?.kind };
    const { code, message, hint, row } = end.rejection;
    return { exit: exitOf(end), line: `${code}: ${message}; ${hint}`, row };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return { exit: error.exit, line: `${error.code}: ${error.message}; ${error.hint}` };
  }
}

describe("samples/broken", () => {
  for (const { file, code, message, job = {}, after } of all) {
    it(`${file} is rejected as ${code}`, async () => {
      await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
      await using desk = await openDesk();
      if (after !== undefined) expect(await lineOf(desk, bank, job, after)).to.include({ line: "reported" });
      const writes = bank.writes.length;
      const { exit, line, row } = await lineOf(desk, bank, job, file);
      expect(line?.replaceAll(FOLDER, "samples/broken")).to.equal(`${code}: ${message}`);
      expect(line, "one line").to.not.contain("\n");
      const [, named] = /\brow,? (\d+)/.exec(message) ?? [];
      expect(row, "the row that the log has").to.equal(named === undefined ? undefined : Number(named));
      expect(exit).to.equal(7);
      expect(bank.writes.length, "writes").to.equal(writes);
    });
  }

  it("have one for every reason to reject a file that a file can show", async () => {
    const reasons = Object.keys(FILE_CODES).filter((code) => ![...OF_THE_STORE, ...OF_SOURCES].includes(code));
    expect(all.map(({ code }) => code)).to.have.members(reasons);
    const files = (await readdir(FOLDER)).filter((name) => /\.csv(\.gz|\.zip)?$/.test(name));
    expect(all.flatMap(({ file, after }) => (after === undefined ? [file] : [file, after]))).to.have.members(files);
  });
});
