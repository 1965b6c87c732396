/**
 * The house, held: imports point one way, the outside world has one door each, and files stay short.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAX_LINES = 300;

const GROUND =
  "account batch change-keys instant clock back-off program-name zone-instant time-of-day schedule-settings expect-settings calendar due-day duration-ms skip-settings snapshot-settings text errors log notify-settings store".split(
    " ",
  );
/** What only a job needs. */
const OF_JOB =
  "retention-settings completeness-settings shape-settings read-settings source-settings archive-settings".split(" ");
const STAGES = [...GROUND, "read", "plan", "bank", "apply", "report", ...OF_JOB, "job"];

/** Place in src/ → the places that it may import, itself apart. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  account: [],
  batch: [],
  "change-keys": [],
  instant: [],
  clock: [],
  "back-off": [],
  "program-name": [],
  "zone-instant": [],
  "time-of-day": ["zone-instant"],
  "schedule-settings": ["time-of-day"],
  "expect-settings": ["time-of-day", "zone-instant"],
  "duration-ms": [],
  "skip-settings": ["duration-ms"],
  calendar: ["expect-settings"],
  "due-day": ["calendar", "expect-settings", "schedule-settings", "zone-instant"],
  "snapshot-settings": [],
  text: [],
  errors: ["text"],
  log: ["errors"],
  "notify-settings": ["errors"],
  store: ["text", "errors"],
  read: GROUND,
  plan: [...GROUND, "read"],
  bank: GROUND,
  apply: [...GROUND, "read", "plan", "bank"],
  report: [...GROUND, "read", "plan", "bank", "apply"],
  "retention-settings": ["duration-ms", "plan"],
  "archive-settings": ["store", "source-settings"],
  "completeness-settings": ["read"],
  "shape-settings": ["read", "time-of-day", "zone-instant"],
  "read-settings": [...GROUND, "read", "completeness-settings", "shape-settings"],
  "source-settings": ["store", "read-settings"],
  job: [...GROUND, "read", "plan", "bank", "apply", "report", ...OF_JOB],
  ledger: STAGES,
  run: [...STAGES, "ledger"],
  alarm: [...STAGES, "ledger", "run"],
  monitor: [...STAGES, "ledger", "run"],
  workers: [...STAGES, "ledger", "run"],
  schedule: [...STAGES, "ledger", "run", "alarm"],
  rehearse: [...STAGES, "ledger", "run", "sandbox"],
  doctor: [...STAGES, "ledger", "run", "schedule"],
  cli: [...STAGES, "ledger", "run", "alarm", "monitor", "workers", "schedule", "rehearse", "doctor", "sandbox"],
  sandbox: ["account"],
};

/**
 * Folder → its rooms (`text/`) and files, the ground first: a line may import from its own floor and from those before it. Files that
 * are not named here stand on all rooms.
 */
const ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  read: [
    ["csv-row", "change", "reading", "columns", "layouts", "shapes", "cell-fault"],
    ...["text/", "shape/", "totals/", "csv/", "header/", "row/", "repaired/", "file/"].map((room) => [room]),
  ],
  plan: [["operation", "actual"], ["diff/"]],
  bank: [
    ["call-times"],
    ["bank-api", "transport", "error-body", "who-answered", "secrets", "classify", "find-unsendable", "answers"],
    ["transport/"],
  ],
  ledger: [
    ["run", "fetching", "stored-change", "page", "near-id", "audit", "audit-hash"],
    [
      ...["accounts", "alarms", "balance", "banks", "chunks", "claims", "controls", "facts", "files", "filings"],
      ...["finds", "folds", "guards", "jobs", "known-runs", "leases", "lineage", "retention", "integrity"],
      ...["near", "operations", "pace", "schedules", "snapshots", "tied-out", "user-times"],
      ...["rows-of-account"],
    ],
    ["changes", "own-ids", "plans", "rows", "runs", "selection"],
    ["ledger"],
    ["sql/"],
    ["sqlite/", "postgres/"],
    ["copy/"],
  ],
  run: [
    [
      ...[
        "context",
        "check-values",
        "content-of",
        "tie-out",
        "job-sha256",
        "next-rates",
        "audit-entry",
        "run-sight",
        "stop",
      ],
      ...["clock-skew", "run-in-hand", "failure", "fetch-actual", "abandoned", "lease"],
      ...["pages", "find-named-run", "overtaken-users", "open-rows", "window", "facts", "desired-of", "list-named-ids"],
      ...["own-ids", "batches", "one-row", "look-up", "count-instants", "fold-changes", "watch-stop"],
      ...["steer-run", "ranges", "sources"],
    ],
    ["snapshot/"],
    ["report/", "outlook"],
    ["read/"],
    ["plan/"],
    ["apply/"],
    ["work-on-range", "find-freeze", "take-in-hand"],
    ["read-ids", "guard-phase", "carry-run"],
    ["start/"],
    ["after/"],
  ],
  cli: [
    [
      ...["read-named-file", "read-network", "environment", "actor", "since-ms", "stop-at"],
      ...["ledger-place", "open-queue", "tieout-version", "own-package", "without-reason"],
      ...["check-command-line", "fault-file", "import-job", "keep-alarms", "load-job"],
      ...["open-in-browser", "fetch-by-proxy", "find-setting-lines", "place-settings", "pipe-to-command"],
      ...["work-folder"],
    ],
    ["load-scheduled", "edited-jobs", "output/"],
    ["session", "find-run", "open-context", "open-monitor", "tell", "clear-offline", "throw-away", "with-context"],
    ["commands/"],
  ],
  sandbox: [["answer"], ["state/"], ["calls/"], ["server/", "bucket/"]],
};

/** Module → the only files in src/ that import it. */
const DOORS: readonly { readonly module: RegExp; readonly files: RegExp }[] = [
  { module: /^@(aws-sdk|smithy)\//, files: /^src\/store\/[a-z0-9-]+-(store|client|probe|object)\.ts$/ },
  {
    module: /^(undici|(node:)?https?)$/,
    files:
      /^src\/(bank\/transport\/(lanes|exchange|open-connector)|store\/open-s3-client|monitor\/serve-monitor|cli\/fetch-by-proxy|sandbox\/bucket\/[a-z0-9-]+)\.ts$/,
  },
  { module: /^node:child_process$/, files: /^src\/cli\// },
  { module: /^prom-client$/, files: /^src\/monitor\// },
  { module: /^node:sqlite$/, files: /^src\/ledger\/sqlite\// },
  { module: /^pg$/, files: /^src\/ledger\/postgres\// },
  { module: /^pg-boss$/, files: /^src\/workers\/(chunk|start)-queue\.ts$/ },
  { module: /^fastify$/, files: /^src\/sandbox\// },
  { module: /^acorn$/, files: /^src\/cli\/find-setting-lines\.ts$/ },
  { module: /^commander$/, files: /^src\/cli\// },
  { module: /^winston$/, files: /^src\/cli\/output\/open-winston\.ts$/ },
  { module: /^node-cron$/, files: /^src\/schedule\// },
  { module: /^(node:)?process$/, files: /^src\/cli\// },
];

interface Import {
  readonly file: string;
  /** As written. */
  readonly module: string;
  /** From the root, for a file of the project. */
  readonly target: string | null;
  /** What is imported as a value, by name; none for types. */
  readonly values: readonly string[];
}

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`)
    .sort();
}

const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");
function importsOf(file: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s)?(?:([^;"]*?)\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...textOf(file).matchAll(statements)].map(([, type, clause = "", fixed, lazy]) => {
    const module = fixed ?? lazy ?? "";
    const target = module.startsWith(".") ? relative(ROOT, join(ROOT, dirname(file), module)) : null;
    const names = clause
      .replace(/[{}]/g, "")
      .split(",")
      .map((name) => name.trim());
    const values = type ? [] : names.filter((name) => name !== "" && !name.startsWith("type "));
    return { file, module, target, values };
  });
}

/** `src/read/fold.ts` → `read`, `src/job.ts` → `job`. */
const placeOf = (file: string) => (file.split("/")[1] ?? "").replace(/\.ts$/, "");

/** How high a file stands in its folder, counted from the ground. */
function floorOf(file: string): number {
  const [, folder = "", first = "", ...deeper] = file.split("/");
  const rooms = ROOMS[folder] ?? [];
  const name = deeper.length > 0 ? `${first}/` : first.replace(/\.ts$/, "");
  const floor = rooms.findIndex((names) => names.includes(name));
  return floor < 0 ? rooms.length : floor;
}

const show = ({ file, module }: Import) => `${file} → ${module}`;

const source = filesOf("src");
const imports = source.flatMap(importsOf);

describe("the house", () => {
  it("finds the source and its imports, or the rest of this file would prove nothing", () => {
    expect(source).to.include("src/run/carry-run.ts");
    expect(new Set(source.map(placeOf))).to.deep.equal(new Set(Object.keys(MAY_IMPORT)));
    expect(imports.map(show)).to.include.members([
      "src/store/s3-store.ts → @aws-sdk/client-s3",
      "src/bank/transport/lanes.ts → undici",
      "src/ledger/sqlite/open-database.ts → node:sqlite",
      "src/cli/commands/sandbox-command.ts → ../../sandbox/start-sandbox.ts",
    ]);
  });

  it("imports one way", () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target === null) return false;
      const [from, to] = [placeOf(file), placeOf(target)];
      return !target.startsWith("src/") || (from !== to && !MAY_IMPORT[from]?.includes(to));
    });
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it("imports one way within a folder too", () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target === null || placeOf(file) !== placeOf(target)) return false;
      return floorOf(target) > floorOf(file);
    });
    expect(wrong.map(show)).to.deep.equal([]);
    const named = Object.entries(ROOMS).flatMap(([folder, rooms]) =>
      rooms.flat().map((room) => `src/${folder}/${room}`),
    );
    const isThere = (place: string) =>
      source.some((file) => file === `${place}.ts` || (place.endsWith("/") && file.startsWith(place)));
    expect(named.filter((place) => !isThere(place))).to.deep.equal([]);
  });

  it("takes only types and lists of words of the stages into the ledger, never functions", () => {
    const fromStages = imports.filter(
      ({ file, target }) =>
        placeOf(file) === "ledger" && target !== null && !["ledger", ...GROUND].includes(placeOf(target)),
    );
    expect(fromStages).to.not.have.lengthOf(0);
    const wrong = fromStages.filter(({ values }) => values.some((name) => !/^[A-Z][A-Z_]+$/.test(name)));
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it("has one door to each part of the outside world", () => {
    const wrong = imports.filter(({ file, module }) =>
      DOORS.some((door) => door.module.test(module) && !door.files.test(file)),
    );
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it("touches process in cli/ only", () => {
    const withoutComments = (file: string) => textOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    const touching = (pattern: RegExp) => source.filter((file) => pattern.test(withoutComments(file)));
    const outside = touching(/\bprocess(\?\.\s*|\s*\.\s*)[a-zA-Z]|\bprocess\[/).filter(
      (file) => placeOf(file) !== "cli",
    );
    expect(outside).to.deep.equal([]);
  });

  it("makes figures for people in counted.ts: none is put before its noun, or given separators, elsewhere", () => {
    const noun = "(bytes|rows|files|columns|cells|accounts|entities|calls|operations|minutes|times|runs|more(?! than))";
    const bare = new RegExp(`\\$\\{(?!counted\\(|grouped\\()[^{}]*\\} ${noun}\\b|toLocaleString`);
    const lines = source
      .filter((file) => placeOf(file) !== "sandbox" && file !== "src/text/counted.ts")
      .flatMap((file) =>
        textOf(file)
          .split("\n")
          .map((line) => `${file}: ${line.trim()}`),
      );
    expect(lines.filter((line) => bare.test(line))).to.deep.equal([]);
  });

  it("lets jobs import job.ts and other jobs only", () => {
    const wrong = filesOf("jobs")
      .flatMap(importsOf)
      .filter(({ target }) => target !== "src/job.ts" && !target?.startsWith("jobs/"));
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it("keeps every file at 300 lines or fewer, and opens it with what it is", () => {
    const all = [...source, ...filesOf("test"), ...filesOf("jobs")];
    const long = all.filter((file) => textOf(file).split("\n").length - 1 > MAX_LINES);
    expect(long).to.deep.equal([]);
    expect(all.filter((file) => !textOf(file).startsWith("/**"))).to.deep.equal([]);
  });
});
