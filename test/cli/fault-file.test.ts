/** The file of faults: what it may say, and the one line that each mistake in it gets. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseFaults } from "../../src/cli/fault-file.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { SandboxRequest } from "../../src/sandbox/state/journal.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const parse = (written: unknown) => parseFaults(JSON.stringify(written), "f.json");

function complaint(text: string): string {
  try {
    parseFaults(text, "f.json");
  } catch (error) {
    if (error instanceof FatalError) return `${error.message} [${error.code}]; ${error.hint}`;
    throw error;
  }
  throw new Error("nothing is wrong with it");
}

describe("fault file", () => {
  it("gives every number on as it is, and nothing that is not said", () => {
    const [order] = parse([{ fault: "429", after: 1, every: 2, chance: 0.5, seed: 3, count: 4, retryAfterSeconds: 5 }]);
    const { match, ...rest } = order ?? { fault: "reset" };
    expect(rest).to.deep.equal({
      fault: "429",
      after: 1,
      every: 2,
      chance: 0.5,
      seed: 3,
      count: 4,
      retryAfterSeconds: 5,
    });
    expect(match).to.be.a("function");
  });

  const CALLS = {
    read: ["GET", "/v0/accounts/account_1"],
    create: ["POST", "/v0/accounts"],
    patch: ["PATCH", "/v0/accounts/account_1"],
    close: ["POST", "/v0/accounts/account_1/close"],
    remove: ["DELETE", "/v0/accounts/account_1/entity_relationships/entity_1"],
    token: ["POST", "/v1/oauth/token"],
  } as const;
  for (const [written, expected] of [
    [undefined, ["read", "create", "patch", "close", "remove"]],
    [{}, ["read", "create", "patch", "close", "remove"]],
    [{ traffic: "write" }, ["create", "patch", "close", "remove"]],
    [{ traffic: "read" }, ["read"]],
    [{ traffic: "token" }, ["token"]],
    [{ method: "POST" }, ["create", "close"]],
    [{ path: "/v0/accounts" }, ["create"]],
    [{ path: "/v0/accounts/*" }, ["read", "patch", "close", "remove"]],
    [{ path: "/v0/accounts/*/close" }, ["close"]],
    [{ method: "PATCH", path: "/v0/accounts/account_1" }, ["patch"]],
    [{ path: "/v0.accounts" }, []],
  ] as const) {
    it(`matches by ${JSON.stringify(written) ?? "nothing"}: ${expected.join(", ") || "none"}`, () => {
      const [order] = parse([{ fault: "500", ...(written && { match: written }) }]);
      const request = ([method, path]: readonly [string, string]): SandboxRequest => ({
        method,
        path,
        query: {},
        requestId: "req_1",
        status: 0,
        at: 0,
      });
      const matched = Object.entries(CALLS).flatMap(([name, call]) => (order?.match?.(request(call)) ? [name] : []));
      expect(matched).to.deep.equal(expected);
    });
  }

  for (const [text, line] of [
    ["[{", "f.json is not JSON [usage]; see samples/faults.json"],
    ["{}", "f.json is {} [usage]; give a list of faults"],
    ["[3]", "f.json: fault 1 is 3 [usage]; give an object with the name of a fault"],
    ['[{"fault":"timeout_aftr"}]', 'f.json: fault 1: fault is "timeout_aftr" [usage]; did you mean "timeout_after"?'],
    ['[{"fault":429}]', 'f.json: fault 1: fault is 429 [usage]; did you mean "429"?'],
    [
      '[{"fault":"500"},{"fault":"500","evry":2}]',
      'f.json: fault 2 has the unknown member "evry" [usage]; did you mean "every"?',
    ],
    [
      '[{"fault":"500","match":{"methd":"GET"}}]',
      'f.json: fault 1: match has the unknown member "methd" [usage]; did you mean "method"?',
    ],
    [
      '[{"fault":"500","match":{"method":"patch"}}]',
      'f.json: fault 1: match.method is "patch" [usage]; did you mean "PATCH"?',
    ],
    [
      '[{"fault":"500","match":{"path":"accounts"}}]',
      'f.json: fault 1: match.path is "accounts" [usage]; give a path that begins with /',
    ],
    ['[{"fault":"500","every":0}]', "f.json: fault 1: every is 0 [usage]; give a whole number from 1"],
    ['[{"fault":"500","chance":2}]', "f.json: fault 1: chance is 2 [usage]; give a number above 0, up to 1"],
    ['[{"fault":"slow"}]', "f.json: fault 1: ms is missing [usage]; slow needs ms, a number of milliseconds"],
    ['[{"fault":"500","ms":5}]', "f.json: fault 1: ms is 5 [usage]; only slow and late have ms"],
    [
      '[{"fault":"409","retryAfterSeconds":5}]',
      "f.json: fault 1: retryAfterSeconds is 5 [usage]; only 429 and 503 have retryAfterSeconds",
    ],
  ] as const) {
    it(`says of ${text}: ${line}`, () => {
      expect(complaint(text)).to.equal(line);
    });
  }

  it("lists the faults to one that is like none of them", () => {
    expect(complaint('[{"fault":"earthquake"}]')).to.match(
      /fault is "earthquake" \[usage\]; give one of 401, .*, slow$/,
    );
  });

  itWhole("is served by tieout sandbox, which tells at its end what struck", async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), "tieout-faults-"));
    try {
      const file = join(folder, "faults.json");
      await writeFile(file, '[{ "fault": "503", "count": 1 }, { "fault": "reset", "after": 9 }]');
      using sandbox = startTieout(["sandbox", "--output", "json", "--faults", file], {});
      const [line] = (await once(sandbox.child.stdout as NodeJS.ReadableStream, "data")) as [string];
      const { url } = JSON.parse(line) as { url: string };
      const statuses = [];
      for (let n = 0; n < 2; n++) statuses.push((await fetch(`${url}/v0/accounts/account_1`)).status);
      expect(statuses).to.deep.equal([503, 401]);
      sandbox.child.kill("SIGTERM");
      const { out } = await sandbox.ended;
      expect(out.trim().split("\n").at(-1)).to.equal('{"format":1,"event":"faults","struck":{"503":1,"reset":0}}');

      const missing = await runTieout(["sandbox", "--faults", join(folder, "none.json")], {});
      expect([missing.code, missing.out]).to.deep.equal([2, ""]);
      expect(missing.err).to.match(/^tieout: there is no file \S+none\.json \[usage\]; see samples\/faults\.json\n$/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
