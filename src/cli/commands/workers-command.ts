/**
 * `tieout workers`: who works for this ledger, and at what. Only looks.
 */
import { hostname } from "node:os";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { ChunkHolder } from "../../ledger/ledger.ts";
import { counted } from "../../text/counted.ts";
import type { Session } from "../session.ts";

export async function workersCommand(session: Session): Promise<ExitCode> {
  const processes = await (await session.queue()).listProcesses();
  const holders = (await (await session.ledger()).chunks?.listHolders()) ?? [];
  const own = `${hostname()} pid ${process.pid}`;
  const silent = holders.filter(({ holder }) => !processes.some(({ name }) => isOf(holder, name)));
  const all = [...processes.map(({ name }) => name), ...silent.map(({ holder }) => holder)];
  const names = [...new Set(all)].filter((name) => name !== own).sort();
  if (names.length === 0) session.say({ event: "none" }, "no worker is there");
  for (const name of names) {
    const known = processes.find((one) => one.name === name);
    const at = holders.filter(({ holder }) => isOf(holder, name));
    const event = {
      event: "worker",
      name,
      host: known?.host ?? null,
      since: isoOf(known?.sinceMs),
      isHeard: known !== undefined,
      at,
    };
    session.say(
      event,
      `${name}  ${known === undefined ? "not heard of lately" : "up"}  ${at.map(describeWork).join(", ") || "idle"}`,
    );
  }
  return EXIT.done;
}

function describeWork({ run, job, phase, chunks }: ChunkHolder): string {
  return `${counted(chunks, "chunk")} of run ${run} (${job}, ${phase})`;
}

/** A process names itself, and each of its parts with more behind that. */
const isOf = (holder: string, name: string) => holder === name || holder.startsWith(`${name} `);

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
