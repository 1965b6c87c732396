/** `tieout report --open`: the page goes to the browser as it is named, from a folder or a bucket; where there is none, its path is printed. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { openerOf } from "../../src/cli/open-in-browser.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
/** A shell would act on it. */
const ODD_NAME = "out $(touch hit) & more";

describe("what opens a page", () => {
  it("is the system's own program, and none on Linux without a screen", () => {
    expect(openerOf("darwin", {})).to.deep.equal(["open"]);
    expect(openerOf("win32", {})).to.deep.equal(["rundll32", "url.dll,FileProtocolHandler"]);
    expect(openerOf("linux", { DISPLAY: ":0" })).to.deep.equal(["xdg-open"]);
    expect(openerOf("linux", { WAYLAND_DISPLAY: "wayland-0" })).to.deep.equal(["xdg-open"]);
    expect(openerOf("linux", {})).to.equal(null);
  });
});

describe("tieout report --open", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-open-"));
    await mkdir(join(folder, "bin"));
    await mkdir(join(folder, "tmp"));
    await writeFile(join(folder, "file.csv"), "account_id,product_name\naccount_1,New\n");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A browser that writes down what it was given, one argument a line, and ends with `code`. */
  async function withBrowser(code = 0) {
    const path = join(folder, "bin", "xdg-open");
    await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$@" > "${join(folder, "opened")}"\nexit ${code}\n`);
    await chmod(path, 0o755);
  }
  const opened = () => readFile(join(folder, "opened"), "utf8").catch(() => "");

  async function runJob(bank: Sandbox, results: object, more: Readonly<Record<string, string>> = {}) {
    const settings = `name: "cli", source: { folder: ${JSON.stringify(folder)} }, results: ${JSON.stringify(results)}`;
    const source = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings} });\n`;
    await writeFile(join(folder, "job.ts"), source);
    const env = {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      TMPDIR: join(folder, "tmp"),
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
      ...more,
    };
    const run = await runTieout(["run", join(folder, "job.ts"), "--file", join(folder, "file.csv")], env, folder);
    expect(run.code, run.err).to.equal(0);
    return { ...env, DISPLAY: ":0" };
  }

  it("gives a page in a folder to the browser by its path, which no shell takes apart", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    const env = await runJob(bank, { folder: join(folder, ODD_NAME) });
    await withBrowser();
    const { code, out, err } = await runTieout(["report", "last", "--open"], env, folder);
    expect(code, err).to.equal(0);
    const [path = "", ...more] = (await opened()).split("\n");
    expect([path.startsWith(join(folder, ODD_NAME)), path.endsWith("/2/report.html"), more]).to.deep.equal([
      true,
      true,
      [""],
    ]);
    expect(await readFile(path, "utf8")).to.match(/^<!doctype html>/);
    expect([out, err]).to.satisfy(() => err.includes(`opened ${path}`) && !out.includes("opened"));
    expect(await readdir(folder)).to.not.include("hit");
  });

  itWhole("says where the page is when there is no screen, or the browser fails, and ends as the run did", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    const env = await runJob(bank, { folder: join(folder, "out") });
    await withBrowser(3);
    for (const [DISPLAY, calls] of [
      ["", 0],
      [":0", 1],
    ] as const) {
      const { code, err } = await runTieout(["report", "last", "--open"], { ...env, DISPLAY }, folder);
      expect(code, err).to.equal(0);
      expect(err).to.match(/no browser can be opened here; the page is \/.*\/report\.html/);
      expect((await opened()) === "").to.equal(calls === 0);
    }
  });

  itWhole("takes a page from a bucket into a folder that only this user may read", async () => {
    await using s3 = await startS3Server({ buckets: ["files"] });
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    const env = await runJob(bank, { bucket: "files", prefix: "results/" }, s3.env);
    await withBrowser();
    const { code, err } = await runTieout(["report", "last", "--open"], env, folder);
    expect(code, err).to.equal(0);
    const path = (await opened()).trim();
    expect(dirname(dirname(path))).to.equal(join(folder, "tmp"));
    const modes = await Promise.all([path, dirname(path)].map(async (one) => (await stat(one)).mode & 0o777));
    expect(modes).to.deep.equal([0o600, 0o700]);
    const [key] = [...s3.objects("files").keys()].filter((one) => one.endsWith("/2/report.html"));
    expect(await readFile(path)).to.deep.equal(Buffer.from(s3.objects("files").get(key ?? "")?.bytes ?? ""));
  });
});
