/**
 * `tieout doctor`: looks at all that a run needs, prints a line for each thing as it is, and changes nothing.
 */

import { basename, extname, resolve } from "node:path";
import { Secrets } from "../../bank/secrets.ts";
import { systemClock } from "../../clock.ts";
import type { DoctorFinding, Judgement } from "../../doctor/finding.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import { grouped } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { readEnvironment, readSecrets, SECRET_VARIABLES } from "../environment.ts";
import { ledgerPlace } from "../ledger-place.ts";
import { listJobs, loadJob } from "../load-job.ts";
import { asTyped } from "../output/as-typed.ts";
import { toOutputLine } from "../output/output-line.ts";
import { findProxy, readNetwork } from "../read-network.ts";
import type { Session } from "../session.ts";

export async function doctorCommand(session: Session, named: string | undefined): Promise<ExitCode> {
  const [{ examine }, { openBank }, { openFolderStore }] = await Promise.all([
    import("../../doctor/examine.ts"),
    import("../../bank/open-bank.ts"),
    import("../../store/folder-store.ts"),
  ]);
  const secrets = allSecrets();
  const names = named === undefined ? await listJobs() : [named];
  const findings = examine({
    variables: process.env,
    node: process.versions.node,
    ledger: () => ledgerPlace(process.env),
    jobs: names.map((name) => ({
      name: basename(name, extname(name)),
      word: named === undefined ? jobWord(resolve("jobs", name)) : shellWord(named),
      load: async () => (await loadJob(named ?? `./jobs/${name}`)).job,
    })),
    credentials() {
      const bank = readEnvironment(process.env);
      return { ...bank, network: readNetwork(process.env, bank.apiUrl) };
    },
    async openStore(place) {
      if (place.kind === "folder") return openFolderStore(place);
      return (await import("../../store/s3-store.ts")).openS3Store({ ...place, connection: { findProxy } });
    },
    async openProbe(place) {
      return (await import("../../store/bucket-probe.ts")).BucketProbe.open({ ...place, connection: { findProxy } });
    },
    openBank: (settings) => openBank(settings, { clock: systemClock, random: Math.random, secrets }),
    nowMs: () => systemClock.nowMs(),
  });
  const counts: Record<Judgement, number> = { good: 0, poor: 0, bad: 0 };
  let heading = "";
  for await (const finding of findings) {
    if (session.signal.aborted) return EXIT.stopped;
    counts[finding.word] += 1;
    heading = show(session, finding, heading, (text) => toOutputLine(asTyped(secrets.blot(text))));
  }
  const figures = Object.entries(counts).map(([word, count]) => `${grouped(count)} ${word}`);
  session.say({ event: "examined", ...counts }, `\n${figures.join(", ")}`);
  return counts.bad > 0 ? EXIT.cannotWork : EXIT.done;
}

/** Gives the heading that it is under. */
function show(session: Session, finding: DoctorFinding, above: string, tell: (text: string) => string): string {
  const { part, job, word } = finding;
  const [text, next] = [tell(finding.text), finding.next === undefined ? null : tell(finding.next)];
  const heading = job === undefined ? part : `${part} of ${job}`;
  const lines = [
    ...(heading === above ? [] : [`${above === "" ? "" : "\n"}${heading}`]),
    `  ${word.padEnd(4)}  ${text}`,
    ...(next === null ? [] : [`        next: ${next}`]),
  ];
  session.say({ event: "finding", part, job: job ?? null, word, text, next }, lines.join("\n"));
  return heading;
}

function allSecrets(): Secrets {
  let secrets = new Secrets();
  try {
    secrets = readSecrets(process.env);
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
  }
  for (const name of SECRET_VARIABLES) secrets.add(process.env[name]?.trim() ?? "");
  return secrets;
}
