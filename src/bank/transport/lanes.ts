/**
 * Lanes: as many sockets as there may be calls in flight, each used by one call at a time. A call gets the lane that became
 * free last, else a new one, else the first that becomes free. A lane connects when a call needs it, and again when its
 * socket is gone.
 *
 * A lane is free once undici says so, a turn of the event loop after an answer: a server that closes the socket behind its
 * answer is heard by then, and no call is put on a socket that is gone.
 */
import { type buildConnector, Client } from "undici";

export interface LaneCall {
  /** Goes out on this lane; false when the call was given up before. */
  begin(lane: Client): boolean;
  /** There are no lanes any more. */
  turnAway(): void;
}

export class Lanes {
  readonly #origin: string;
  readonly #most: number;
  readonly #options: Client.Options;
  readonly #free: Client[] = [];
  readonly #taken = new Set<Client>();
  #waiting: LaneCall[] = [];
  #isClosed = false;

  /** `connect` is shared by all lanes, and its TLS sessions with it. */
  constructor(origin: string, most: number, connect: buildConnector.connector, options: Client.Options) {
    this.#origin = origin;
    this.#most = most;
    this.#options = { ...options, connect };
  }

  send(call: LaneCall): void {
    if (this.#isClosed) {
      call.turnAway();
      return;
    }
    const lane = this.#free.pop() ?? this.#open();
    if (lane === undefined) this.#waiting.push(call);
    else this.#begin(lane, call);
  }

  /** Turns away what waits, and resolves once the calls on the lanes have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) call.turnAway();
    await Promise.all(this.#all().map((lane) => lane.close()));
  }

  /** Cuts the calls on the lanes. */
  async destroy(): Promise<void> {
    await Promise.all(this.#all().map((lane) => lane.destroy()));
  }

  #all(): Client[] {
    return [...this.#free, ...this.#taken];
  }

  #open(): Client | undefined {
    if (this.#free.length + this.#taken.size >= this.#most) return undefined;
    const lane = new Client(this.#origin, this.#options);
    return lane.on("drain", () => this.#release(lane));
  }

  #begin(lane: Client, call: LaneCall): boolean {
    this.#taken.add(lane);
    return call.begin(lane) || !this.#taken.delete(lane);
  }

  /** The first call that waits leaves at once. */
  #release(lane: Client): void {
    if (!this.#taken.delete(lane)) return;
    let next = this.#waiting.shift();
    while (next !== undefined && !this.#begin(lane, next)) next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
  }
}
