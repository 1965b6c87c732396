/**
 * The whole client around a network of the test's own: what an outage and a stop let out, and what they keep back.
 */
import { mock } from "node:test";
import { expect } from "chai";
import { assembleBank } from "../../src/bank/open-bank.ts";
import type { BreakerChange } from "../../src/bank/transport/breaker.ts";
import type { BankReply, BankRequest } from "../../src/bank/transport.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";
import { LineOfAll } from "../support/line-of-all.ts";
import { answer, silence } from "./scripted-transport.ts";
import { CREATE, verdict } from "./with-bank.ts";

const TOKEN = answer(200, { access_token: "t0ken", expires_in: 86_400 });
const ACCOUNT = answer(200, { id: "account_1" });
const isToken = ({ path }: BankRequest) => path === "/v1/oauth/token";

/** Every call takes a tenth of a second, and `reply` says what comes of it; a test that holds calls resolves them itself. */
function setUp(
  reply: (request: BankRequest) => BankReply | Promise<BankReply>,
  settings: { requestsPerSecond?: number; burst?: number } = {},
  line?: LineOfAll,
) {
  const clock = line?.clock ?? new FakeClock();
  const changes: BreakerChange[] = [];
  const sent: BankRequest[] = [];
  const send = async (request: BankRequest) => {
    sent.push(request);
    await clock.sleep(100);
    return reply(request);
  };
  let graceGiven: number | undefined | "none" = "none";
  const http = {
    send,
    skewMs: () => 4_000,
    close: async (graceMs?: number) => {
      graceGiven = graceMs;
    },
  };
  const bank = assembleBank(
    http,
    {
      apiUrl: "https://bank.test",
      clientId: "c",
      clientSecret: "s",
      scopes: [],
      requestsPerSecond: 1_000,
      burst: 1_000,
      caps: { reads: 4, writes: 4 },
      callTimeoutMs: 2_000,
      attempts: 3,
      ...settings,
    },
    {
      clock,
      random: () => 1,
      onBreakerChange: (change) => changes.push(change),
      ...(line && { shared: line.way().shared }),
    },
  );
  return { bank, clock, sent, changes, graceGiven: () => graceGiven };
}

describe("assembleBank", () => {
  it("parses the body of an answer once, whoever looks into it", async () => {
    const body = '{"id":"account_1","status":"active"}';
    const { bank, clock } = setUp((request) => (isToken(request) ? TOKEN : answer(200, body)));
    const parse = mock.method(JSON, "parse");
    const answers = [bank.fetchAccount("account_1"), bank.patchAccount("account_1", "{}", "k1")];
    await clock.advance(1_000);
    const verdicts = (await Promise.all(answers)).map(verdict);
    const parsed = parse.mock.calls.filter(({ arguments: [text] }) => text === body).length;
    parse.mock.restore();
    expect(verdicts).to.deep.equal(["ok", "ok"]);
    expect(parsed).to.equal(2);
  });

  it("lets no write out that has waited for more than a minute, but reads, and costs it no attempt", async () => {
    let isUp = true;
    const { bank, clock, sent } = setUp((request) => (isToken(request) ? TOKEN : isUp ? ACCOUNT : silence(true)));
    const token = bank.authenticate();
    await clock.advance(100);
    await token;
    isUp = false;
    const failing = Array.from({ length: 20 }, (_, n) => bank.createAccount(CREATE, `k${n}`));
    await clock.advance(1_000);
    await Promise.all(failing);
    const late = Array.from({ length: 20 }, (_, n) => bank.createAccount(CREATE, `late${n}`));
    const read = bank.fetchAccount("account_1");
    await clock.advance(4 * 3_600_000);
    const probes = sent.filter(({ key }) => key?.startsWith("late")).length;
    expect(probes, "probes of the first minute").to.be.within(5, 6);
    isUp = true;
    await clock.advance(120_000);
    expect(verdict(await read)).to.equal("ok");
    const kinds = (await Promise.all(late)).map((given) => (given.ok ? "ok" : given.failure.kind));
    expect(kinds.filter((kind) => kind === "unknown")).to.have.length(probes);
    expect(kinds.filter((kind) => kind === "transient")).to.have.length(late.length - probes);
    const left = sent.filter(({ key }) => key?.startsWith("late")).length - probes;
    expect(left, "after the outage").to.equal(0);
    const now = bank.createAccount(CREATE, "late0");
    await clock.advance(1_000);
    expect(verdict(await now), "asked for again").to.equal("ok");
  });

  it("lets no call out in an outage but probes, though many had passed before it began", async () => {
    let isUp = true;
    const { bank, clock, sent, changes } = setUp((request) =>
      isToken(request) ? TOKEN : isUp ? ACCOUNT : silence(true),
    );
    const token = bank.authenticate();
    await clock.advance(100);
    expect(verdict(await token)).to.equal("ok");
    isUp = false;
    const writes = Array.from({ length: 100 }, (_, n) => bank.createAccount(CREATE, `k${n}`));
    await clock.advance(500);
    expect(sent.length - 1, "the 20th failure opens it, when three others had begun").to.equal(23);
    await clock.advance(20_000);
    expect(sent.length - 1, "one probe after 1, 2, 4 and 8 s").to.equal(27);
    isUp = true;
    await clock.advance(30_000);
    const answers = await Promise.all(writes);
    const keys = sent.filter((request) => !isToken(request)).map(({ key }) => key);
    expect(new Set(keys).size, "each went out once").to.equal(keys.length).and.to.equal(100);
    const failures = answers.flatMap((given) => (given.ok ? [] : [given.failure]));
    expect(failures.filter(({ outage }) => outage !== true)).to.have.length(19);
    expect(changes.at(-1)).to.deep.equal({ state: "closed", probeInMs: 0 });
  });

  it("shares pace and breaker with the clients that it is given them with, and lets no write wait for more than 8 s", async () => {
    const line = new LineOfAll(new FakeClock());
    let reply = answer(429, "", 10_000);
    const clients = [1, 2].map(() => setUp((request) => (isToken(request) ? TOKEN : reply), {}, line));
    const [one, other] = clients as [ReturnType<typeof setUp>, ReturnType<typeof setUp>];
    const begun = clients.map(({ bank }) => bank.authenticate());
    await line.clock.advance(1_000);
    await Promise.all(begun);
    const refused = one.bank.createAccount(CREATE, "k1");
    await line.clock.advance(150);
    expect(verdict(await refused)).to.equal("transient bank_rate_limited 429");
    reply = answer(500);
    const late = other.bank.createAccount(CREATE, "k2");
    await line.clock.advance(10_500);
    expect(verdict(await late), "it would have waited for ten").to.equal("transient bank_unreachable 0");
    const failing = Array.from({ length: 25 }, (_, n) => one.bank.createAccount(CREATE, `f${n}`));
    await line.clock.advance(1_000);
    expect(other.changes).to.deep.equal([{ state: "open", probeInMs: 1_000 }]);
    const asked = line.waysAsked.filter((name) => name === "open");
    expect(asked).to.have.length(1);
    for (const { bank } of clients) bank.stop();
    await Promise.all(failing);
  });

  it("fetches the token through the breaker, which alone ends its waiting", async () => {
    let isUp = false;
    const { bank, clock, sent } = setUp((request) => (!isUp ? answer(502) : isToken(request) ? TOKEN : ACCOUNT));
    const outcomes: string[] = [];
    // Each of these spends its three attempts, until the breaker opens and attempts are free.
    for (let n = 0; n < 6; n++) {
      const call = bank.fetchAccount("account_1");
      await clock.advance(10_000);
      outcomes.push(verdict(await call));
    }
    expect(outcomes).to.deep.equal(Array(6).fill("transient bank_error 502"));
    expect(sent.every(isToken)).to.equal(true);
    const patient = bank.fetchAccount("account_1");
    await clock.advance(3_600_000);
    isUp = true;
    await clock.advance(60_000);
    expect(verdict(await patient)).to.equal("ok");
  });

  it("begins no call once it is stopped, and lets those in flight end", async () => {
    const { bank, clock, sent } = setUp((request) => (isToken(request) ? TOKEN : ACCOUNT));
    const token = bank.authenticate();
    await clock.advance(100);
    await token;
    const calls = Array.from({ length: 12 }, (_, n) =>
      n % 2 === 0 ? bank.createAccount(CREATE, `k${n}`) : bank.fetchAccount("account_1"),
    );
    await clock.advance(50);
    expect(sent, "a token, and four of each kind in flight").to.have.length(9);
    bank.stop();
    bank.stop();
    await clock.advance(10_000);
    const verdicts = (await Promise.all(calls)).map(verdict);
    expect(verdicts.filter((word) => word === "ok")).to.have.length(8);
    expect(verdicts.filter((word) => word === "transient stopped 0")).to.have.length(4);
    expect(verdict(await bank.createAccount(CREATE, "late"))).to.equal("transient stopped 0");
    expect(sent).to.have.length(9);
  });

  it("ends reads between two attempts, calls that wait for a token, and calls in an outage, when it is stopped", async () => {
    const { bank, clock, sent } = setUp(() => answer(500));
    const early = bank.authenticate();
    await clock.advance(150);
    const waiting = [bank.fetchAccount("account_1"), bank.createAccount(CREATE, "k1")];
    await settle();
    bank.stop();
    await clock.advance(1);
    for (const given of await Promise.all([early, ...waiting])) expect(verdict(given)).to.equal("transient stopped 0");
    expect(sent).to.have.length(1);
    expect(clock.sleeping).to.equal(0);
  });

  it("takes a token as a call leaves, not as it queues, so that one that ends meanwhile is nobody's", async () => {
    let tokens = 0;
    let valid = "";
    let reads = 0;
    const isRead = ({ method }: BankRequest) => method === "GET";
    const { bank, clock, sent } = setUp(
      (request) => {
        if (isToken(request)) {
          valid = `token-${++tokens}`;
          return answer(200, { access_token: valid });
        }
        // All tokens end with the first read, and with the fifth.
        if (isRead(request) && [1, 5].includes(++reads)) valid = "";
        return request.token === valid ? ACCOUNT : answer(401, { code: "unauthorized" });
      },
      { requestsPerSecond: 1, burst: 1 },
    );
    const reading = Array.from({ length: 5 }, () => bank.fetchAccount("account_1"));
    const writing = Array.from({ length: 3 }, (_, n) => bank.createAccount(CREATE, `k${n}`));
    await clock.advance(60_000);
    expect((await Promise.all([...reading, ...writing])).map(verdict)).to.deep.equal(Array(8).fill("ok"));
    expect(tokens).to.equal(3);
    const refused = sent.length - tokens - 8;
    expect(refused, "only those that met the end of a token").to.equal(2);
  });

  it("does not send again after a 401 once it is stopped, and the call did not happen", async () => {
    let stop = () => {};
    const { bank, clock, sent } = setUp((request) => {
      if (isToken(request)) return TOKEN;
      stop();
      return answer(401);
    });
    stop = () => bank.stop();
    const call = bank.createAccount(CREATE, "k1");
    await clock.advance(1_000);
    expect(verdict(await call)).to.equal("transient stopped 0");
    expect(sent).to.have.length(2);
  });

  it("stops when it closes, hands the grace on, and tells the bank's clock", async () => {
    const { bank, graceGiven } = setUp(() => TOKEN);
    expect(bank.clockSkewMs()).to.equal(4_000);
    expect(graceGiven()).to.equal("none");
    await bank.close(30_000);
    expect(graceGiven()).to.equal(30_000);
    expect(verdict(await bank.fetchAccount("account_1"))).to.equal("transient stopped 0");
  });
});
