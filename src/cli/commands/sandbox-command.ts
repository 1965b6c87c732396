/**
 * `tieout sandbox`: serves the stand-in for the bank, and one for S3 if a bucket is asked for, until a stop signal.
 */
import { access, constants, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import type { Sandbox, SandboxOptions } from "../../sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../sandbox/state/seed.ts";
import { describeStruck, readFaultFile } from "../fault-file.ts";
import type { Session } from "../session.ts";
import { startBucket } from "./start-bucket.ts";

export interface SandboxFlags {
  readonly port?: string;
  readonly state?: string;
  readonly seed?: string;
  readonly faults?: string;
  readonly bucket?: string;
}

const SANDBOX_SECRET = "sandbox-secret";

/** Serves until a stop signal. Throws FatalError `usage` for a port, seed or state that cannot be used. */
export async function sandboxCommand(session: Session, flags: SandboxFlags): Promise<ExitCode> {
  const faults = await readFaultFile(flags.faults);
  // Fixed unless set: after a restart on the same port, the ledger takes the sandbox for the same bank.
  const clientId = process.env.LEAD_CLIENT_ID || "sandbox-client";
  const clientSecret = process.env.LEAD_CLIENT_SECRET || SANDBOX_SECRET;
  const port = parsePort(flags.port);
  const bank = await startBank(flags, { port, clientId, clientSecret, faults });
  const bucket = flags.bucket === undefined ? undefined : await startBucket(flags.bucket, port);
  // A secret that the operator has set is not printed.
  const secret = clientSecret === SANDBOX_SECRET ? clientSecret : "… (as it is set here)";
  const exports = `export LEAD_API_URL=${bank.url} LEAD_CLIENT_ID=${bank.clientId} LEAD_CLIENT_SECRET=${secret}`;
  session.say(
    { event: "listening", url: bank.url, clientId: bank.clientId, ...(bucket && { bucket: bucket.about }) },
    [
      `sandbox at ${bank.url}; in another shell:`,
      `  ${exports}`,
      ...(bucket ? [`  ${bucket.exports}`, bucket.says] : []),
    ].join("\n"),
  );
  if (!session.signal.aborted)
    await new Promise((resolve) => session.signal.addEventListener("abort", resolve, { once: true }));
  await bucket?.[Symbol.asyncDispose]();
  await bank.close().catch((error: unknown) => {
    throw unusable(
      `--state ${flags.state} cannot be written (${nodeCode(error)})`,
      "name a file that can be written",
      error,
    );
  });
  if (faults.length > 0) session.say({ event: "faults", struck: bank.struck }, describeStruck(bank.struck));
  return EXIT.done;
}

type Fixed = Pick<SandboxOptions, "port" | "clientId" | "clientSecret" | "faults">;

async function startBank({ state, seed }: SandboxFlags, fixed: Fixed): Promise<Sandbox> {
  const { startSandbox } = await import("../../sandbox/start-sandbox.ts");
  const { SeedError } = await import("../../sandbox/state/parse-seed.ts");
  const options = { ...fixed, ...(seed !== undefined && { seed: await readSeed(seed) }) };
  try {
    if (state !== undefined) await access(dirname(resolve(state)), constants.W_OK);
    return await startSandbox({ ...options, ...(state !== undefined && { state }) });
  } catch (error) {
    if (error instanceof SeedError)
      throw unusable(
        `--state cannot be used: ${error.message}`,
        "name a file that an earlier sandbox has written",
        error,
      );
    if (isFailure(error, "listen")) {
      const why = nodeCode(error) === "EADDRINUSE" ? "is in use" : `cannot be opened (${nodeCode(error)})`;
      throw unusable(`--port ${fixed.port} ${why}`, "give another port, or leave --port out to take a free one", error);
    }
    if (nodeCode(error) === undefined) throw error;
    throw unusable(
      `--state ${state} cannot be used (${nodeCode(error)})`,
      "name a file in a folder that exists",
      error,
    );
  }
}

function parsePort(text = "0"): number {
  const port = Number(text);
  if (/^[0-9]+$/.test(text) && port <= 65_535) return port;
  throw unusable(`--port ${text} is not a port`, "give a number from 0 to 65535");
}

async function readSeed(path: string): Promise<SandboxSeed> {
  const { parseSeed, SeedError } = await import("../../sandbox/state/parse-seed.ts");
  const hint = "name a file like samples/seed.json";
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const why = nodeCode(error) === "ENOENT" ? "is not there" : `cannot be read (${nodeCode(error)})`;
    throw unusable(`--seed ${path} ${why}`, hint, error);
  });
  try {
    return parseSeed(text, path);
  } catch (error) {
    throw error instanceof SeedError ? unusable(`--seed cannot be used: ${error.message}`, hint, error) : error;
  }
}

function isFailure(error: unknown, syscall: string): boolean {
  return error instanceof Error && Reflect.get(error, "syscall") === syscall;
}

function unusable(message: string, hint: string, cause?: unknown): FatalError {
  return new FatalError("usage", message, { hint, cause });
}
