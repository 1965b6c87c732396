/**
 * The files of all scenarios, each with its bank and job, as the matrix plays them. Data only: what becomes of them is what
 * an undisturbed run says, which the scenarios' own tests check.
 */
import { readFileSync } from "node:fs";
import nightlySync from "../../../jobs/nightly-sync.ts";
import samplesJob from "../../../samples/job.ts";
import type { Job, JobInput } from "../../../src/job.ts";
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../../../src/sandbox/state/parse-seed.ts";
import type { SandboxSeed } from "../../../src/sandbox/state/seed.ts";
import { APPLICATIONS_PRECHECKED, NEW_ACCOUNTS } from "../../scenarios/bank-file-rows-applications.ts";
import { CUSTOMER_LOOK_UPS } from "../../scenarios/bank-file-rows-customers.ts";
import { bankFileOf, bankRowsOf, bankSeedOf } from "../../scenarios/bank-file-rows-seed.ts";
import { THEMES } from "../../scenarios/broken-rows.ts";
import { fileOf, rowsOf, seedOf } from "../../scenarios/broken-rows-files.ts";
import * as prechecks from "../../scenarios/precheck.ts";
import * as spreadsheet from "../../scenarios/spreadsheet.ts";
import * as starts from "../../scenarios/starts.ts";
import { fileOfUsers, SEED_OF_USERS, USER_SCENARIOS } from "../../scenarios/users-of-a-bank.ts";
import * as words from "../../scenarios/words.ts";

export interface Case {
  readonly name: string;
  readonly seed: SandboxSeed;
  readonly csv: string;
  readonly job: Partial<JobInput>;
  /** What a row may be instead, once an attempt was in doubt: nobody can tell, and the design says so. */
  readonly inDoubt?: Readonly<Record<string, string>>;
  readonly lookup?: NonNullable<SandboxOptions["lookup"]>;
  /** Nights of snapshots before this one, after which the job's absent accounts have been approved once. */
  readonly before?: readonly string[];
  /** The file of the night before, which nothing disturbs, and what somebody does at the bank after it. */
  readonly nightBefore?: { readonly csv: string; readonly after?: (bank: Sandbox) => void };
  /** What an undisturbed play must show, since it would prove nothing otherwise. */
  readonly shows?: RegExp;
}

const SNAPSHOT = [1, 2, 3, 4, 5, 6];
const snapshotWithout = (...gone: readonly number[]) =>
  `client_account_id,product_name\n${SNAPSHOT.filter((n) => !gone.includes(n))
    .map((n) => `c${n},Card\n`)
    .join("")}`;

const sample = (name: string) => readFileSync(new URL(`../../../samples/${name}`, import.meta.url), "utf8");
const withoutPlaces = ({ source: _, results: __, schedule: ___, name: ____, ...rest }: Job): Partial<JobInput> => rest;

export const BROKEN: readonly Case[] = THEMES.flatMap((theme) => {
  const job = { precheck: true, ...theme.job };
  const wrong = theme.broken.map(([, , cells]) => cells);
  return [
    { name: `${theme.name}: broken rows`, seed: seedOf(theme, wrong.length), csv: fileOf(rowsOf(theme, wrong)), job },
    {
      name: `${theme.name}: sound rows`,
      seed: seedOf(theme, theme.sound.length),
      csv: fileOf(rowsOf(theme, theme.sound)),
      job,
    },
  ];
});

const { entities = [] } = starts.SEED;

/** Its only row cannot be settled: nothing in the file proves the look-up. */
const REFUSED = "tells what the bank refuses";
const OPEN: NonNullable<Case["inDoubt"]> = {
  "2 refused [bank_refused] create=refused": "2 unknown [lookup_unproven] create=unknown",
};

const WORDS: readonly Case[] = words.SCENARIOS.flatMap(({ name, csv, job = {} }) => {
  const one = { name, seed: words.SEED, csv: `${csv.join("\n")}\n`, job };
  if (name !== REFUSED) return [one];
  const proving = `${one.csv}c1,,,Old,,,,,\n`;
  return [
    { ...one, inDoubt: OPEN },
    { ...one, name: `${name}, beside a row that proves the look-up`, csv: proving },
  ];
});

/** In the bank's layout: sound rows first, and broken ones beside them. */
const OWN_IDS: readonly Case[] = [CUSTOMER_LOOK_UPS, NEW_ACCOUNTS, APPLICATIONS_PRECHECKED].map((theme) => ({
  name: theme.name,
  seed: bankSeedOf(theme),
  csv: bankFileOf(bankRowsOf(theme)),
  job: { ...theme.job },
}));

const USERS: readonly Case[] = USER_SCENARIOS.map(({ name, users, job = {} }) => ({
  name: `rows about users ${name}`,
  seed: SEED_OF_USERS,
  csv: fileOfUsers(...users),
  job,
}));

/** The file of one night of eight accounts, and the product that each is to have. */
const night = (day: number, product: (no: number) => string) =>
  [
    "account_id,product_name,effective_at",
    ...starts.MANY.map((id, index) => `${id},${product(index + 1)},2026-01-${10 + day}T00:00:00Z`),
    "",
  ].join("\n");

/** The second night of a job that fetches only what was not tied out, on a quiet bank and on one that has changed everything. */
const SECOND_NIGHTS: readonly Case[] = [false, true].map((hasDrifted) => ({
  name: `a second night, ${hasDrifted ? "fetched after all" : "most of it not fetched"}`,
  seed: starts.SEED_OF_MANY,
  csv: night(1, (no) => (no === 3 ? "Gold" : "Card")),
  job: { skipUnchangedFor: "25h" },
  shows: hasDrifted ? /^(\d \w+ \[\] patch=applied ?){8}$/ : /(\d skipped \[not_fetched\].*){6}/,
  nightBefore: {
    csv: night(0, () => "Card"),
    ...(hasDrifted && {
      after: ({ accounts }: Sandbox) => {
        for (const { details } of accounts.values()) if (details) details.product_name = "Drifted";
      },
    }),
  },
}));

/** All but the files of broken rows, of which there are many. */
export const CASES: readonly Case[] = [
  ...WORDS,
  ...OWN_IDS,
  ...USERS,
  { name: "patches of four accounts", seed: starts.SEED, csv: starts.PATCHES, job: {} },
  { name: "a guard over patches", seed: starts.SEED, csv: starts.PATCHES, job: { guards: { patch: { max: 3 } } } },
  ...SECOND_NIGHTS,
  { name: "creates on an empty bank", seed: { entities }, csv: starts.creates(1, 5), job: {} },
  {
    name: "creates without a list",
    seed: { entities },
    csv: starts.creates(1, 3),
    job: { creates: "first_alone" },
    lookup: "object",
  },
  ...(["absent", "ignores_filter", "html"] as const).map((lookup) => ({
    name: `a look-up that is ${lookup}`,
    seed: starts.SEED,
    csv: starts.creates(1, 2),
    job: {},
    lookup,
  })),
  { name: "new underwritten accounts", seed: prechecks.SEED, csv: prechecks.rowsFrom(8), job: prechecks.PRECHECK },
  {
    name: "a snapshot with absent accounts",
    seed: { accounts: SNAPSHOT.map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) },
    before: [snapshotWithout(), snapshotWithout(1)],
    csv: `${snapshotWithout(1, 2, 4)}`.replace("c6,Card", "c6,Gold"),
    job: { mode: "snapshot", absent: { do: "close", reason: "canceled" }, guards: { absent: { floor: 3 } } },
  },
  { name: "cells a spreadsheet acts on", seed: spreadsheet.SEED, csv: spreadsheet.CSV, job: {} },
  ...(["accounts", "bank-layout"] as const).map((name) => ({
    name: `samples/${name}.csv`,
    seed: parseSeed(sample("seed.json"), "seed.json"),
    csv: sample(`${name}.csv`),
    job: withoutPlaces(name === "accounts" ? samplesJob : nightlySync),
  })),
];
