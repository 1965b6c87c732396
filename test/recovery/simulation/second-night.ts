/**
 * A second night: once `core` is done, it gets the same rows again in another file, a day later, and fetches only what it must. What it does
 * not fetch must be as the rows want it, whatever has struck in either night.
 */
import type { JobInput } from "../../../src/job.ts";
import { type Line, publishedIn } from "./line.ts";
import { fileOf, type JobName, type Load } from "./load.ts";
import type { Published } from "./oracle.ts";
import type { Surroundings } from "./run-context.ts";

export const DAY_MS = 24 * 3_600_000;

/** One history of so many has a second night. */
const ONE_OF = 7;

const CORE = { name: "core" } as const;

export class SecondNight {
  readonly #around: Pick<Surroundings, "sources" | "results">;
  readonly #load: Load;
  readonly #byOwnIds: boolean;
  /** What the jobs say beside all else. */
  readonly job: Partial<JobInput>;
  #isToCome: boolean;
  #first: Published | null = null;

  constructor(around: Pick<Surroundings, "sources" | "results">, load: Load, byOwnIds: boolean, seed: number) {
    this.#around = around;
    this.#load = load;
    this.#byOwnIds = byOwnIds;
    this.#isToCome = seed % ONE_OF === 5 && !load.isOfSameBytes;
    this.job = {
      ...(byOwnIds && { entities: { by: "client_customer_id" } }),
      ...(this.#isToCome && { skipUnchangedFor: "7d" }),
    };
  }

  /** Whether the job, which is done with its file, has another one now. None where a doubt of the first night stays. */
  begin(line: Line): boolean {
    if (!this.#isToCome || line.name !== "core") return false;
    this.#isToCome = false;
    const first = publishedIn(this.#around.results.core);
    if (first === null || first.lines.some(({ result }) => result === "unknown")) return false;
    this.#first = first;
    const bytes = fileOf(this.#load.rows.core, this.#byOwnIds).toString().replace("account_id", '"account_id"');
    this.#around.sources.core.files.set("file-2.csv", Buffer.from(bytes));
    // Everything may strike once more.
    line.starts = 0;
    line.calmStarts = 0;
    return true;
  }

  /** What the job has published of the night that it is at. */
  published({ name }: Pick<Line, "name">): Published | null {
    return publishedIn(this.#around.results[name], name === "core" ? this.#first?.run : undefined);
  }

  /** What was published of each night; the second is null where there was none. */
  get nights(): Readonly<Record<JobName | "second", Published | null>> {
    const { core, side } = this.#around.results;
    const [first, second] = this.#first === null ? [publishedIn(core), null] : [this.#first, this.published(CORE)];
    return { core: first, side: publishedIn(side), second };
  }
}
