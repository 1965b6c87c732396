/**
 * `tieout codes`: lists all codes, or shows one in full. Needs no ledger.
 */
import type { CodeEntry } from "../../errors/codes/code-entry.ts";
import { CODES } from "../../errors/codes/codes.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nearest } from "../../text/nearest.ts";
import type { Session } from "../session.ts";

export async function codesCommand(session: Session, wanted: string | undefined): Promise<ExitCode> {
  const codes = Object.entries<CodeEntry>(CODES);
  const chosen = wanted === undefined ? codes : codes.filter(([code]) => code === wanted);
  if (chosen.length === 0) {
    const meant = nearest(wanted ?? "", Object.keys(CODES));
    const hint = meant === undefined ? "tieout codes lists them all" : `did you mean ${meant}?`;
    throw new FatalError("usage", `there is no code ${JSON.stringify(wanted)}`, { hint });
  }
  const width = Math.max(...chosen.map(([code]) => code.length));
  for (const [code, entry] of chosen) {
    const text = wanted === undefined ? `${code.padEnd(width)}  ${entry.meaning}` : describeCode(code, entry);
    const { fixedBy, ...rest } = entry;
    // Programs that read the JSON know the member under this name.
    session.say({ event: "code", code, ...rest, mends: fixedBy }, text);
  }
  return EXIT.done;
}

const FIXED_BY: Readonly<Record<CodeEntry["fixedBy"], string>> = {
  file: "whoever writes the file",
  operator: "whoever runs Tieout",
  bank: "the bank",
  tieout: "the Tieout maintainers",
  nobody: "nobody needs to",
};

function describeCode(code: string, { meaning, fixedBy, retryHelps, todo, exit }: CodeEntry): string {
  return [
    `${code}: ${meaning}`,
    `  fixed by: ${FIXED_BY[fixedBy]}`,
    `  running the same row again: ${retryHelps ? "may help" : "does not help"}`,
    `  to do: ${todo}`,
    ...(exit === undefined ? [] : [`  exit code: ${exit}`]),
  ].join("\n");
}
