/**
 * Hears at once what another process says through the database (NOTIFY), on a connection of its own. What is said while that connection is
 * lost is not heard, so whoever listens looks for itself as well, now and then.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";

/** Gets what was said; "" when something may have been missed. */
export type Hear = (payload: string) => void;

/** How long until a lost connection is tried again. */
const AGAIN_MS = 1_000;

/**
 * SQL that says something on a channel once the transaction is committed: `payload` is SQL too. The database's own channel is the schema, so
 * that ledgers of one database do not hear each other.
 */
export function notify(channel: string, payload: string): string {
  return `pg_notify(current_schema()::text, '${channel} ' || ${payload})`;
}

export class Listener implements AsyncDisposable {
  readonly #connect: () => Client;
  readonly #schema: string;
  readonly #hearing = new Map<string, Set<Hear>>();
  readonly #closer = new AbortController();
  #running: Promise<void> | undefined;

  /** `connect` makes a client that is not connected yet. */
  constructor(connect: () => Client, schema: string) {
    this.#connect = connect;
    this.#schema = schema;
  }

  /** Calls `hear` with each payload on that channel until it is disposed of. The first to listen opens the connection. */
  listen(channel: string, hear: Hear): Disposable {
    const hearing = this.#hearing.get(channel) ?? new Set();
    this.#hearing.set(channel, hearing.add(hear));
    this.#running ??= this.#run();
    return { [Symbol.dispose]: () => void hearing.delete(hear) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closer.abort();
    await this.#running;
  }

  /** One connection after the other, each until it is lost. */
  async #run(): Promise<void> {
    const { signal } = this.#closer;
    while (!signal.aborted) {
      const client = this.#connect();
      await this.#listenOn(client).catch(() => {});
      // A client whose connection was lost may never say that it has ended.
      void client.end().catch(() => {});
      await delay(AGAIN_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #listenOn(client: Client): Promise<void> {
    const lost = new Promise((resolve) => {
      client.once("end", resolve).on("error", resolve);
      this.#closer.signal.addEventListener("abort", resolve, { once: true });
    });
    client.on("notification", ({ payload = "" }) => this.#hear(payload));
    await client.connect();
    await client.query(`LISTEN "${this.#schema}"`);
    for (const channel of this.#hearing.keys()) this.#hear(`${channel} `);
    await lost;
  }

  #hear(said: string): void {
    const space = said.indexOf(" ");
    for (const hear of this.#hearing.get(said.slice(0, space)) ?? []) hear(said.slice(space + 1));
  }
}
