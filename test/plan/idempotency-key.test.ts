/**
 * The idempotency key: the same operation always has the same one, in every version of the product; any other operation,
 * and the next generation, has another.
 */
import { expect } from "chai";
import { validate, version } from "uuid";
import { hashBody, idempotencyKey, type OperationIdentity, operationName } from "../../src/plan/idempotency-key.ts";

const IDENTITY: OperationIdentity = {
  apiUrl: "https://bank.test",
  keyName: "one",
  fileSha256: "ab".repeat(32),
  changeKey: "client:c1",
  kind: "patch",
  step: 1,
  bodyHash: hashBody('{"application_id":"application_1"}'),
};

/** Each differs from IDENTITY in one member. */
const OTHERS: readonly Partial<OperationIdentity>[] = [
  { apiUrl: "https://sandbox.test" },
  { keyName: "two" },
  { fileSha256: "cd".repeat(32) },
  { changeKey: "client:c2" },
  { changeKey: "account:c1" },
  { kind: "create" },
  { step: 2 },
  { bodyHash: hashBody("") },
];

describe("idempotency keys", () => {
  it("are UUIDs of version 5, which fit the bank's header", () => {
    const key = idempotencyKey(operationName(IDENTITY), 0);
    expect(validate(key)).to.equal(true);
    expect(version(key)).to.equal(5);
  });

  it("are the same for the same operation and generation", () => {
    const again = structuredClone(IDENTITY);
    expect(idempotencyKey(operationName(again), 3)).to.equal(idempotencyKey(operationName(IDENTITY), 3));
  });

  // A key that changed with an upgrade would send again what is in doubt under the old one.
  it("stay what they have been", () => {
    expect(operationName(IDENTITY)).to.equal("84e6e29bd78bd1daff6c229bb41ad9d1b3c3f9926c23f702f2321ea9adc90072");
    expect(idempotencyKey(operationName(IDENTITY), 0)).to.equal("30a3c588-239b-5ba1-9681-69bcd7c4c0e6");
    expect(idempotencyKey(operationName(IDENTITY), 1)).to.equal("407b6760-6353-5d12-b2dd-0434271d7aad");
  });

  for (const other of OTHERS) {
    it(`differ by ${JSON.stringify(other).slice(0, 60)}`, () => {
      const name = operationName({ ...IDENTITY, ...other });
      expect(name).to.not.equal(operationName(IDENTITY));
      expect(idempotencyKey(name, 0)).to.not.equal(idempotencyKey(operationName(IDENTITY), 0));
    });
  }

  it("differ by generation", () => {
    const name = operationName(IDENTITY);
    const keys = Array.from({ length: 100 }, (_, generation) => idempotencyKey(name, generation));
    expect(new Set(keys).size).to.equal(100);
  });

  it("do not depend on which member holds which part of a text", () => {
    const left = operationName({ ...IDENTITY, keyName: "a", changeKey: 'b","c' });
    const right = operationName({ ...IDENTITY, keyName: 'a","b', changeKey: "c" });
    expect(left).to.not.equal(right);
    expect(operationName({ ...IDENTITY, keyName: "ab", fileSha256: "c" })).to.not.equal(
      operationName({ ...IDENTITY, keyName: "a", fileSha256: "bc" }),
    );
  });
});

describe("hashBody", () => {
  /** FIPS 180-4's own example, and the hash of nothing. */
  const cases: readonly [string, string][] = [
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["ä", "33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc"],
  ];
  for (const [body, sha256] of cases) {
    it(`is the SHA-256 of ${JSON.stringify(body)} in UTF-8`, () => expect(hashBody(body)).to.equal(sha256));
  }

  it("tells bodies apart that mean the same", () => {
    expect(hashBody('{"a":1}')).to.not.equal(hashBody('{"a": 1}'));
  });
});
