/**
 * The year 2027 of six schedules, in virtual time: their starts, and the alarms about their files, are exactly those that are written down here.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { defineJob, type JobInput } from "../../src/job.ts";
import { BANK } from "../ledger/builders.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { type VirtualFile, VirtualYear } from "./virtual-year.ts";

const at = (text: string) => Date.parse(`2027-${text}Z`);
const DAY_MS = 86_400_000;

const job = (name: string, schedule: JobInput["schedule"], more: Partial<JobInput> = {}) =>
  defineJob({
    name,
    source: { bucket: "in", prefix: `${name}/`, pattern: /-(?<sequence>\d+)\.csv$/ },
    results: { folder: "out" },
    schedule,
    ...more,
  });

const CHICAGO = job(
  "chicago",
  {
    cron: "30 2 * * *",
    zone: "America/Chicago",
    blackout: [{ from: "2027-12-24T18:00", to: "2027-12-27T03:00", slots: "skip", reason: "year end" }],
  },
  {
    expect: {
      by: "02:15",
      days: "federal-reserve-business-days",
      holidays: { add: ["2027-12-24"], leaveOut: ["2027-11-11"] },
      sequence: true,
      rows: [900, 1_500],
    },
  },
);
const AUCKLAND = job("auckland", { cron: "15 2 * * *", zone: "Pacific/Auckland" }, { expect: { by: "02:00" } });
const BERLIN = job("berlin", { cron: "30 2 * * *", zone: "Europe/Berlin" });
const KOLKATA = job("kolkata", { cron: "0 */6 * * *", zone: "Asia/Kolkata" });
const SAO_PAULO = job("sao-paulo", { cron: "0 3 1,15 * *", zone: "America/Sao_Paulo" });
const HOURLY = job("hourly", { cron: "0 * * * *", zone: "America/Chicago" });
const JOBS = [CHICAGO, AUCKLAND, BERLIN, KOLKATA, SAO_PAULO, HOURLY];

/** Weekdays on which no file comes to Chicago: the Reserve Banks are closed, or, on 24 December, the job says so. It has one on 11 November. */
const HOLIDAYS = "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-25 12-24".split(" ");

/** From the first day to the last, at that time of each, in UTC. */
function daily(from: string, to: string, ...times: readonly string[]): string[] {
  const days: string[] = [];
  for (let dayMs = at(from); dayMs <= at(to); dayMs += DAY_MS)
    for (const time of times) days.push(`${new Date(dayMs).toISOString().slice(5, 10)} ${time}`);
  return days;
}

/** One file for each business day of Chicago at 01:00 there, numbered from 1; then what went wrong. */
function filesOfChicago(): VirtualFile[] {
  const days = daily("01-01", "12-31", "").map((day) => day.trim());
  const open = days.filter((day) => new Date(at(day)).getUTCDay() % 6 !== 0 && !HOLIDAYS.includes(day));
  const fileOf = (day: string, number: number): VirtualFile => {
    const isSummer = day > "03-14" && day < "11-07";
    return { key: `chicago/accounts-${number}.csv`, atMs: at(`${day}T${isSummer ? "06:00" : "07:00"}`), rows: 1_000 };
  };
  const files = new Map(open.map((day, before) => [day, fileOf(day, before + 1)]));
  const change = (day: string, changed: Partial<VirtualFile>) => {
    const file = files.get(day);
    if (file === undefined) throw new Error(`no file on ${day}`);
    files.set(day, { ...file, ...changed });
    return file;
  };
  // Missing, and its number with it.
  files.delete("01-20");
  change("02-23", { atMs: at("02-23T09:05") });
  const doubled = change("04-13", {});
  // Swapped.
  const [first, second] = [change("05-18", {}), change("05-19", {})];
  change("05-18", { key: second.key });
  change("05-19", { key: first.key });
  // An outage of the sender: three files at once, on the third day.
  change("07-13", { atMs: at("07-15T12:00") });
  change("07-14", { atMs: at("07-15T12:01") });
  change("07-15", { atMs: at("07-15T12:02") });
  change("09-14", { rows: 100 });
  change("10-19", { rows: 1_501 });
  // Late while no process of ours is there.
  change("11-17", { atMs: at("11-17T10:00") });
  const again = { ...doubled, key: doubled.key.replace("accounts-", "accounts-again-"), atMs: at("04-13T10:00") };
  return [...files.values(), again];
}

/** One file for each day of Auckland, at 01:30 there or so. */
function filesOfAuckland(): VirtualFile[] {
  const times = new Map([
    ["04-03", "13:20"],
    ["09-25", "15:00"],
  ]);
  return daily("01-01", "12-31", "").map((text, number) => {
    const day = text.trim();
    const time = times.get(day) ?? "12:30";
    return { key: `auckland/accounts-${number}.csv`, atMs: at(`${day}T${time}`), rows: 1 };
  });
}

/** In UTC. Chicago's bank was away on 8 June until 08:20, and no process of ours was there from 10 to 12 February and from 16 to 18 November. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  chicago: [
    ...daily("01-01", "02-09", "08:30"),
    "02-12 12:15",
    // Daylight saving begins on 14 March; 02:30 is jumped over, and is 03:30.
    ...daily("02-13", "03-14", "08:30"),
    ...daily("03-15", "06-07", "07:30"),
    ...["07:30", "07:35", "07:40", "07:45", "07:50", "07:55", "08:00", "08:05", "08:10", "08:15", "08:20"].map(
      (time) => `06-08 ${time}`,
    ),
    // It ends on 7 November.
    ...daily("06-09", "11-06", "07:30"),
    ...daily("11-07", "11-15", "08:30"),
    "11-18 12:15",
    ...daily("11-19", "12-24", "08:30"),
    // 25 to 27 December are in the blackout.
    ...daily("12-28", "12-31", "08:30"),
  ],
  auckland: [
    ...daily("01-01", "02-09", "13:15"),
    // Daylight saving ends on 4 April; 02:15 is there twice, and the first one counts.
    ...daily("02-12", "04-03", "13:15"),
    // It begins on 26 September; 02:15 is jumped over, and is 03:15.
    ...daily("04-04", "09-25", "14:15"),
    ...daily("09-26", "11-15", "13:15"),
    ...daily("11-18", "12-31", "13:15"),
  ],
  berlin: [
    ...daily("01-01", "02-10", "01:30"),
    ...daily("02-13", "03-28", "01:30"),
    // 02:30 is there twice on 31 October.
    ...daily("03-29", "10-31", "00:30"),
    ...daily("11-01", "11-16", "01:30"),
    ...daily("11-19", "12-31", "01:30"),
  ],
  kolkata: [
    ...daily("01-01", "02-09", "00:30", "06:30", "12:30", "18:30"),
    "02-10 00:30",
    ...["02-12 12:15", "02-12 12:30", "02-12 18:30"],
    ...daily("02-13", "11-15", "00:30", "06:30", "12:30", "18:30"),
    "11-16 00:30",
    ...["11-18 12:15", "11-18 12:30", "11-18 18:30"],
    ...daily("11-19", "12-31", "00:30", "06:30", "12:30", "18:30"),
  ],
  "sao-paulo": ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"].flatMap((month) => [
    `${month}-01 06:00`,
    `${month}-15 06:00`,
  ]),
};

/** What each is about, since when, and until when, in UTC. */
const ALARMS: readonly string[] = [
  // The file of 20 January never comes. Nobody waits longer than 40 days.
  "chicago late 2027-01-20: 01-20 08:15 to 01-20 20:15",
  "chicago missing 2027-01-20: 01-20 20:15 to 03-01 08:15",
  "chicago gap 12: 01-21 07:10 to 03-02 08:15",
  "chicago late 2027-02-23: 02-23 08:15 to 02-23 09:05",
  "auckland late 2027-04-04: 04-03 13:00 to 04-03 13:20",
  "chicago doubled 70: 04-13 10:00 to 04-14 06:00",
  "chicago gap 95: 05-18 06:10 to 05-19 06:00",
  "chicago out_of_order 95: 05-19 06:00 to 05-20 06:00",
  "chicago late 2027-07-13: 07-13 07:15 to 07-13 19:15",
  "chicago missing 2027-07-13: 07-13 19:15 to 07-15 12:02",
  "chicago late 2027-07-14: 07-14 07:15 to 07-14 19:15",
  "chicago missing 2027-07-14: 07-14 19:15 to 07-15 12:01",
  "chicago late 2027-07-15: 07-15 07:15 to 07-15 12:00",
  "chicago too_small chicago/accounts-177.csv: 09-14 07:30 to 09-15 07:30",
  // By 02:00, which the clock jumps over that day.
  "auckland late 2027-09-26: 09-25 14:00 to 09-25 15:00",
  "chicago too_large chicago/accounts-201.csv: 10-19 07:30 to 10-20 07:30",
  "chicago late 2027-11-17: 11-17 08:15 to 11-17 10:00",
];

describe("the year 2027, in virtual time", function () {
  this.timeout(120_000);
  let folder: string;
  let year: VirtualYear;
  const alarms: string[] = [];
  const short = (ms: number) => new Date(ms).toISOString().slice(5, 16).replace("T", " ");

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-year-"));
    const files = new Map([
      ["chicago", filesOfChicago()],
      ["auckland", filesOfAuckland()],
    ]);
    const isDown = (name: string, atMs: number) =>
      name === "chicago" && atMs >= at("06-08T07:00") && atMs < at("06-08T08:20");
    await using ledger = await openTestLedger(join(folder, "ledger.sqlite"), { durable: false });
    year = new VirtualYear(at("01-01T00:00"), ledger, files, isDown);
    await year.run(JOBS, at("02-10T05:45"));
    await year.pass(at("02-12T12:15"));
    await year.run(JOBS, at("11-16T05:45"));
    await year.pass(at("11-18T12:15"));
    await year.run(JOBS, at("12-31T23:59"));
    for (const { job: name, kind, subject, sinceMs, clearedAtMs } of await ledger.alarms.list({ bank: BANK }, 0, 1_000))
      alarms.push(
        `${name} ${kind} ${subject}: ${short(sinceMs)} to ${clearedAtMs === null ? "now" : short(clearedAtMs)}`,
      );
  });
  after(() => rm(folder, { recursive: true }));

  for (const [name, starts] of Object.entries(STARTS))
    it(`has exactly these starts in ${name}`, () => {
      expect(year.starts.get(name)?.map(short)).to.deep.equal(starts);
    });

  it("has a start in each hour of an hourly rhythm, also when the clock is changed, but for the outages", () => {
    const hours = [
      ...Array.from(
        { length: (at("02-10T05:00") - at("01-01T00:00")) / 3_600_000 },
        (_, n) => at("01-01T01:00") + n * 3_600_000,
      ),
      at("02-12T12:15"),
      ...Array.from(
        { length: (at("11-16T05:00") - at("02-12T12:00")) / 3_600_000 },
        (_, n) => at("02-12T13:00") + n * 3_600_000,
      ),
      at("11-18T12:15"),
      ...Array.from(
        { length: (at("12-31T23:00") - at("11-18T12:00")) / 3_600_000 },
        (_, n) => at("11-18T13:00") + n * 3_600_000,
      ),
    ];
    expect(year.starts.get("hourly")?.map(short)).to.deep.equal(hours.map(short));
  });

  it("has exactly these alarms, each raised once and cleared once", () => {
    expect(alarms.toSorted()).to.deep.equal(ALARMS.toSorted());
  });
});
