/**
 * Meter: counts what this process does, and renders it with what was found in ledger and source, in Prometheus' text format. Labels are jobs,
 * words, kinds and codes; never an id.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BankApi } from "../bank/bank-api.ts";
import type { CallMade } from "../bank/open-bank.ts";
import { ENDED_WELL } from "../errors/exit-codes.ts";
import { WORDS } from "../errors/words.ts";
import type { FileEnd } from "../run/start/start-job.ts";
import { METRICS, type MetricName } from "./metrics.ts";

/** One figure of a gauge. */
export interface Figure {
  readonly name: MetricName;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export class Meter {
  readonly #registry = new Registry();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #rows: Counter;
  readonly #calls: Counter;
  readonly #seconds: Histogram;
  readonly #banks = new Set<BankApi>();
  /** What is asked for at each scrape. */
  #found: readonly Figure[] = [];

  constructor(version: string) {
    const registers = [this.#registry];
    const of = (name: MetricName) => {
      const { help, labels } = METRICS[name];
      return { name, help, labelNames: [...labels], registers };
    };
    this.#rows = new Counter(of("tieout_rows_total"));
    this.#calls = new Counter(of("tieout_calls_total"));
    this.#seconds = new Histogram({ ...of("tieout_call_seconds"), buckets: BUCKETS });
    for (const [name, { type }] of Object.entries(METRICS) as [MetricName, { type: string }][])
      if (type === "gauge") this.#gauges.set(name, new Gauge(of(name)));
    this.#gauges.get("tieout_build_info")?.set({ version }, 1);
  }

  readonly onCall = ({ kind, code, tookMs }: CallMade): void => {
    this.#calls.inc({ kind, code });
    this.#seconds.observe({ kind }, tookMs / 1_000);
  };

  /** Until it is closed, it is asked how fast it may go and how many calls are in flight. */
  watch(bank: BankApi): BankApi {
    this.#banks.add(bank);
    const close = bank.close.bind(bank);
    bank.close = (graceMs) => close(graceMs).finally(() => this.#banks.delete(bank));
    return bank;
  }

  countEnds(ends: readonly FileEnd[]): void {
    for (const end of ends) {
      if (end.kind !== "reported" || end.summary.kind !== "run" || !ENDED_WELL.includes(end.summary.exit)) continue;
      const job = end.summary.job ?? "";
      for (const word of WORDS) this.#rows.inc({ job, word }, end.summary.words[word]);
    }
  }

  /** What was found takes the place of all that was found before. */
  setFound(found: readonly Figure[]): void {
    this.#found = found;
  }

  /** In Prometheus' text format. */
  render(): Promise<string> {
    for (const [name, gauge] of this.#gauges) {
      if (name === "tieout_build_info") continue;
      if (METRICS[name].labels.length > 0) gauge.reset();
      // What has no labels would be 0 then, rather than absent.
      else gauge.remove();
    }
    for (const { name, labels = {}, value } of [...this.#found, ...this.#ofBanks()])
      this.#gauges.get(name)?.set({ ...labels }, value);
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #ofBanks(): readonly Figure[] {
    const all = [...this.#banks].map((bank) => bank.throughput());
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return [
      { name: "tieout_calls_in_flight", value: sum(all.map(({ reads, writes }) => reads.inFlight + writes.inFlight)) },
      { name: "tieout_breaker_open", value: all.some(({ isDown }) => isDown) ? 1 : 0 },
      ...(all.length === 0
        ? []
        : [{ name: "tieout_pace_per_second" as const, value: sum(all.map(({ perSecond }) => perSecond)) }]),
    ];
  }
}
