/** A job file that cannot be loaded: one line with the place, and what to write instead; and which files a name finds. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { importJob } from "../../src/cli/import-job.ts";
import { loadJob, loadJobs } from "../../src/cli/load-job.ts";
import { fatalOf } from "../ledger/builders.ts";
import { runTieout } from "../support/tieout.ts";

const IMPORT = `import { defineJob } from ${JSON.stringify(new URL("../../src/job.ts", import.meta.url).href)};`;
const JOB = `${IMPORT}\nexport default defineJob({ name: "x", source: { folder: "in" }, results: { folder: "out" } });\n`;
const TWICE = `${IMPORT}\n\nexport default defineJob({ name: "x",, });\n`;

interface Wrong {
  readonly file: string;
  readonly text: string;
  /** The `type` of package.json. */
  readonly type?: string;
  /** After the file, `cannot be loaded: `; HERE stands for the folder. */
  readonly says: RegExp;
}

const WRONGS: Readonly<Record<string, Wrong>> = {
  "a syntax error in TypeScript": {
    file: "job.ts",
    text: TWICE,
    says: /^Unexpected token .*, at HERE\/job\.ts:3; correct the job file$/,
  },
  "a syntax error in JavaScript": {
    file: "job.js",
    text: TWICE,
    says: /^Unexpected token .*, at HERE\/job\.js:3; correct the job file$/,
  },
  "a syntax error in a file with its own type": {
    file: "job.mjs",
    text: TWICE,
    type: "commonjs",
    says: /^Unexpected token .*, at HERE\/job\.mjs:3; /,
  },
  "a name that is not defined": {
    file: "job.ts",
    text: JOB.replace('"x"', "nope"),
    says: /^nope is not defined, at HERE\/job\.ts:2; /,
  },
  "an export that is not there": {
    file: "job.ts",
    text: JOB.replace("{ defineJob }", "{ definedJob }"),
    says: /does not provide an export named 'definedJob', at HERE\/job\.ts:1; /,
  },
  "TypeScript that is more than types": {
    file: "job.ts",
    text: `enum A {}\n${JOB}`,
    says: /enum is not supported .*, at HERE\/job\.ts:1; write it without enum/,
  },
  "a module in a package of CommonJS": {
    file: "job.ts",
    text: JOB,
    type: "commonjs",
    says: /at HERE\/job\.ts:1; add "type": "module" to HERE\/package\.json, or name the file job\.mts$/,
  },
  "a module with the ending of CommonJS": {
    file: "job.cjs",
    text: JOB,
    says: /; name the file job\.mjs$/,
  },
  "a package that is not installed": {
    file: "job.ts",
    text: 'import { defineJob } from "tieout";\n',
    says: /^Cannot find package 'tieout' .*; install the package there: npm install --prefix HERE …\/tieout-<version>\.tgz$/,
  },
};

describe("a job file", () => {
  let folder: string;
  const home = process.cwd();
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "tieout-job-")));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(home);
    return rm(folder, { recursive: true, force: true });
  });

  for (const [what, { file, text, type = "module", says }] of Object.entries(WRONGS)) {
    it(`with ${what} is refused in one line, with the place and the way out`, async () => {
      await writeFile(join(folder, "package.json"), JSON.stringify({ name: "mine", type }));
      await writeFile(join(folder, file), text);
      const { code, message, hint } = await fatalOf(importJob(join(folder, file)));
      expect(code).to.equal("job_invalid");
      const line = `${message}; ${hint}`.replaceAll(folder, "HERE");
      const [, why] = /^HERE\/job\.\w+ cannot be loaded: ([^\n]*)$/.exec(line) ?? expect.fail(line);
      expect(why).to.match(says);
    });
  }

  it("is not a file of rows, nor a folder: the line says where rows are given", async () => {
    await writeFile(join(folder, "rows.csv"), "account_id\n");
    for (const path of [join(folder, "rows.csv"), folder]) {
      const { code, message, hint } = await fatalOf(importJob(path));
      expect([code, message]).to.deep.equal(["job_invalid", `${path} is no job file`]);
      expect(hint).to.contain("rows are given by --file");
    }
  });

  it("that Node warns of gets a line of the log for it, and one line at the end", async () => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "mine", type: "commonjs" }));
    await writeFile(join(folder, "job.ts"), JOB);
    const { code, err } = await runTieout(["plan", "job.ts"], {}, folder);
    expect(code, err).to.equal(2);
    const [last = "", ...before] = err.trimEnd().split("\n").reverse();
    expect(last).to.match(/^tieout: .* add "type": "module" to /);
    for (const line of before) expect(JSON.parse(line)).to.include({ level: "warn" });
  });

  it("is found by its name with any of four endings, and not when two files have it", async () => {
    await mkdir(join(folder, "jobs"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "mine", type: "module" }));
    for (const ending of ["ts", "mts", "js", "mjs"]) {
      await writeFile(join(folder, "jobs", `by-${ending}.${ending}`), JOB);
      expect((await loadJob(`by-${ending}`)).path).to.equal(join(folder, "jobs", `by-${ending}.${ending}`));
    }
    expect((await loadJobs([])).map(({ path }) => path)).to.have.length(4);
    await writeFile(join(folder, "jobs", "types.d.mts"), "");
    const unknown = await fatalOf(loadJob("none"));
    expect(unknown.message).to.match(/looked for \S+jobs\/none\.ts, \.mts, \.js, \.mjs\)$/);
    expect(unknown).to.include({
      code: "job_not_found",
      hint: "name one of by-js, by-mjs, by-mts, by-ts, or give a path",
    });
    await writeFile(join(folder, "jobs", "by-ts.mjs"), JOB);
    const both = await fatalOf(loadJob("by-ts"));
    expect(both.message).to.match(/^job by-ts is both \S+by-ts\.ts and \S+by-ts\.mjs$/);
    expect((await loadJob("jobs/by-ts.mjs")).path).to.equal(join(folder, "jobs", "by-ts.mjs"));
  });

  it("is the same job in the next version of a ConfigMap that Kubernetes mounts, and another one in another file", async () => {
    await mkdir(join(folder, "jobs"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "mine", type: "module" }));
    const marks: string[] = [];
    for (const version of ["..2026_11_29_02_00_00.1234567", "..2026_12_01_09_30_00.7654321"]) {
      await mkdir(join(folder, "jobs", version));
      for (const name of ["n.ts", "m.ts"]) await writeFile(join(folder, "jobs", version, name), JOB);
      await rm(join(folder, "jobs/..data"), { force: true });
      await symlink(version, join(folder, "jobs/..data"));
      for (const name of ["n.ts", "m.ts"]) {
        await rm(join(folder, "jobs", name), { force: true });
        await symlink(`..data/${name}`, join(folder, "jobs", name));
        marks.push((await loadJob(`jobs/${name}`)).mark);
      }
    }
    expect(marks).to.deep.equal(["mine: jobs/n.ts", "mine: jobs/m.ts", "mine: jobs/n.ts", "mine: jobs/m.ts"]);
  });
});
