/** The way to the bank and the bucket: a forward proxy, an authority of one's own, a client's certificate, a secret in a file. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { type Authority, makeAuthority, startProxy, startTlsFront } from "../support/own-tls.ts";
import { type Ended, runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const PASSWORD = "Pr0xyPassw0rd";
const SEED = { accounts: Array.from({ length: 3 }, (_, n) => ({ id: `account_${n}` })) };

describe("the way to the bank", () => {
  let folder: string;
  let authority: Authority;
  let bank: Sandbox;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-network-"));
    authority = await makeAuthority(folder);
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED), clientSecret: "a-secret-of-the-bank" });
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const path = (name: string) => join(folder, name);
  const portOf = (url: string) => Number(new URL(url).port);
  let runs = 0;

  /** One run of three rows that differ at the bank, by `https` to the front at that port. */
  async function runAt(port: number, env: Readonly<Record<string, string>>): Promise<Ended> {
    runs += 1;
    const rows = SEED.accounts.map(({ id }) => `${id},Product ${runs}`);
    await writeFile(path(`${runs}.csv`), ["account_id,product_name", ...rows, ""].join("\n"));
    const job = `{ name: "cli", source: { folder: "in" }, results: { folder: "out-${runs}" }, attempts: 1 }`;
    await writeFile(
      path("job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob(${job});\n`,
    );
    const all = {
      LEAD_API_URL: `https://localhost:${port}`,
      LEAD_PROGRAM: "core",
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
      NODE_EXTRA_CA_CERTS: authority.caPath,
      TIEOUT_LEDGER: path(`ledger-${runs}.sqlite`),
      ...env,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
    return runTieout(["run", "job.ts", "--file", `${runs}.csv`], given, folder);
  }
  const whyOf = ({ out }: Ended) => out.split("\n").find((line) => line.startsWith("not finished: "));
  const lineOf = ({ err }: Ended) => err.trim().split("\n").at(-1);

  it("is by an authority of one's own in NODE_EXTRA_CA_CERTS, and one clear line without", async () => {
    await using front = await startTlsFront(portOf(bank.url), authority);
    const with_ = await runAt(front.port, {});
    expect(with_.code, with_.err).to.equal(0);
    const without = await runAt(front.port, { NODE_EXTRA_CA_CERTS: "" });
    expect(without.code).to.equal(6);
    expect(whyOf(without)).to.match(/certificate.*\[bank_unreachable\].*NODE_EXTRA_CA_CERTS/);
    expect(bank.effects).to.have.length(3);
  });

  it("leads through the proxy that HTTPS_PROXY names, with its password, but not where NO_PROXY says", async () => {
    await using front = await startTlsFront(portOf(bank.url), authority);
    await using proxy = await startProxy();
    const HTTPS_PROXY = `http://ann:${PASSWORD}@127.0.0.1:${proxy.port}`;
    const through = await runAt(front.port, { HTTPS_PROXY });
    expect(through.code, through.err).to.equal(0);
    const credentials = `Basic ${Buffer.from(`ann:${PASSWORD}`).toString("base64")}`;
    expect(new Set(proxy.tunnels.map((tunnel) => JSON.stringify(tunnel)))).to.deep.equal(
      new Set([JSON.stringify({ to: `localhost:${front.port}`, credentials })]),
    );
    expect(through.out + through.err).to.not.contain(PASSWORD);
    const tunnels = proxy.tunnels.length;
    const around = await runAt(front.port, { HTTPS_PROXY, NO_PROXY: "example.test,localhost" });
    expect(around.code, around.err).to.equal(0);
    expect(proxy.tunnels).to.have.length(tunnels);
    expect(bank.effects).to.have.length(6);
  });

  for (const [what, status, says] of [
    ["wants a password", 407, /the proxy at 127\.0\.0\.1:\d+ answered 407/],
    ["does not let it through", 403, /the proxy at 127\.0\.0\.1:\d+ answered 403/],
  ] as const)
    it(`is one clear line where the proxy ${what}`, async () => {
      await using front = await startTlsFront(portOf(bank.url), authority);
      await using proxy = await startProxy({ status });
      const run = await runAt(front.port, { HTTPS_PROXY: `http://ann:${PASSWORD}@127.0.0.1:${proxy.port}` });
      expect(run.code).to.equal(6);
      expect(whyOf(run))
        .to.match(says)
        .and.match(/\[bank_unreachable\].*HTTPS_PROXY/);
      expect(run.out + run.err).to.not.contain(PASSWORD);
      expect(bank.requests).to.deep.equal([]);
    });

  it("is one clear line where the proxy is not there, or is no address", async () => {
    const gone = await startProxy();
    await gone[Symbol.asyncDispose]();
    const run = await runAt(443, { HTTPS_PROXY: `127.0.0.1:${gone.port}` });
    expect(run.code).to.equal(6);
    expect(whyOf(run)).to.match(/the proxy at 127\.0\.0\.1:\d+ cannot be used.*\[bank_unreachable\]/);
    const wrong = await runAt(443, { HTTPS_PROXY: "socks5://127.0.0.1:1080" });
    expect(wrong.code).to.equal(2);
    expect(lineOf(wrong)).to.match(/^tieout: HTTPS_PROXY is not the address of an HTTP proxy/);
  });

  it("shows the client's certificate to a bank that asks for one", async () => {
    const { certPath, keyPath } = await authority.issue("client");
    await using front = await startTlsFront(portOf(bank.url), authority, true);
    const shown = await runAt(front.port, { LEAD_CLIENT_CERT_FILE: certPath, LEAD_CLIENT_KEY_FILE: keyPath });
    expect(shown.code, shown.err).to.equal(0);
    expect(bank.effects).to.have.length(3);
    const not = await runAt(front.port, {});
    expect(not.code).to.equal(6);
    expect(whyOf(not)).to.match(/^not finished: no token: no answer: .*\[bank_unreachable\]/);
    expect(bank.effects).to.have.length(3);
  });

  itWhole("tells each fault of the client's certificate in one line, before any call", async () => {
    const { certPath, keyPath } = await authority.issue("mine");
    const other = await authority.issue("other");
    await writeFile(path("no.pem"), "no certificate");
    await writeFile(path("empty.pem"), "\n");
    const cases: readonly (readonly [cert: string, key: string, says: RegExp])[] = [
      [certPath, "", /^tieout: LEAD_CLIENT_KEY_FILE is not set/],
      ["", keyPath, /^tieout: LEAD_CLIENT_CERT_FILE is not set/],
      [path("none.pem"), keyPath, /LEAD_CLIENT_CERT_FILE names cannot be read \(ENOENT\)/],
      [path("empty.pem"), keyPath, /LEAD_CLIENT_CERT_FILE names is empty/],
      [path("no.pem"), keyPath, /LEAD_CLIENT_CERT_FILE is not a certificate/],
      [certPath, other.keyPath, /LEAD_CLIENT_KEY_FILE cannot be used/],
      [certPath, path("no.pem"), /LEAD_CLIENT_KEY_FILE cannot be used/],
    ];
    for (const [LEAD_CLIENT_CERT_FILE, LEAD_CLIENT_KEY_FILE, says] of cases) {
      const run = await runAt(portOf(bank.url), { LEAD_CLIENT_CERT_FILE, LEAD_CLIENT_KEY_FILE });
      expect(run.code).to.equal(2);
      expect(lineOf(run)).to.match(says);
    }
    expect(bank.requests).to.deep.equal([]);
  });

  it("takes the client's secret from a file, and says what is wrong with one", async () => {
    const plain = { LEAD_API_URL: bank.url, NODE_EXTRA_CA_CERTS: "" };
    await writeFile(path("secret"), `${bank.clientSecret}\n`);
    const run = await runAt(0, { ...plain, LEAD_CLIENT_SECRET: "", LEAD_CLIENT_SECRET_FILE: path("secret") });
    expect(run.code, run.err).to.equal(0);
    const both = await runAt(0, { ...plain, LEAD_CLIENT_SECRET_FILE: path("secret") });
    expect(lineOf(both)).to.match(/^tieout: LEAD_CLIENT_SECRET and LEAD_CLIENT_SECRET_FILE are both set/);
    const none = await runAt(0, { ...plain, LEAD_CLIENT_SECRET: "", LEAD_CLIENT_SECRET_FILE: path("nowhere") });
    expect(lineOf(none)).to.match(/^tieout: the file that LEAD_CLIENT_SECRET_FILE names cannot be read \(ENOENT\)/);
    expect([both.code, none.code]).to.deep.equal([2, 2]);
  });

  itWhole("leads to those who are told of alarms through the proxy too", async () => {
    const told: string[] = [];
    const receiver = createServer((request, response) => {
      told.push(request.url ?? "");
      request.resume().once("end", () => response.end());
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    try {
      await using front = await startTlsFront((receiver.address() as AddressInfo).port, authority);
      await using proxy = await startProxy();
      await writeFile(path("bad.csv"), "acount_id\nx\n");
      const job = `{ name: "told", source: { folder: "in" }, results: { folder: "out-told" }, notify: [{ slack: "CHAT" }] }`;
      await writeFile(
        path("told.ts"),
        `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob(${job});\n`,
      );
      const env = {
        LEAD_API_URL: bank.url,
        LEAD_CLIENT_ID: bank.clientId,
        LEAD_CLIENT_SECRET: bank.clientSecret,
        NODE_EXTRA_CA_CERTS: authority.caPath,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        CHAT: `https://localhost:${front.port}/chat`,
        TIEOUT_LEDGER: path("told.sqlite"),
      };
      const run = await runTieout(["run", "told.ts", "--file", "bad.csv"], env, folder);
      expect(run.code, run.err).to.equal(7);
      expect(told, run.err).to.deep.equal(["/chat"]);
      expect(proxy.tunnels.map(({ to }) => to)).to.deep.equal([`localhost:${front.port}`]);
    } finally {
      receiver.close();
    }
  });

  itWhole("leads to a bucket through the proxy too", async () => {
    await using s3 = await startS3Server({ buckets: ["inbox"] });
    await using front = await startTlsFront(portOf(s3.connection.endpoint ?? ""), authority);
    await using proxy = await startProxy();
    s3.put("inbox", "a.csv", "account_id,product_name\naccount_0,By S3\n");
    const { accessKeyId = "", secretAccessKey = "" } = s3.connection.credentials ?? {};
    const job = `{ name: "s3", source: { bucket: "inbox" }, results: { bucket: "inbox", prefix: "results/" } }`;
    await writeFile(
      path("s3.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob(${job});\n`,
    );
    const run = await runTieout(
      ["run", "s3.ts"],
      {
        LEAD_API_URL: bank.url,
        LEAD_CLIENT_ID: bank.clientId,
        LEAD_CLIENT_SECRET: bank.clientSecret,
        NODE_EXTRA_CA_CERTS: authority.caPath,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        AWS_ENDPOINT_URL_S3: `https://localhost:${front.port}`,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: "us-east-1",
        TIEOUT_LEDGER: path("s3.sqlite"),
      },
      folder,
    );
    expect(run.code, run.err).to.equal(0);
    expect(proxy.tunnels.map(({ to }) => to)).to.include(`localhost:${front.port}`);
    expect(new Set(proxy.tunnels.map(({ to }) => to)).size).to.equal(1);
    expect(bank.effects).to.have.length(1);
  });
});
