/** A job that is not valid: each wrong setting by its file and line, whichever setting it is and however the job is written. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { loadJob } from "../../src/cli/load-job.ts";
import { defineJob, type JobInput } from "../../src/job.ts";
import { fatalOf } from "../ledger/builders.ts";
import { WHOLE_JOB } from "../support/whole-job.ts";

const IMPORT = `import { defineJob, extendJob } from ${JSON.stringify(new URL("../../src/job.ts", import.meta.url).href)};`;
const PLACES = `source: { folder: "in" }, results: { folder: "out" }`;

type Path = readonly (string | number)[];

/** The job as text from that line on, a line for each of its parts, with null in place of what is at `wrong`; and their lines by path. */
class Written {
  readonly lines = new Map<string, number>();
  #line: number;

  constructor(firstLine: number) {
    this.#line = firstLine;
  }

  print(value: unknown, wrong: readonly string[], path: Path = []): string {
    this.lines.set(path.join("."), this.#line);
    if (wrong.includes(path.join("."))) return "null";
    if (typeof value !== "object" || value === null || value instanceof RegExp)
      return value instanceof RegExp ? String(value) : JSON.stringify(value);
    const isList = Array.isArray(value);
    const parts = Object.entries(value).map(([key, part]) => {
      this.#line++;
      const name = isList ? "" : `${JSON.stringify(key)}: `;
      return `${name}${this.print(part, wrong, [...path, isList ? Number(key) : key])},`;
    });
    this.#line++;
    const [open, close] = isList ? "[]" : "{}";
    return `${open}\n${parts.join("\n")}\n${close}`;
  }
}

function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null || value instanceof RegExp) return;
  for (const [key, part] of Object.entries(value))
    yield* pathsIn(part, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** Of a choice between objects that look alike, the whole is named. */
const CHOICES = /^(source|results|archive|notify\.\d+|amounts\.\w+)\b/;
/** Null is a value there. */
const TAKES_NULL = /^values\.\w+\./;

describe("a wrong setting", () => {
  let folder: string;
  let count = 0;
  const home = process.cwd();
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "tieout-lines-")));
    await writeFile(join(folder, "package.json"), '{ "name": "mine", "type": "module" }');
    process.chdir(folder);
  });
  after(() => {
    process.chdir(home);
    return rm(folder, { recursive: true, force: true });
  });

  /** What is said of a job file with that text, in place of its name HERE. */
  async function saysOf(text: string, ending = "ts"): Promise<string[]> {
    const file = `job-${++count}.${ending}`;
    await writeFile(join(folder, file), text);
    const { code, message } = await fatalOf(loadJob(file));
    expect(code, message).to.equal("job_invalid");
    return message.split(/; (?=job-)/).map((one) => one.replaceAll(file, "HERE"));
  }

  it("is none in the job that has all settings", () => {
    expect(defineJob(WHOLE_JOB as JobInput).name).to.equal(WHOLE_JOB.name);
  });

  const paths = [...pathsIn(WHOLE_JOB)].filter((path) => !TAKES_NULL.test(path.join(".")));
  for (const [at, path] of paths.entries()) {
    const name = path.join(".");
    it(`${name} is named by its line`, async () => {
      const written = new Written(3);
      const job = written.print(WHOLE_JOB, [name]);
      const text = `${IMPORT}\n\nexport default defineJob(${job}`;
      const [says = "", ...others] = at % 2 ? await saysOf(`${text} as never);`) : await saysOf(`${text});`, "js");
      expect(others).to.deep.equal([]);
      const [, line, setting = "?"] = /^HERE:(\d+): ([\w.-]+): \S/.exec(says) ?? expect.fail(says);
      expect(Number(line)).to.equal(written.lines.get(setting));
      if (CHOICES.test(name)) expect(name.startsWith(setting), setting).to.equal(true);
      else expect(setting).to.equal(name);
    });
  }

  it("is named with all the others, in the order of their lines", async () => {
    const names = Object.keys(WHOLE_JOB);
    const written = new Written(2);
    const says = await saysOf(`${IMPORT}\nexport default defineJob(${written.print(WHOLE_JOB, names)});`);
    expect(says.map((one) => /^HERE:\d+: \w+/.exec(one)?.[0])).to.deep.equal(
      names.map((one) => `HERE:${written.lines.get(one)}: ${one}`),
    );
  });

  const forms: Readonly<Record<string, readonly [string, ...string[]]>> = {
    "in a const": [
      `const job = {\nname: "x", ${PLACES},\nattempts: 0 };\nexport default defineJob(job);`,
      "HERE:4: attempts",
    ],
    "with satisfies": [
      `import type { JobInput } from "none";\nexport default defineJob({\nname: "x", ${PLACES},\nattempts: 0 } satisfies JobInput);`,
      "HERE:5: attempts",
    ],
    "in a part that is a const": [
      `const guards = {\nlimits: {\nclose: { max: "many" } } };\nexport default defineJob({ name: "x", ${PLACES},\nguards: guards.limits });`,
      "HERE:6: guards.close.max",
    ],
    "in a part that is spread": [
      `const slow = {\nattempts: 0 };\nexport default defineJob({ name: "x", ${PLACES},\n...slow });`,
      "HERE:3: attempts",
    ],
    "that a later part takes the place of": [
      `const slow = {\nattempts: 0 };\nexport default defineJob({\nattempts: 5,\n...slow, name: "x", ${PLACES} });`,
      "HERE:3: attempts",
    ],
    "that a part from elsewhere may take the place of": [
      `const slow = JSON.parse('{ "attempts": 0 }');\nexport default defineJob({\nattempts: 5,\n...slow, name: "x", ${PLACES} });`,
      "HERE:3: attempts",
    ],
    "under a computed name": [
      `const key = "attempts";\nexport default defineJob({ name: "x", ${PLACES},\n[key + ""]: 0 });`,
      "HERE:3: attempts",
    ],
    "that is lacking": [`export default defineJob(\n{ name: "x", source: { folder: "in" } });`, "HERE:3: results"],
    "that is misspelt": [
      `export default defineJob({ name: "x", ${PLACES},\nconcurrency: {\nread: 4 },\natempts: 4 });`,
      "HERE:4: concurrency.read: is no setting",
      "HERE:5: atempts: is no setting: did you mean attempts?",
    ],
    "in plain settings": [`export default {\nname: "x", ${PLACES},\nattempts: 0 };`, "HERE:4: attempts"],
    "in a job like another": [
      `const base = defineJob({ name: "x", ${PLACES},\nexpect: { by: "02:30" } });\nexport default extendJob(base, {\nname: "y",\nattempts: 0,\nsource: { folder: "in", repaired: true } });`,
      "HERE:3: expect",
      "HERE:6: attempts",
    ],
    "that a function was given": [
      `const made = (attempts) => defineJob({\nname: "x",\nattempts, ${PLACES} });\n\nexport default made(0);`,
      "HERE:4: attempts",
    ],
    "of the schedule": [
      `export default defineJob({ name: "x", ${PLACES},\nschedule: {\ncron: "2 *",\nzone: "Mars" } });`,
      'HERE:4: schedule.cron: "2 *" is not a cron expression',
      'HERE:5: schedule.zone: "Mars" is not an IANA zone',
    ],
  };
  for (const [what, [text, ...expected]] of Object.entries(forms)) {
    it(`${what} is named by its line, or by that of what it is in`, async () => {
      const says = await saysOf(`${IMPORT}\n${text}`);
      expect(says).to.have.length(expected.length);
      for (const [at, one] of expected.entries()) expect(says[at]?.startsWith(one), says[at]).to.equal(true);
    });
  }

  it("of a job that another file makes is named there", async () => {
    await writeFile(
      join(folder, "base.ts"),
      `${IMPORT}\nexport const base = defineJob({\nname: "x", ${PLACES}, attempts: 0 });`,
    );
    expect(await saysOf('import { base } from "./base.ts";\nexport default base;')).to.match(/^base\.ts:3: attempts: /);
  });
});
