/**
 * The next commands to type after a run, a plan or a look at a file: each works as it is, and says behind a # what it does.
 * Pure; the folder that the command is typed in is the working directory.
 */
import { ACCEPTABLE, CODES, type Code } from "../errors/codes/codes.ts";
import { counted, grouped } from "../text/counted.ts";
import { shellWord } from "../text/shell-word.ts";
import { numberOf } from "./causes.ts";
import type { Summary } from "./summary.ts";

/** `job` is the job as it is typed; not used for a file that was judged without one. */
export function nextCommands(summary: Omit<Summary, "next">, job: string): string[] {
  const { run, kind, file, narrowed } = summary;
  const address = shellWord(`${file.place}/${file.key}`);
  const same = `${job} --file ${address}${narrowed?.flags ?? ""}`;
  if (summary.job === null) return afterLook(summary, address);
  if (kind === "validate") return [`tieout plan ${same}   # compares the rows with the bank`];
  if (kind === "plan") return afterPlan(summary, same);
  if (summary.rehearsal) return afterRehearsal(summary, same);
  if (summary.stopped?.code === "lease_held")
    return [
      `tieout follow ${run}   # shows how far it is, until it ends`,
      `tieout report ${run}   # once the run has ended`,
    ];
  return afterRun(summary, job);
}

/** Of a file that no job was named for, the bank is asked once there is one. */
function afterLook({ words }: Pick<Summary, "words">, address: string): string[] {
  const again = `tieout validate ${address}   # again, after correcting the ${counted(words.invalid, "row")}`;
  return [...(words.invalid > 0 ? [again] : []), "tieout plan --help   # how a job compares the rows with the bank"];
}

function afterPlan(summary: Omit<Summary, "next">, same: string): string[] {
  const { run, stopped, reason, planHash, sameBytesAs: twin } = summary;
  if (stopped?.code === "run_stopped") return [`tieout plan ${same}   # from the beginning, since it was stopped`];
  if (stopped !== null) return [`tieout plan ${same}   # again, once this is done: ${CODES[stopped.code].todo}`];
  if (sendsNothing(summary)) {
    const repair = rowsToRepair(summary);
    return repair === 0
      ? []
      : [`tieout plan ${same}   # again, after correcting the ${counted(repair, "row")} to repair`];
  }
  const sends = sendsOf(summary);
  // A plan that says why its file is to be run again is applied like any other.
  if (planHash !== undefined && (twin === undefined || reason !== null))
    return [...approvals(summary), `tieout apply ${run}   # makes the calls of this plan: ${sends}`];
  if (twin === undefined) return [`tieout run ${same}   # ${sends}`];
  return [
    `tieout run ${same} --again --reason "…"   # run ${twin.run} has had the same bytes; say why again. It ${sends}`,
  ];
}

function afterRehearsal(summary: Omit<Summary, "next">, same: string): string[] {
  const repair = rowsToRepair(summary);
  const again = `tieout rehearse ${same}   # again, after correcting the ${counted(repair, "row")} to repair`;
  return [...(repair > 0 ? [again] : []), `tieout run ${same}   # sends it to the bank`];
}

const countOf = ({ causes, notes }: Pick<Summary, "causes" | "notes">, code: Code) =>
  [...causes, ...notes].find((one) => one.code === code)?.count ?? 0;

/** Of a plan over all rows: no row is to be sent, and none is held that a person may release. */
const sendsNothing = (summary: Omit<Summary, "next">) =>
  summary.planHash !== undefined && countOf(summary, "not_run") + summary.words.held === 0;

/** What a run would do, as far as its plan shows it. A plan to a limit doesn't know of the rows beyond. */
function sendsOf(summary: Omit<Summary, "next">): string {
  const { words, maxChange } = summary;
  const guarded = countOf(summary, "guard");
  const held = words.held - guarded;
  const repair = rowsToRepair(summary);
  const isLimited = maxChange < Number.MAX_SAFE_INTEGER;
  return [
    isLimited
      ? "sends what this plan shows, and the changes of the rows beyond --limit"
      : `sends the changes of ${counted(countOf(summary, "not_run"), "row")}`,
    ...(guarded > 0 ? [`holds ${counted(guarded, "row")} until they are approved`] : []),
    ...(held > 0 ? [`holds ${counted(held, "row")} for the causes above`] : []),
    ...(repair > 0 ? [`leaves ${counted(repair, "row")} to repair`] : []),
  ].join("; ");
}

function afterRun(summary: Omit<Summary, "next">, job: string): string[] {
  const { run, results, words, final, planOf, stopped, narrowed, maxChange } = summary;
  const next: string[] = [];
  const isSelectedDone = stopped === null && maxChange === Number.MAX_SAFE_INTEGER && narrowed !== undefined;
  const left =
    planOf === undefined ? `the ${counted(narrowed?.rows ?? 0, "row")} that were left out` : "the rest of the plan";
  if (!final && isSelectedDone && !narrowed.byPlan)
    next.push(`tieout resume ${run} --whole   # continues with ${left}`);
  else if (!final && !isSelectedDone) next.push(`tieout resume ${run}   # continues with what is left`);
  if (summary.waiting) next.push(`tieout abandon ${run} --reason "…"   # or gives it up; give the reason`);
  if (words.unknown > 0 && final) next.push(`tieout resume ${run}   # settles the ${grouped(words.unknown)} unknown`);
  if (words.held > 0) next.push(...releases(summary));
  const repair = rowsToRepair(summary);
  if (repair > 0) {
    const failed = shellWord(`${results}/failed.csv`);
    next.push(`tieout run ${job} --file ${failed}   # after correcting the ${counted(repair, "row")} in it`);
    next.push(...allowEdits(summary, job));
    next.push(rerunOf(summary, repair));
  }
  return [...next, ...lookAtAbsent(summary)];
}

/** Of a snapshot whose absent accounts nothing works on. */
function lookAtAbsent({ run, final, snapshot }: Pick<Summary, "run" | "final" | "snapshot">): string[] {
  if (!final || snapshot === undefined || snapshot.states.absent === 0) return [];
  if (snapshot.action !== null && snapshot.notActed === null) return [];
  const accounts = counted(snapshot.states.absent, "absent account");
  return [`tieout report ${run} --open   # shows its page; missing.csv beside it lists the ${accounts}`];
}

/** The same file with the edits that nobody allowed, for a person who means them. */
function allowEdits({ file, repairs }: Pick<Summary, "file" | "repairs">, job: string): string[] {
  const columns = (repairs?.edited ?? []).map(({ column }) => column);
  if (!repairs?.edited.some(({ allowed }) => !allowed)) return [];
  const flags = `--allow-edit ${shellWord([...new Set(columns)].join(","))} --again --reason "…"`;
  return [
    `tieout run ${job} --file ${shellWord(`${file.place}/${file.key}`)} ${flags}   # if the edits are meant; say why`,
  ];
}

/** Of all rows to repair as they are; or of those alone that running again can help, if there are others. */
function rerunOf({ run, causes, renumbered }: Omit<Summary, "next">, repair: number): string {
  const helped = causes.filter(({ word, command }) => word !== "held" && command !== null);
  const rows = helped.reduce((sum, { count }) => sum + count, 0);
  if (rows === 0 || rows >= repair)
    return `tieout rerun ${run}   # or as they are, once the cause is fixed at the bank or in the job`;
  const numbers = helped.slice(0, MOST_NUMBERS).map(({ no }) => numberOf(no, renumbered));
  return `tieout rerun ${run} --cause ${numbers.join(",")}   # or as they are, those that running again can help`;
}

const MOST_NUMBERS = 10;

/** What continues a run that is not finished: what its last summary has said, such as with --whole. */
export function commandToResume({ id, summary }: { readonly id: string; readonly summary: string | null }): string {
  const { next = [] } = summary === null ? {} : (JSON.parse(summary) as Partial<Summary>);
  const said = next.find((command) => command.startsWith("tieout resume "));
  return said?.split("   #")[0] ?? `tieout resume ${id}`;
}

/** Releases what the guard holds, if its figure is not above `max`. */
export function approveCommand(run: string, guard: string, max: number): string {
  return `tieout approve ${run} --guard ${guard} --max ${max} --reason "…"`;
}

function approvals({ run, guards = [] }: Pick<Summary, "run" | "guards">): string[] {
  return guards.flatMap(({ guard, figure, holding }) => {
    const says = `releases the ${counted(holding, "account")} that it holds; say why`;
    return holding === 0 ? [] : [`${approveCommand(run, guard, figure)}   # ${says}`];
  });
}

/** How held rows are released: what a guard holds or a person may accept, and all others once their reason is lifted. */
function releases(summary: Pick<Summary, "run" | "causes" | "guards">): string[] {
  const { run, causes } = summary;
  const next = approvals(summary);
  const isLeft = (code: Code) => code !== "guard" || next.length === 0;
  const codes = causes.filter(({ word, code }) => word === "held" && isLeft(code)).map(({ code }) => code);
  const held = [...new Set(codes)];
  const accepted = held.filter((code) => ACCEPTABLE.includes(code));
  if (accepted.length > 0) {
    const command = `tieout rerun ${run} --only held --accept ${accepted.join(",")} --reason "…"`;
    next.push(`${command}   # after looking at the rows; say why`);
  }
  if (accepted.length < held.length || next.length === 0)
    next.push(`tieout rerun ${run} --only held   # after the reason is lifted, as the messages say`);
  return next;
}

function rowsToRepair({ words }: Pick<Summary, "words">): number {
  return words.invalid + words.refused + words.failed;
}
