/**
 * The server's clock, as this process knows it: hosts differ by seconds, and leases of several of them are compared.
 */
import type { Sql } from "./database.ts";

const NOW = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms";

export class ServerClock {
  #aheadMs = 0;

  /** Wall-clock milliseconds of the server, as measured last. */
  nowMs(): number {
    return Math.round(Date.now() + this.#aheadMs);
  }

  /** Asks the server. Half of the way there and back is taken for the way back. */
  async measure(sql: Sql): Promise<void> {
    const before = performance.now();
    const { ms } = (await sql.get<{ ms: number }>(NOW)) ?? { ms: Date.now() };
    this.#aheadMs = ms + (performance.now() - before) / 2 - Date.now();
  }
}
