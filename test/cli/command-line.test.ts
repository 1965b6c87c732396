/** Command lines that cannot be meant: each ends with 2 and one line that says what to write instead; nothing is opened. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CommanderError } from "commander";
import { buildProgram, usageError } from "../../src/cli/program.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("a command line", () => {
  let folder: string;
  const env = { LEAD_API_URL: "http://127.0.0.1:9", LEAD_CLIENT_ID: "us", LEAD_CLIENT_SECRET: "s3cret" };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-line-"));
    await mkdir(join(folder, "jobs"));
    await mkdir(join(folder, "in"));
    const write = (name: string, more: string) =>
      writeFile(
        join(folder, `jobs/${name}.ts`),
        `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "${name}", source: { folder: "in" }, results: { folder: "out" }, ${more} });\n`,
      );
    await write("plain", "");
    await write("nightly", 'schedule: { cron: "0 2 * * *" }');
    await writeFile(join(folder, "a.csv"), "account_id,product_name\naccount_1,New\n");
    await writeFile(join(folder, "seed.json"), "[]");
    await writeFile(join(folder, "empty.txt"), "\n \n");
    spawnSync("mkfifo", [join(folder, "pipe")]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const AT_ONCE: readonly (readonly [args: string, line: RegExp])[] = [
    ["run", /^missing required argument 'job'; see tieout run --help$/],
    ["run plain a.csv", /^too many arguments for 'run'.*; see tieout run --help$/],
    ["run plain --limt 3", /^unknown option '--limt' \(Did you mean --limit\?\); see tieout run --help$/],
    ["run plain --limit abc", /^--limit abc is not a whole number from 1; give one, such as --limit 10$/],
    ["run plain --limit 1e3", /^--limit 1e3 is not a whole number/],
    ["run plain --limit 0", /^--limit 0 is not a whole number/],
    ["resume --limit -1", /^--limit -1 is not a whole number/],
    ["runs --limit 99999999999999999999", /^--limit 9+ is not a whole number/],
    ["explain last --row 1.5", /^--row 1.5 is not a whole number/],
    ["explain last", /^no row is named; give one of --row, --account and --code; see tieout explain --help$/],
    [
      "explain last --row 7 --code guard",
      /^--row and --code are given together; give one of --row, --account and --code$/,
    ],
    ["run plain --reason why", /^--reason is given without --again; add --again, /],
    ["plan plain --reason why", /^--reason is given without --again/],
    ["run plain --again", /^--again is given without --reason; add --reason "…"/],
    ["run plain --again --reason ''", /^--reason is empty/],
    ["run plain --file a.csv --from a.csv", /^--file and --from are given together; --file takes one file/],
    ["validate plain --from a.csv --file a.csv", /^--file and --from are given together/],
    ["rehearse plain --from a.csv --file a.csv", /^--file and --from are given together/],
    ["run plain --file a.csv --file b.csv", /^--file is given more than once; give it once/],
    ["run plain --sample 0", /^--sample 0 is not a whole number/],
    ["run plain --file ''", /^--file is empty; give it a value; a variable of your shell may not be set$/],
    ["run ''", /^an argument is empty/],
    ["run plain --file <here>/in", /^--file <here>\/in is a folder; name one file in it$/],
    ["plan plain --file <here>", /^--file <here> is a folder/],
    ["run plain --file <here>/pipe", /^--file <here>\/pipe is not a regular file/],
    ["run plain --file s3://bucket", /^--file s3:\/\/bucket is not a file in a bucket/],
    ["run plain --output xml", /^option '--output <form>' argument 'xml' is invalid.* text, json; see tieout run/],
  ];
  for (const [args, line] of AT_ONCE) {
    itWhole(`says before anything is opened what is wrong with: tieout ${args}`, async () => {
      const words = (args.match(/''|\S+/g) ?? []).map((word) => word.replace("''", "").replace("<here>", folder));
      const open = () => Promise.reject(new Error("opened"));
      const program = buildProgram(open, () => expect.fail("done"));
      const error = await program.parseAsync(words, { from: "user" }).catch((thrown: unknown) => thrown);
      const fatal = error instanceof CommanderError ? usageError(error, program, words) : error;
      if (!(fatal instanceof FatalError)) throw fatal;
      expect([fatal.exit, fatal.code]).to.deep.equal([2, "usage"]);
      expect(`${fatal.message}; ${fatal.hint}`.replaceAll(folder, "<here>")).to.match(line);
    });
  }

  const LATER: readonly (readonly [args: string, line: RegExp])[] = [
    [
      "run plain --rows 7-3",
      /^--rows 7-3 is no list of row numbers \[usage\]; give numbers as in result_row, such as --rows 7,/,
    ],
    ["plan plain --rows 0", /^--rows 0 is no list of row numbers/],
    ["plan plain --rows 1,,2", /^--rows 1,,2 is no list of row numbers/],
    [
      "run plain --only-kinds patch,clse",
      /^--only-kinds does not know "clse" \[usage\]; give some of create, activate, /,
    ],
    ["run plain --accounts account_1", /^--accounts takes a file, after an @ \[usage\]; write one account_id or /],
    ["plan plain --accounts @nowhere.txt", /^--accounts @nowhere.txt cannot be read \(ENOENT\) \[usage\]; write one /],
    ["plan plain --accounts @empty.txt", /^--accounts @empty.txt names no account \[usage\]; /],
    ["help nope", /^there is no command nope \[usage\]; see npx tieout --help$/],
    [
      "schedule plain",
      /^job plain has no schedule \(.*plain\.ts\) \[job_invalid\]; add schedule: \{ cron: .* \} to its job file/,
    ],
    ["run plain --file in --limit 3", /^--file in is a folder \[usage\]; name one file in it$/],
    ["validate a.csv --file a.csv", /^a\.csv is a file, and --file is given too \[usage\]/],
    ["validate a.csv --from a.csv", /^a\.csv is a file, and --from is given too \[usage\]/],
    ["validate in", /^in is a folder \[usage\]; name one file in it$/],
    ["rerun last --only nope", /^--only does not know "nope" \[usage\]; use unknown, failed, /],
    ["rerun last --only failed,", /^--only does not know "" \[usage\]/],
    ["codes nope", /^there is no code "nope" \[usage\]/],
    ["schedule nightly plain", /^job plain has no schedule/],
    ["schedule nightly nightly", /^job nightly is named twice \[usage\]/],
    ["sandbox --port x", /^--port x is not a port \[usage\]/],
    ["sandbox --bucket In", /^--bucket In is no name for a bucket \[usage\]; give a folder of 3 to 63 lower-case/],
    ["sandbox --bucket seed.json", /^--bucket seed\.json cannot be used \(EEXIST\) \[usage\]/],
    ["sandbox --seed nope.json", /^--seed nope\.json is not there \[usage\]/],
    ["sandbox --seed seed.json", /^--seed cannot be used: .* \[usage\]/],
    ["sandbox --state in", /^--state in cannot be used \(EISDIR\) \[usage\]/],
    ["sandbox --state seed.json", /^--state cannot be used: .* \[usage\]/],
    ["sandbox --state nowhere/state.json", /^--state nowhere\/state\.json cannot be used \(ENOENT\) \[usage\]/],
  ];
  for (const [args, line] of LATER) {
    itWhole(`says in one line what is wrong with: tieout ${args}`, async () => {
      const { code, out, err } = await runTieout(args.split(" "), env, folder);
      expect(code, err).to.equal(2);
      expect(out).to.equal("");
      const lines = err.split("\n").filter((text) => text.startsWith("tieout: "));
      expect(lines, err).to.have.length(1);
      expect(lines[0]?.replace("tieout: ", "")).to.match(line);
      expect(existsSync(join(folder, "out"))).to.equal(false);
    });
  }

  it("without a command shows the commands and ends with 2", async () => {
    const { code, err } = await runTieout([], env, folder);
    expect(code).to.equal(2);
    expect(err)
      .to.match(/^Usage: tieout/)
      .and.match(/\ntieout: no command is given \[usage\]; see npx tieout --help\n$/);
  });

  it("that serves on a port in use says so", async () => {
    await using server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const { code, err } = await runTieout(["sandbox", "--port", String(port)], env, folder);
    expect(code).to.equal(2);
    expect(err).to.equal(
      `tieout: --port ${port} is in use [usage]; give another port, or leave --port out to take a free one\n`,
    );
  });

  itWhole("under a level of the log that is none says which there are", async () => {
    for (const level of ["loud", "INFO", "warning"]) {
      const { code, err } = await runTieout(["runs"], { ...env, TIEOUT_LOG_LEVEL: level }, folder);
      expect(code).to.equal(2);
      expect(err).to.equal(
        `tieout: TIEOUT_LOG_LEVEL is "${level}", which is not a log level [env_missing]; set it to one of error, warn, info, debug, or leave it out\n`,
      );
    }
    expect((await runTieout(["codes"], { ...env, TIEOUT_LOG_LEVEL: "" }, folder)).code).to.equal(0);
  });

  it("is left upon a second signal with 6, though a call of the file system does not come back", async () => {
    // The pipe has no writer, so that opening it never ends.
    const told = "process.on('newListener',name=>name==='SIGINT'&&process.stderr.write('listens'))";
    const listening = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(told)}` };
    using started = startTieout(["sandbox", "--faults", "pipe"], { ...env, ...listening }, folder);
    let err = "";
    started.child.stderr?.on("data", (text: string) => {
      err += text;
    });
    for (const text of ["listens", "stop signal: "]) {
      while (!err.includes(text)) await once(started.child.stderr as NodeJS.ReadableStream, "data");
      started.child.kill("SIGTERM");
    }
    expect((await started.ended).code).to.equal(6);
  });
});
