/**
 * `tieout bundle`: writes a folder for the bank's support desk, about one cause of a run. Asks nobody but the ledger.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { renderBundle } from "../../report/bundle.ts";
import { collectBundle } from "../../run/report/collect-bundle.ts";
import { counted } from "../../text/counted.ts";
import { findRun } from "../find-run.ts";
import { toOutputLine } from "../output/output-line.ts";
import type { Session } from "../session.ts";
import { tieoutVersion } from "../tieout-version.ts";
import { parseCause } from "./rerun-command.ts";

export interface BundleFlags {
  cause: string;
  to?: string;
}

export async function bundleCommand(session: Session, id: string, { cause, to }: BundleFlags): Promise<ExitCode> {
  await using ledger = await (await session.ledger()).openSnapshot();
  const run = await findRun(ledger, id);
  const wanted = parseCause(cause);
  const bundle = await collectBundle(ledger, run, wanted, tieoutVersion());
  const folder = resolve(to ?? `bundle-${run.id}-cause-${wanted.no}`);
  await writeBundle(folder, renderBundle(bundle));
  const { rows } = bundle;
  const event = { event: "bundle", run: run.id, cause: wanted.no, rows: rows.map(({ row }) => row), folder };
  const text = `${counted(rows.length, "example")} of cause ${wanted.no}, redacted, in ${folder}; README.txt says what to write to the bank`;
  session.say(event, toOutputLine(text));
  return EXIT.done;
}

/** The folder is made anew, and only its owner may read it. */
async function writeBundle(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    for (const [name, text] of files) await writeFile(join(folder, name), text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const code = nodeCode(error);
    if (code === undefined) throw error;
    const why = code === "EEXIST" ? "is there already" : `cannot be written (${code})`;
    throw new FatalError("usage", `${folder} ${why}`, { hint: "give another folder with --to <folder>", cause: error });
  }
}
