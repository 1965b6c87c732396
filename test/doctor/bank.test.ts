/** The bank as the doctor sees it: a sandbox that is well, and whatever else may stand at its address. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { openBank } from "../../src/bank/open-bank.ts";
import { systemClock } from "../../src/clock.ts";
import { type BankAsked, checkBank } from "../../src/doctor/bank.ts";
import { withinTime } from "../../src/doctor/within-time.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";

const SCOPES = ["account/read_write", "entity/read"];
const GENTLE = { requestsPerSecond: 100, burst: 100, caps: { reads: 1, writes: 1 }, callTimeoutMs: 1_000, attempts: 2 };

interface At {
  readonly url: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

const asked = ({ url, clientId = "us", clientSecret = "a-secret" }: At, more: Partial<BankAsked> = {}): BankAsked => ({
  apiUrl: url,
  scopes: SCOPES,
  lookup: true,
  open: (scopes) =>
    openBank({ apiUrl: url, clientId, clientSecret, scopes, ...GENTLE }, { clock: systemClock, random: () => 0.01 }),
  ...more,
});

async function look(at: At, more: Partial<BankAsked> = {}, limitMs?: number): Promise<string[]> {
  const seen = await withinTime("the bank", (stop) => checkBank(asked(at, more), stop), limitMs);
  return seen.map(({ word, text, next }) => `${word} ${text.replaceAll(at.url, "BANK")}${next ? ` → ${next}` : ""}`);
}

/** A server that answers as it is told; closed at the end. */
async function standing(
  answer: (path: string, response: ServerResponse, scope: string) => void,
  use: (at: At) => Promise<void>,
): Promise<void> {
  const scopes = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const scope = body === "" ? (scopes.get(request.headers.authorization ?? "") ?? "") : JSON.parse(body).scope;
      scopes.set(`Bearer token-for-${scope.replace("/", "-")}`, scope);
      answer(request.url ?? "", response, scope);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const json = (response: ServerResponse, status: number, value: unknown, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
const page = (response: ServerResponse, status: number) =>
  response.writeHead(status, { "content-type": "text/html" }).end("<html><body>CnryPage</body></html>");
const NONE = { code: "not_found", title: "none", status: 404 };
const tokenFor = (scope: string) => ({ access_token: `token-for-${scope.replace("/", "-")}`, expires_in: 60 });

describe("the doctor looks at the bank", function () {
  this.timeout(20_000);

  it("that is well: token, scopes, clock, latency and look-up, and changes nothing there", async () => {
    await using bank = await startSandbox();
    const said = await look(bank);
    expect(said.map((line) => line.replace(/\d+ ms/, "N ms"))).to.deep.equal([
      "good BANK gives a token for account/read_write, and takes it",
      "good a read takes N ms (the median of 5)",
      "good the look-up by client_account_id answers",
      "good BANK gives a token for entity/read, and takes it",
      "good the clocks agree",
    ]);
    expect(bank.writes).to.deep.equal([]);
    expect(bank.accounts.size).to.equal(0);
  });

  it("that refuses the secret, in one line", async () => {
    await using bank = await startSandbox();
    const [line, ...rest] = await look({ ...bank, clientSecret: "CnrySecret-of-another" });
    expect(line).to.match(
      /^bad BANK gives no token: HTTP 400 .* → see that LEAD_CLIENT_ID and LEAD_CLIENT_SECRET are of/,
    );
    expect(rest).to.deep.equal(["good the clocks agree"]);
    expect(line).not.to.contain("Cnry");
  });

  it("that gives no token for one scope", async () => {
    await using bank = await startSandbox({ scopes: ["account/read_write"] });
    const [line, ...rest] = await look(bank);
    expect(line).to.match(
      /^bad BANK gives no token: .*entity\/read → ask the bank to give this client the scope entity\/read$/,
    );
    expect(rest[0]).to.equal("good BANK gives a token for account/read_write, and takes it");
  });

  it("that answers 403 to reads of one scope", () =>
    standing(
      (path, response, scope) => {
        if (path.includes("oauth")) json(response, 200, tokenFor(scope));
        else if (scope.startsWith("entity")) json(response, 403, { code: "scope_missing", title: "no", status: 403 });
        else json(response, 404, NONE);
      },
      async (at) => {
        const bad = (await look(at)).filter((line) => !line.startsWith("good"));
        expect(bad).to.deep.equal([
          "bad BANK gives a token for entity/read, and refuses a read with it: HTTP 403 scope_missing → ask the bank for the scope entity/read, and whether this host's address is on its list",
        ]);
      },
    ));

  it("with a firewall's page in its place, and a network's log-in page", async () => {
    await standing(
      (_, response) => page(response, 403),
      async (at) => {
        const [line = "", ...rest] = await look(at);
        expect(line).to.match(
          /^bad BANK gives no token: HTTP 403.* → a firewall or proxy seems to answer in the bank's place/,
        );
        expect(rest).to.have.lengthOf(1);
        expect(line).not.to.contain("Cnry");
      },
    );
    await standing(
      (_, response) => page(response, 200),
      async (at) => {
        const [line = ""] = await look(at);
        expect(line).to.match(
          /^bad BANK gives no token: .*cannot be read.* → see that LEAD_API_URL is the bank's; a proxy or a network's log-in page/,
        );
        expect(line).not.to.contain("Cnry");
      },
    );
  });

  it("that fails when it is asked for a token", async () => {
    for (const status of [500, 429])
      await standing(
        (_, response) => json(response, status, { code: "sorry" }),
        async (at) => {
          expect((await look(at))[0]).to.match(
            /^bad BANK gives no token: HTTP \d+ sorry → Wait a while, or ask the bank about its token endpoint/,
          );
        },
      );
  });

  it("whose clock is an hour off, and some minutes", async () => {
    for (const [offMs, said] of [
      [3_600_000, /^bad this machine's clock is 60 minutes behind the bank's, so nothing would be sent → set this/],
      [-7 * 60_000, /^poor this machine's clock is 4\d\d seconds ahead of the bank's → set this machine's clock/],
    ] as const)
      await standing(
        (path, response, scope) => {
          const headers = { date: new Date(Date.now() + offMs).toUTCString() };
          if (path.includes("oauth")) json(response, 200, tokenFor(scope), headers);
          else json(response, 404, NONE, headers);
        },
        async (at) => {
          expect((await look(at)).at(-1)).to.match(said);
        },
      );
  });

  it("whose look-up is not there, answers a page, or finds somebody else", async () => {
    const saidFor = async (lookup: "absent" | "html" | "ignores_filter") => {
      await using bank = await startSandbox({ lookup, seed: { accounts: [{ id: "account_1" }] } });
      return (await look(bank)).find((line) => line.includes("look-up"));
    };
    expect(await saidFor("html")).to.match(/^poor the look-up by client_account_id does not work: .* → ask the bank/);
    expect(await saidFor("ignores_filter")).to.match(
      /^poor the look-up by client_account_id finds accounts under an id/,
    );
    expect(await saidFor("absent")).to.match(
      /look-up by client_account_id (finds none, as a bank without|does not work)/,
    );
    await using bank = await startSandbox({ lookup: "html" });
    expect((await look(bank, { lookup: false })).join()).not.to.contain("look-up");
  });

  it("that is not there, and one that never answers, within the time of the check", async () => {
    expect((await look({ url: "http://127.0.0.1:1" })).join()).to.match(
      /^bad BANK gives no token: not sent: .* → see that LEAD_API_URL is right, and that this host can reach it$/,
    );
    await standing(
      () => {},
      async (at) => {
        const beganMs = Date.now();
        expect((await look(at, {}, 300)).join()).to.equal(
          "bad the bank did not answer within 0.3 s → see that it can be reached from this host",
        );
        expect(Date.now() - beganMs).to.be.below(1_500);
      },
    );
  });
});
