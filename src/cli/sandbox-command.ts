/**
 * The sandbox command: serves the stand-in for the bank until it is told to stop. Flags in, exit code out.
 */
import { readFile } from "node:fs/promises";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { describeStruck, readFaultFile } from "./fault-file.ts";
import type { Session } from "./session.ts";

export interface SandboxFlags {
  readonly port?: string;
  readonly state?: string;
  readonly seed?: string;
  readonly faults?: string;
}

const SANDBOX_SECRET = "sandbox-secret";

/** Serves until it is told to stop. */
export async function sandboxCommand(
  session: Session,
  { port, state, seed, ...flags }: SandboxFlags,
): Promise<ExitCode> {
  const { startSandbox } = await import("../sandbox/start-sandbox.ts");
  const { parseSeed, SeedError } = await import("../sandbox/seed.ts");
  const number = Number(port ?? 0);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new FatalError("usage", `--port ${port} is not a port`, { hint: "give a number from 0 to 65535" });
  }
  const unreadable = (why: string) =>
    new FatalError("usage", `the seed cannot be used: ${why}`, { hint: "see samples/seed.json" });
  const text =
    seed === undefined
      ? null
      : await readFile(seed, "utf8").catch((error: Error) => Promise.reject(unreadable(error.message)));
  const parse = () => {
    try {
      return text === null ? {} : { seed: parseSeed(text, seed ?? "") };
    } catch (error) {
      throw error instanceof SeedError ? unreadable(error.message) : error;
    }
  };
  const faults = await readFaultFile(flags.faults);
  // Fixed unless set, so that a sandbox on the same port is the same bank to the ledger after a restart.
  const clientId = process.env.LEAD_CLIENT_ID || "sandbox-client";
  const clientSecret = process.env.LEAD_CLIENT_SECRET || SANDBOX_SECRET;
  await using bank = await startSandbox({
    port: number,
    clientId,
    clientSecret,
    ...(state !== undefined && { state }),
    ...parse(),
    faults,
  });
  // A secret of the operator's own is not shown.
  const secret = clientSecret === SANDBOX_SECRET ? clientSecret : "… (as it is set here)";
  const exports = `export LEAD_API_URL=${bank.url} LEAD_CLIENT_ID=${bank.clientId} LEAD_CLIENT_SECRET=${secret}`;
  session.say(
    { event: "listening", url: bank.url, clientId: bank.clientId },
    `sandbox at ${bank.url}; in another shell:\n  ${exports}`,
  );
  if (!session.signal.aborted)
    await new Promise((resolve) => session.signal.addEventListener("abort", resolve, { once: true }));
  if (faults.length > 0) session.say({ event: "faults", struck: bank.struck }, describeStruck(bank.struck));
  return EXIT.done;
}
