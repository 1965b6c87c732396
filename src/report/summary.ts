/**
 * Summary: a run in a few lines, as JSON for machines and as text for people, with the next command to type. Pure.
 */

import { toLine } from "../bank/error-body.ts";
import { counted, grouped } from "../counted.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import { ACCEPTABLE, CODES, type Code } from "../errors/registry.ts";
import { WORDS, type WordCounts } from "../errors/words.ts";
import { shownKey } from "../read/source-file.ts";
import { type Equation, renderCertificate } from "./certificate.ts";
import type { Reason } from "./write-results.ts";

export interface Summary {
  readonly run: string;
  /** Null for a file that was judged by the default settings. */
  readonly job: string | null;
  readonly kind: "run" | "plan" | "validate";
  /** The bank was a stand-in, and no ledger knows of the run. */
  readonly rehearsal?: true;
  /** Whether these are the run's last results: nothing of the file is left to do. */
  readonly final: boolean;
  readonly exit: ExitCode;
  /** Null for what was judged without one. */
  readonly bank: { readonly apiUrl: string; readonly clientId: string } | null;
  readonly file: { readonly place: string; readonly key: string; readonly size: number; readonly sha256: string };
  /** An earlier run over the same bytes, which says nothing of what the bank holds by now. */
  readonly sameBytesAs?: { readonly key: string; readonly run: string };
  readonly rerunOf: string | null;
  /** Codes of held rows that a person has accepted, for this reason. */
  readonly accepts?: readonly Code[];
  readonly reason: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly rows: number;
  /** The file's names of the columns that are carried and not read. */
  readonly ignoredColumns: readonly string[];
  readonly words: WordCounts;
  /** `kind=word` → how many. */
  readonly operations: Readonly<Record<string, number>>;
  readonly reasons: readonly Reason[];
  /** The equations that were checked before this was published. */
  readonly certificate: readonly Equation[];
  /** The last CSV row that `--limit` let the run take; the largest whole number when there was no limit. */
  readonly maxChange: number;
  /** Why the run stopped before its end, or why the file was rejected. */
  readonly stopped: { readonly code: Code; readonly message: string } | null;
  /** A person has stopped the run, so that only a person's word goes on with it. */
  readonly waiting?: true;
  /** Why a person gave up what was left of it. */
  readonly abandoned?: string;
  /** Where results.csv, failed.csv and summary.json are; "" when none were written. */
  readonly results: string;
  readonly next: readonly string[];
}

const REASONS_SHOWN = 5;

/** The next commands to type, for rows to repair, held rows and unknown rows apart. */
export function nextCommands(summary: Omit<Summary, "next">): string[] {
  const { run, job, kind, file, results, words, final } = summary;
  const same = `${job ?? "<job>"} --file ${shellWord(`${file.place}/${file.key}`)}`;
  if (kind === "validate") return [`tieout plan ${same}   # compares the rows with the bank`];
  if (kind === "plan") return [`tieout run ${same}   # sends what this plan shows`];
  const repair = words.invalid + words.refused + words.failed;
  if (summary.rehearsal) {
    const again =
      repair > 0 ? [`tieout rehearse ${same}   # again, after correcting the ${counted(repair, "row")} to repair`] : [];
    return [...again, `tieout run ${same}   # sends it to the bank`];
  }
  if (summary.stopped?.code === "lease_held") return [`tieout report ${run}   # once the run has ended`];
  const next: string[] = [];
  if (!final) next.push(`tieout resume ${run}   # continues with what is left`);
  if (summary.waiting) next.push(`tieout abandon ${run} --reason "…"   # or gives it up; say why`);
  if (words.unknown > 0 && final) next.push(`tieout resume ${run}   # settles the ${grouped(words.unknown)} unknown`);
  if (words.held > 0) next.push(...releases(summary));
  if (repair > 0) {
    const failed = shellWord(`${results}/failed.csv`);
    next.push(`tieout run rerun-failed --file ${failed}   # after correcting the ${counted(repair, "row")} in it`);
    next.push(`tieout rerun ${run}   # or as they are, once the bank or the job is mended`);
  }
  return next;
}

/** How held rows are released: what a person may accept, and all others once their reason is lifted. */
function releases({ run, reasons }: Pick<Summary, "run" | "reasons">): string[] {
  const held = reasons.filter(({ word }) => word === "held").map(({ code }) => code);
  const accepted = held.filter((code) => ACCEPTABLE.includes(code));
  const next: string[] = [];
  if (accepted.length > 0) {
    const command = `tieout rerun ${run} --only held --accept ${accepted.join(",")} --reason "…"`;
    next.push(`${command}   # after looking at the rows; say why`);
  }
  if (accepted.length === 0 || accepted.length < held.length)
    next.push(`tieout rerun ${run} --only held   # after the reason is lifted, as the messages say`);
  return next;
}

/** A key may hold anything; what a shell would take apart or a terminal act on is quoted (`$'…'` as bash and zsh read it). */
export function shellWord(text: string): string {
  if (/^[\w./:@%+=,-]+$/.test(text)) return text;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\']|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    /[\\']/.test(character) ? `\\${character}` : `\\U${character.codePointAt(0)?.toString(16).padStart(8, "0")}`,
  );
  return `$'${escaped}'`;
}

/** As `refused: bank_refused (parameters_invalid in account_holders)`. */
function describeReason({ word, code, bankCode, column }: Reason): string {
  if (bankCode === undefined) return `${word}: ${code}`;
  return toLine(`${word}: ${code} (${[bankCode, column].filter(Boolean).join(" in ")})`);
}

/** The summary as an operator reads it. */
export function renderSummary(summary: Summary): string {
  const { words, reasons, operations, sameBytesAs: twin } = summary;
  const width = Math.max(...WORDS.map((word) => grouped(words[word]).length));
  const lines = [
    `${summary.rehearsal ? "rehearsal" : summary.kind} ${summary.run} by ${summary.job ?? "the default settings"}: ${counted(summary.rows, "row")} of ${shownKey(summary.file.key)}`,
    ...(twin === undefined ? [] : [`same bytes as ${shownKey(twin.key)}, run ${twin.run}; compared anew`]),
    ...WORDS.filter((word) => words[word] > 0).map((word) => `  ${grouped(words[word]).padStart(width)} ${word}`),
  ];
  const sent = Object.entries(operations).map(([what, count]) => `${grouped(count)} ${what.replace("=", " ")}`);
  if (sent.length > 0) lines.push(`operations: ${sent.join(", ")}`);
  if (reasons.length > 0) lines.push("reasons:");
  for (const reason of reasons.slice(0, REASONS_SHOWN))
    lines.push(`  ${grouped(reason.count)} ${describeReason(reason)}`);
  if (reasons.length > REASONS_SHOWN)
    lines.push(`  and ${grouped(reasons.length - REASONS_SHOWN)} more in summary.json`);
  if (summary.accepts) lines.push(`accepted: ${summary.accepts.join(", ")} (${summary.reason})`);
  if (summary.stopped) {
    const { code, message } = summary.stopped;
    lines.push(`not finished: ${message} [${code}]; ${CODES[code].todo}`);
  }
  if (summary.certificate.length > 0) lines.push(renderCertificate(summary.certificate));
  if (summary.results) lines.push(`results: ${summary.results}/results.csv`);
  if (summary.next.length > 0) lines.push("next:", ...summary.next.map((command) => `  ${command}`));
  return lines.join("\n");
}
