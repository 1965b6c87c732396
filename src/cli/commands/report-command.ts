/**
 * `tieout report`: writes the result files of a run again, from the ledger alone, and opens the page among them if wanted.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ExitCode } from "../../errors/exit-codes.ts";
import type { Summary } from "../../report/summary.ts";
import type { RunContext } from "../../run/context.ts";
import { reportAgain } from "../../run/report/report-again.ts";
import { REPORT_PAGE } from "../../run/report/report-phase.ts";
import { openInBrowser } from "../open-in-browser.ts";
import { printSummary } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { withRunOffline } from "../with-context.ts";

export interface ReportFlags {
  readonly open?: true;
}

export async function reportCommand(session: Session, id: string, { open }: ReportFlags = {}): Promise<ExitCode> {
  return withRunOffline(session, id, async (context, run) => {
    const summary = await reportAgain(context, run);
    printSummary(session, "summary", summary);
    if (open) await openPage(session, context, summary);
    return summary.exit;
  });
}

/** Where no browser can be opened, the path is printed all the same: that the results are out is not undone by it. */
async function openPage(session: Session, context: RunContext, { results }: Summary): Promise<void> {
  const path = context.job.results.kind === "folder" ? join(results, REPORT_PAGE) : await copyPage(context, results);
  const isOpen = await openInBrowser(path);
  session.progress.note(isOpen ? `opened ${path}` : `no browser can be opened here; the page is ${path}`);
}

/** A copy of a page in a bucket, for this user alone. It stays, as the browser reads it later. */
async function copyPage({ job, openStore }: RunContext, results: string): Promise<string> {
  const store = await openStore(job.results);
  const file = await store.find(`${results.slice(store.place.length + 1)}/${REPORT_PAGE}`);
  const path = join(await mkdtemp(join(tmpdir(), "tieout-page-")), REPORT_PAGE);
  if (file !== undefined) await pipeline(store.read(file), createWriteStream(path, { mode: 0o600 }));
  return path;
}
