/**
 * The handle on the bench's bank, which runs in a process of its own: starts it, sets how slow it is, reads its counts.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface BankCounts {
  reads: number;
  writes: number;
  /** When the first and the last came in, in wall-clock milliseconds; 0 for none. */
  readonly readsAtMs: [number, number];
  readonly writesAtMs: [number, number];
}

/** `reset` also forgets every change and starts the counts anew. */
export type BankOrder = { readonly kind: "reset"; readonly latencyMs: number } | { readonly kind: "tell" };

export interface BankTold {
  readonly counts: BankCounts;
  /** Of the bank's process since its start. */
  readonly cpuMs: number;
}

export interface BenchBank extends AsyncDisposable {
  readonly url: string;
  reset(latencyMs?: number): Promise<void>;
  tell(): Promise<BankTold>;
}

const PROCESS = fileURLToPath(new URL("bank-process.ts", import.meta.url));

export async function startBank(): Promise<BenchBank> {
  const child = fork(PROCESS, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const hear = async <Message>() => (await once(child, "message"))[0] as Message;
  const { port } = await hear<{ port: number }>();
  const ask = (order: BankOrder) => {
    const told = hear<BankTold>();
    child.send(order);
    return told;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    reset: async (latencyMs = 0) => void (await ask({ kind: "reset", latencyMs })),
    tell: () => ask({ kind: "tell" }),
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}
