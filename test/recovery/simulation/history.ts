/**
 * One history: two jobs, started again and again on one machine against one bank, while everything goes wrong that the
 * seed has drawn, and then nothing any more, until all rows have their words. Tells what the oracle says of it.
 */
// A run loads these once it needs them, and nothing in a history may wait for anything real.
import "../../../src/run/apply/apply-phase.ts";
import "../../../src/run/apply/apply-range.ts";
import "../../../src/run/plan/find-range.ts";
import "../../../src/run/plan/plan-phase.ts";
import "../../../src/run/plan/plan-range.ts";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { type FileEnd, startJob } from "../../../src/run/start/start-job.ts";
import { PERSON_STOP } from "../../../src/run/stop.ts";
import { approveAbsent, isAbsentDone, judgeAbsent, plantAbsent, SNAPSHOT_JOB } from "./absent.ts";
import { BANK_NAME, Bank } from "./bank.ts";
import { drawProfile, type Profile } from "./faults.ts";
import { Figures } from "./figures.ts";
import { LeaseWatch } from "./lease-watch.ts";
import { Buried, type Doom, Life } from "./life.ts";
import {
  CALM_GAP_MS,
  isExpected,
  isPeaceful,
  type Line,
  LONGEST_HOURS,
  LONGEST_WAY_MS,
  MOST_CALM_STARTS,
  openLine,
  publishedIn,
} from "./line.ts";
import { drawLoad, fileOf, JOBS, type Load } from "./load.ts";
import type { Machine } from "./machine.ts";
import { Network } from "./network.ts";
import { judge } from "./oracle.ts";
import { scheduleOtherWriter, setBack } from "./others.ts";
import { type Policy, REAL } from "./policy.ts";
import { schedulePruner } from "./pruner.ts";
import { quiet } from "./quiet.ts";
import { Random } from "./random.ts";
import { openContext, type Surroundings } from "./run-context.ts";
import { DAY_MS, SecondNight } from "./second-night.ts";
import { Server } from "./server.ts";
import { MemoryStore } from "./stores.ts";
import { Workers } from "./workers.ts";
import { World } from "./world.ts";

export interface Told {
  /** Promises that were broken; none when all is as it should be. */
  readonly wrongs: readonly string[];
  readonly figures: Figures;
}

export class History {
  readonly #world: World;
  readonly #figures = new Figures();
  readonly #profile: Profile;
  readonly #load: Load;
  readonly #bank: Bank;
  readonly #around: Surroundings;
  /** When processes start, what strikes them, and what others do. */
  readonly #fate: Random;
  readonly #lines: readonly Line[];
  readonly #workers: Workers | null;
  readonly #night: SecondNight;
  readonly #lives: Life[] = [];
  readonly #wrongs: string[] = [];
  /** Whether the file of `core` is a snapshot. */
  readonly #isSnapshot: boolean;
  #runs = 0;
  /** Whose accounts somebody has set back after `core` was done with them. */
  #setBack: ReadonlySet<string> = new Set();

  constructor(machine: Machine, seed: number, policy: Policy, tellLine: ((line: string) => void) | null) {
    const world = new World(tellLine);
    this.#world = world;
    this.#profile = drawProfile(new Random(seed, "profile"));
    this.#load = drawLoad(new Random(seed, "load"), world.nowMs(), seed % 5 === 1);
    this.#bank = new Bank(world, this.#profile.habits, this.#figures);
    for (const entity of this.#load.entities) this.#bank.state.entities.set(entity.id, entity);
    for (const account of this.#load.accounts) this.#bank.state.accounts.set(account.id, account);
    this.#fate = new Random(seed, "fate");
    const server = machine.ledger.chunks && new Server(world, new Random(seed, "server"), this.#figures);
    this.#around = {
      world,
      machine,
      server,
      network: new Network(world, this.#bank, this.#profile, new Random(seed, "network"), this.#figures),
      policy,
      chance: new Random(seed, "client"),
      mutation: new Random(seed, "mutation"),
      sources: { core: new MemoryStore("core-in"), side: new MemoryStore("side-in") },
      results: { core: new MemoryStore("core-out"), side: new MemoryStore("side-out") },
      newRunId: (name) => `${name}-run-${++this.#runs}`,
      figures: this.#figures,
      watch: new LeaseWatch(),
      onError: (what) => void this.#wrongs.push(what),
    };
    this.#workers = server && new Workers({ ...this.#around, server }, seed, this.#profile.pauseMs, this.#lives);
    const byOwnIds = seed % 4 === 0;
    for (const name of JOBS) this.#around.sources[name].files.set("file.csv", fileOf(this.#load.rows[name], byOwnIds));
    this.#night = new SecondNight(this.#around, this.#load, byOwnIds, seed);
    const job = { ...this.#night.job, ...policy.job };
    this.#isSnapshot = seed % 7 === 3 && policy === REAL && !this.#load.isOfSameBytes;
    const jobOf = (name: string) => (this.#isSnapshot && name === "core" ? { ...job, ...SNAPSHOT_JOB } : job);
    this.#lines = JOBS.map((name) => openLine(name, this.#profile, server !== null, jobOf(name)));
    schedulePruner(this.#around, seed, this.#lines, this.#lives);
  }

  async live(): Promise<Told> {
    this.#world.tell(() => `profile ${JSON.stringify(this.#profile)}`);
    const [core, side] = this.#lines as [Line, Line];
    if (this.#isSnapshot) await plantAbsent(this.#bank, this.#around.machine.ledger, BANK_NAME, this.#world.nowMs());
    this.#world.after(0, () => this.#start(core));
    if (!this.#load.isOfSameBytes) this.#world.after(this.#fate.spread(1, 3_600_000), () => this.#start(side));
    scheduleOtherWriter(this.#world, this.#load, this.#fate, this.#figures);
    const isTooLong = () => this.#world.elapsedMs > LONGEST_HOURS * 3_600_000;
    await this.#world.run(() => this.#lines.every(({ isDone }) => isDone) || this.#wrongs.length > 0 || isTooLong());
    if (isTooLong()) this.#wrongs.push(`not done after ${LONGEST_HOURS} hours`);
    await this.#letAllArrive();
    await this.#judge();
    for (const life of this.#lives) life.bury();
    await quiet();
    return { wrongs: this.#wrongs, figures: this.#figures };
  }

  async #letAllArrive(): Promise<void> {
    const overMs = this.#world.elapsedMs + LONGEST_WAY_MS;
    this.#world.after(LONGEST_WAY_MS, () => {});
    await this.#world.run(() => this.#world.elapsedMs >= overMs);
  }

  unheard(reason: unknown): void {
    if (!(reason instanceof Buried)) this.#wrongs.push(`a promise was rejected, and nobody heard: ${String(reason)}`);
  }

  #start(line: Line): void {
    if (line.isDone) return;
    line.starts += 1;
    this.#figures.starts += 1;
    const { fatefulStarts, drawFate } = this.#profile;
    if (this.#isCalm) {
      this.#around.network.calm();
      this.#around.server?.queue.calm();
      line.calmStarts += 1;
      this.#hasten(line);
    }
    if (line.calmStarts > MOST_CALM_STARTS) {
      this.#wrongs.push(`${line.name} is not done after ${line.starts} starts`);
      return;
    }
    const isSpared = line.starts > fatefulStarts;
    const { doom, outage } = isSpared ? { doom: null, outage: null } : drawFate(this.#fate);
    if (outage !== null) this.#around.network.plan(outage);
    const life = new Life(`${line.name}-${line.starts}`, this.#world, doom, (met, struck) =>
      this.#strike(line, met, struck),
    );
    line.life = life;
    this.#lives.push(life);
    this.#world.tell(() => `${life.name} starts${doom === null ? "" : `, doomed: ${JSON.stringify(doom)}`}`);
    this.#workers?.join(line, isSpared);
    this.#work(openContext(this.#around, line, life), line).then(
      (ends) => this.#end(line, life, ends),
      (error: unknown) => this.#break(line, life, error),
    );
  }

  /** What a person has stopped, a person resumes, and what stays unknown though nothing goes wrong any more. */
  async #work(context: RunContext, { calmStarts }: Line): Promise<readonly FileEnd[]> {
    if (this.#isSnapshot) await approveAbsent(context);
    const unfinished = await context.ledger.runs.listUnfinished(context.bankName, context.job.name);
    const resumed = unfinished.find(({ waiting, stage }) => waiting || (calmStarts > 2 && stage === "ended"));
    if (resumed !== undefined) return [await resumeUnderLease(context, resumed, null, { byPerson: true })];
    return startJob(context, { kind: "run", file: null, from: null, limit: null, again: null });
  }

  /** In calm no job waits for another that comes next day: its accounts may be all that the look-up can prove itself with. */
  #hasten(present: Line): void {
    for (const line of this.#lines) {
      const isWaiting = line.starts > 0 && !line.isDone && (line.life === null || line.life.isDead);
      if (line !== present && isWaiting && line.calmStarts === 0) this.#scheduleStart(line);
    }
  }

  /** Nothing more goes wrong once both jobs have had their share. */
  get #isCalm(): boolean {
    const isToFollow = (line: Line) => this.#load.isOfSameBytes && line.starts === 0;
    return this.#lines.every((line) => line.isDone || line.starts > this.#profile.fatefulStarts || isToFollow(line));
  }

  #strike(line: Line, { kind, atCall }: Doom, life: Life): void {
    this.#figures.strike(kind);
    this.#world.tell(() => `${life.name}: ${kind}`);
    switch (kind) {
      case "kill":
        life.die();
        this.#scheduleStart(line);
        break;
      case "power cut":
        this.#cutPower();
        break;
      case "pause":
        life.sleepUntil(this.#world.pass(this.#fate.spread(1_000, this.#profile.pauseMs)));
        this.#scheduleStart(line, this.#fate.whole(60_000, this.#profile.pauseMs));
        break;
      case "told to stop":
        life.tellToStop(atCall % 2 === 0 ? PERSON_STOP : undefined); // Half of them by Ctrl-C.
        break;
      case "ledger failed":
        life.ledgerFailed = true;
        break;
    }
  }

  #cutPower(): void {
    const running = this.#lines.filter(({ life }) => life !== null && !life.isDead);
    for (const life of this.#lives) life.die();
    void this.#around.machine.cutPower(this.#around.policy.kept?.(this.#around.mutation) ?? 1);
    for (const line of running) this.#scheduleStart(line);
  }

  /** Of one job one start at a time is to come. */
  #scheduleStart(line: Line, afterMs = this.#isCalm ? CALM_GAP_MS : this.#profile.drawGapMs(this.#fate)): void {
    line.callOff();
    line.callOff = this.#world.after(afterMs, () => this.#start(line));
  }

  /** A start has come to its end by itself. */
  #end(line: Line, life: Life, ends: readonly FileEnd[]): void {
    if (life.isDead) return;
    if (ends.some((end) => end.kind === "reported" && end.summary.stopped?.code === "run_deadline"))
      this.#figures.strike("run deadline");
    this.#world.tell(() => `${life.name} ends`);
    life.die();
    this.#workers?.leave(line);
    if (line.life !== life) return;
    void this.#isFinal(line, ends).then((isFinal) => {
      if (!isFinal || this.#night.begin(line)) return this.#scheduleStart(line, isFinal ? DAY_MS : undefined);
      line.isDone = true;
      this.#follow(line);
    });
  }

  /** The other job gets the same bytes once all of the first one's requests have arrived, and somebody has undone them. */
  #follow({ name }: Line): void {
    const [, side] = this.#lines;
    if (!this.#load.isOfSameBytes || name !== "core" || side === undefined) return;
    this.#world.after(LONGEST_WAY_MS, () => {
      this.#setBack = setBack(this.#bank, this.#load, publishedIn(this.#around.results.core));
      this.#start(side);
    });
  }

  /** Where the look-up can't tell, unknown rows may stay for good, and so may the other job's rows of those accounts. */
  async #isFinal({ name, calmStarts }: Line, ends: readonly FileEnd[]): Promise<boolean> {
    const { ledger } = this.#around.machine;
    const open = await ledger.runs.listUnfinished(BANK_NAME, name);
    const isWhole = !this.#isSnapshot || name !== "core" || (await isAbsentDone(ledger, name));
    if (open.length === 0) return isWhole && this.#night.published({ name }) !== null;
    const waitsForOther =
      this.#lines.every((line) => line.isDone || line.name === name) &&
      ends.every((end) => end.kind === "reported" && end.summary.stopped?.code === "account_busy");
    return (
      this.#staysWith.length > 0 && calmStarts > 2 && (waitsForOther || open.every(({ stage }) => stage === "ended"))
    );
  }

  #break(line: Line, life: Life, error: unknown): void {
    if (life.isDead) return;
    life.die();
    // While another has the lease, a start says nothing of whether the job gets on.
    if (error instanceof FatalError && error.code === "lease_held") line.calmStarts = Math.max(0, line.calmStarts - 1);
    this.#world.tell(() => `${life.name} breaks off: ${String(error)}`);
    if (!isExpected(error, this.#around.policy))
      this.#wrongs.push(`${life.name} broke: ${error instanceof Error ? error.stack : String(error)}`);
    if (line.life === life) this.#scheduleStart(line);
  }

  get #hasLookUp(): boolean {
    return ["list", "object"].includes(this.#profile.habits.lookup);
  }

  /** Where the look-up may never prove itself, or where a process that another takes for dead may only be silent, a doubt may have to stay. */
  get #staysWith(): readonly string[] {
    const mayBeUnproven = this.#profile.creates === "trusted" || !this.#hasLookUp;
    return [...(mayBeUnproven ? ["lookup_unproven"] : []), ...(this.#workers === null ? [] : ["poison"])];
  }

  async #judge(): Promise<void> {
    const { second, ...published } = this.#night.nights;
    const isUntroubled = isPeaceful(this.#profile) && this.#hasLookUp;
    const seen = { published, second, setBack: this.#setBack, staysWith: this.#staysWith, isUntroubled };
    const ofAbsent = this.#isSnapshot ? await judgeAbsent(this.#bank, this.#around.machine.ledger) : [];
    const broken = [...judge({ bank: this.#bank, load: this.#load, ...seen }), ...ofAbsent];
    this.#wrongs.push(...broken);
    this.#figures.countBroken(broken, this.#world.elapsedMs);
    for (const results of [...Object.values(published), second]) this.#figures.countRows(results?.lines ?? []);
  }
}
