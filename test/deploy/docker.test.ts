/**
 * The image of deploy/docker as far as it can be had without Docker: its steps carried out in folders, and the result run as nobody,
 * read-only but for the volume, through a night against a bank and a bucket on loopback.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { describeWhole } from "../support/extent.ts";
import { type Container, canContain, ownerOf, startContainer } from "./container.ts";
import { buildImage, type Image, parseAllowList, parseDockerfile } from "./dockerfile.ts";
import { KUBERNETES, readManifests } from "./manifests.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCKERFILE = join(ROOT, "deploy/docker/Dockerfile");
const HEALTHCHECK = join(ROOT, "deploy/docker/healthcheck.js");
const BUCKET = "my-account-files";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("deploy/docker", () => {
  it("says in its first line what it has not been through", async () => {
    expect(await readFile(DOCKERFILE, "utf8")).to.match(/^# Not built by Docker here/);
  });

  it("lets in what the package is made from, and nothing that a clone may hold besides", async () => {
    const allowed = parseAllowList(await readFile(`${DOCKERFILE}.dockerignore`, "utf8"));
    const { files } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { files: string[] };
    expect(allowed).to.include.members(files.filter((name) => !/^(!|dist$)/.test(name)));
    for (const name of allowed) expect(name).not.to.match(/^(\.git|\.tieout|\.env|node_modules|jobs|samples|test)$/);
  });

  it("ends as a user without a name, by a number, and starts Tieout itself", async () => {
    const steps = parseDockerfile(await readFile(DOCKERFILE, "utf8"));
    const last = steps.slice(steps.findLastIndex(({ word }) => word === "FROM"));
    const said = Object.fromEntries(last.map(({ word, rest }) => [word, rest]));
    expect(said).to.include({ USER: "65532:65532", ENTRYPOINT: '["tieout"]', STOPSIGNAL: "SIGTERM" });
    expect(said).not.to.have.any.keys("VOLUME", "EXPOSE");
    const [pod] = (await readManifests(join(KUBERNETES, "person.yaml"))).map(({ spec }) => spec.securityContext);
    expect(`${pod.runAsUser}:${pod.fsGroup}`).to.equal(said.USER);
  });
});

describe("deploy/docker/healthcheck.js", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp("/tmp/tieout-health-");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function check(...words: readonly string[]): Promise<{ code: number; out: string }> {
    await writeFile(join(folder, "cmdline"), words.map((word) => `${word}\0`).join(""));
    const child = spawn(process.execPath, [HEALTHCHECK, join(folder, "cmdline")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (text) => (out += text));
    const [code] = await once(child, "close");
    return { code, out };
  }

  it("asks where the process has been told to listen, and is content with one that does not", async () => {
    let status = 200;
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      for (const flag of [["--listen", `127.0.0.1:${port}`], [`--listen=0.0.0.0:${port}`], ["--listen", `${port}`]])
        expect(await check("node", "tieout", "schedule", ...flag)).to.deep.equal({ code: 0, out: "" });
      expect(paths).to.deep.equal(["/healthz", "/healthz", "/healthz"]);
      status = 503;
      const said = `nothing answers at http://127.0.0.1:${port}/healthz\n`;
      expect(await check("tieout", "worker", "--listen", `127.0.0.1:${port}`)).to.deep.equal({ code: 1, out: said });
      expect(await check("tieout", "run", "nightly-sync")).to.deep.equal({ code: 0, out: "" });
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(await check("tieout", "worker", "--listen", `127.0.0.1:${port}`)).to.include({ code: 1 });
  });
});

describeWhole("the image of deploy/docker, by its steps", function () {
  this.timeout(300_000);
  let scratch: string | undefined;
  let image: Image;
  const at = (...names: string[]) => join(scratch ?? "", ...names);

  before(async function () {
    if (!canContain()) {
      console.log("      deploy/docker: not tried, as that takes root and the namespaces of Linux");
      this.skip();
    }
    process.env.npm_config_prefer_offline = "true";
    // Not below /tmp, of which the container has its own.
    scratch = await mkdtemp("/var/tmp/tieout-image-");
    await chmod(scratch, 0o755);
    image = await buildImage(DOCKERFILE, ROOT, scratch);
    // The base image has Node there.
    await mkdir(join(image.root, "usr/local/bin"), { recursive: true });
    await copyFile(process.execPath, join(image.root, "usr/local/bin/node"));
    await mkdir(at("jobs"));
    const [job] = (await readManifests(join(KUBERNETES, "common.yaml"))).flatMap(
      ({ data }) => data?.["nightly-sync.ts"] ?? [],
    );
    await writeFile(at("jobs/nightly-sync.ts"), job);
  });
  after(() => scratch && rm(scratch, { recursive: true, force: true }));

  /** As `docker run` finds a new named volume: with the owner and mode of the image's folder. */
  async function newVolume(name: string): Promise<string> {
    const { uid, gid, mode } = statSync(join(image.root, "app/.tieout"));
    await mkdir(at(name));
    await chown(at(name), uid, gid);
    await chmod(at(name), mode & 0o777);
    return at(name);
  }

  const start = (args: readonly string[], env: Readonly<Record<string, string>>, volume?: string): Container =>
    startContainer(image, args, env, { volume, jobs: at("jobs") });

  it("leaves out only a step about the base image, and has nothing for development", async () => {
    expect(image.leftOut).to.have.length(1);
    expect(image.leftOut[0]).to.match(/^rm -rf( \/(usr\/local|opt)\/\S+)+$/);
    expect((await readdir(join(image.root, "app"))).sort()).to.deep.equal(
      [
        ".tieout",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "bin",
        "deploy",
        "dist",
        "docs",
        "jobs",
        "node_modules",
        "package.json",
      ].sort(),
    );
    const packages = await readdir(join(image.root, "app/node_modules"));
    expect(packages).to.include.members(["pg", "pg-boss", "undici"]);
    expect(packages.filter((name) => /^(mocha|typescript|rolldown|node-linux)/.test(name))).to.deep.equal([]);
    expect(ownerOf(join(image.root, "app/.tieout"))).to.equal("65532:65532 700");
  });

  it("has each package at the version and with the digest of package-lock.json", async () => {
    const packagesOf = async (file: string) =>
      (JSON.parse(await readFile(file, "utf8")) as { packages: Record<string, { integrity?: string }> }).packages;
    const locked = await packagesOf(join(ROOT, "package-lock.json"));
    const installed = Object.entries(await packagesOf(join(image.root, "app/node_modules/.package-lock.json")));
    expect(installed).to.have.length.above(100);
    const others = installed.filter(([name, { integrity }]) => !integrity || locked[name]?.integrity !== integrity);
    expect(others.map(([name]) => name)).to.deep.equal([]);
  });

  it("goes through two nights and a morning as nobody, writing to its volume alone", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
    await using s3 = await startS3Server({ buckets: [BUCKET], owner: "111122223333" });
    const env = {
      ...s3.env,
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
      TIEOUT_BUCKET: BUCKET,
    };
    const volume = await newVolume("volume");
    const night = async (...args: readonly string[]) => {
      using container = start(args, env, volume);
      return await container.ended;
    };
    s3.put(BUCKET, "outgoing/1.csv", "account_id,product_name\naccount_1,New\naccount_2,New\n");
    const first = await night("run", "nightly-sync");
    expect(first.code, first.err).to.equal(0);
    expect(first.out).to.contain("2 applied");
    s3.put(BUCKET, "outgoing/2.csv", "account_id,product_name\naccount_1,Newer\nx y,New\n");
    const second = await night("run", "nightly-sync");
    expect(second.code, second.err).to.equal(3);
    const morning = await night("explain", "last", "--row", "2");
    expect(morning.out).to.contain("account_1");
    const audit = await night("audit", "--output", "json");
    expect(audit.out).to.contain('"user":"uid 65532"');
    expect([...s3.objects(BUCKET).keys()].filter((key) => key.endsWith("/summary.json"))).to.have.length(2);
    expect((await readdir(volume)).filter((name) => !/^ledger\.sqlite/.test(name))).to.deep.equal([]);
    expect(ownerOf(join(volume, "ledger.sqlite"))).to.equal("65532:65532 600");
    expect(await readdir(join(image.root, "app/.tieout"))).to.deep.equal([]);
  });

  it("ends with one line when the volume was forgotten, and sends nothing", async () => {
    await using bank = await startSandbox();
    const { url, clientId, clientSecret } = bank;
    const env = {
      LEAD_API_URL: url,
      LEAD_CLIENT_ID: clientId,
      LEAD_CLIENT_SECRET: clientSecret,
      TIEOUT_BUCKET: BUCKET,
    };
    using container = start(["run", "nightly-sync"], env);
    const { code, err } = await container.ended;
    expect(code, err).to.equal(2);
    expect(err).to.match(/\.tieout/);
    expect(bank.requests).to.have.length(0);
  });

  it("is process 1, and ends in order at SIGTERM", async () => {
    await using bank = await startSandbox();
    await using s3 = await startS3Server({ buckets: [BUCKET], owner: "111122223333" });
    const { url, clientId, clientSecret } = bank;
    const env = {
      ...s3.env,
      LEAD_API_URL: url,
      LEAD_CLIENT_ID: clientId,
      LEAD_CLIENT_SECRET: clientSecret,
      TIEOUT_BUCKET: BUCKET,
    };
    expect(image.cmd).to.deep.equal(["schedule", "--listen", "127.0.0.1:9464"]);
    const place = `127.0.0.1:${await freePort()}`;
    using container = start(["schedule", "--listen", place], env, await newVolume("of-schedule"));
    for (let waited = 0; waited < 30_000 && !container.err().includes("the schedule has started"); waited += 50)
      await delay(50);
    expect(container.err()).to.contain("the schedule has started");
    expect(container.exec(image.healthcheck)).to.equal(0);
    for (const path of ["/healthz", "/readyz"]) expect((await fetch(`http://${place}${path}`)).status).to.equal(200);
    const metrics = await (await fetch(`http://${place}/metrics`)).text();
    expect(metrics).to.contain('tieout_alarms_open{job="nightly-sync"');
    // Where promtool is, it looks at their form as well.
    const { error, stderr } = spawnSync("promtool", ["check", "metrics"], { input: metrics, encoding: "utf8" });
    if (error === undefined) expect(stderr).to.equal("");
    // Or the night above would prove nothing.
    const touch = (place: string) => container.exec(["touch", `${place}/tried`]);
    expect(["/tmp", "/app/.tieout"].map(touch)).to.deep.equal([0, 0]);
    expect(["/app", "/app/jobs", "/usr/local/bin"].map(touch)).to.deep.equal([1, 1, 1]);
    container.kill("SIGTERM");
    const { code, err } = await container.ended;
    expect(code, err).to.equal(0);
    expect(err).to.contain("the schedule has stopped");
  });
});
