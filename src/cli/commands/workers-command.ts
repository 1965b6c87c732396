/**
 * `tieout workers`: who works for this ledger, and at what. Only looks.
 */
import { hostname } from "node:os";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { ChunkHolder } from "../../ledger/ledger.ts";
import { counted } from "../../text/counted.ts";
import type { QueueProcess } from "../../workers/chunk-queue.ts";
import type { Session } from "../session.ts";

export async function workersCommand(session: Session): Promise<ExitCode> {
  const processes = await (await session.queue()).listProcesses();
  const holders = (await (await session.ledger()).chunks?.listHolders()) ?? [];
  const own = `${hostname()} pid ${process.pid}`;
  const silent = holders.filter(({ holder }) => !processes.some(({ name }) => isOf(holder, name)));
  const all = [...processes.map(({ name }) => name), ...silent.map(({ holder }) => holder)];
  const names = [...new Set(all)].filter((name) => name !== own).sort();
  if (names.length === 0) session.say({ event: "none" }, "no process works for this ledger now");
  for (const name of names) {
    const known = processes.find((one) => one.name === name);
    const at = holders.filter(({ holder }) => isOf(holder, name));
    const { host = null, sinceMs, jobs = [] } = known ?? {};
    const since = sinceMs === undefined ? null : new Date(sinceMs).toISOString();
    const event = { event: "worker", name, host, since, heard: known !== undefined, jobs, at };
    session.say(event, `${name}  ${describeProcess(known)}  ${at.map(describeWork).join(", ") || "idle"}`);
  }
  return EXIT.done;
}

/** A command that began a run takes no starts of others. */
function describeProcess(known: QueueProcess | undefined): string {
  if (known === undefined) return "silent";
  const since = `up since ${new Date(known.sinceMs).toISOString().slice(0, 19)}Z`;
  return known.jobs.length === 0 ? since : `${since}, serves ${known.jobs.join(", ")}`;
}

function describeWork({ run, job, phase, chunks }: ChunkHolder): string {
  return `${counted(chunks, "chunk")} of run ${run} (${job}, ${phase})`;
}

/** A process names itself, and each of its parts with more behind that. */
const isOf = (holder: string, name: string) => holder === name || holder.startsWith(`${name} `);
