/**
 * Files that wait, for the ones that they follow or for a person, printed for people or machines. Never a cell.
 */
import type { WaitingFiles } from "../../alarm/alarms-of-end.ts";
import { CODES } from "../../errors/codes/codes.ts";
import { EXIT } from "../../errors/exit-codes.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import { counted } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { shownKey } from "../../text/shown-key.ts";
import { asTyped } from "./as-typed.ts";
import { toOutputLine } from "./output-line.ts";
import type { Printer } from "./print-end.ts";

/** As many are named in a line of text. */
const MOST_NAMED = 20;

export function printWaitingFiles(printer: Printer, { job, jobPath }: RunContext, end: WaitingFiles): void {
  const { keys } = end;
  const [first = ""] = keys;
  const next = `tieout run ${jobPath === "" ? "--help" : jobWord(jobPath)} --from ${shellWord(first)}`;
  const code = end.kind === "out_of_turn" ? "file_out_of_turn" : "files_to_catch_up";
  const text = end.kind === "out_of_turn" ? describeTurn(end) : describeCatchUp(keys);
  const ways = end.kind === "out_of_turn" ? "it is taken once that has come; to go on without it" : "to take them";
  const awaits = end.kind === "out_of_turn" ? { awaits: end.awaits } : {};
  printer.say(
    { event: code, code, job: job.name, ...awaits, keys, exit: EXIT.stopped, next: asTyped(next) },
    toOutputLine(`job ${job.name}: ${text} [${code}]; ${ways}, type: ${asTyped(next)}`),
  );
  const about = { job: job.name, file: shownKey(first), files: keys.length };
  printer.alert(CODES[code].meaning, { ...about, code, exit: EXIT.stopped, next });
}

function describeTurn({ awaits, keys }: Extract<WaitingFiles, { kind: "out_of_turn" }>): string {
  const [first = "", ...rest] = keys;
  const others = rest.length === 0 ? "" : `, and ${counted(rest.length, "file")} after it`;
  return `${shownKey(first)} waits for number ${awaits}${others}`;
}

function describeCatchUp(keys: readonly string[]): string {
  const more = keys.length > MOST_NAMED ? `, and ${counted(keys.length - MOST_NAMED, "further file")}` : "";
  const named = keys.slice(0, MOST_NAMED).map((key) => shownKey(key));
  return `${counted(keys.length, "file")} wait, and none was taken; the order to catch up is ${named.join(", ")}${more}`;
}
