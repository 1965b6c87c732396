/**
 * What of an account's answer cannot be sent back exactly as it was read: found in its text, refused by a change that
 * would have to send it, and no matter to any other.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { Account } from "../../src/account.ts";
import { findUnsendable } from "../../src/bank/find-unsendable.ts";
import { HttpBank } from "../../src/bank/http-bank.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { Desired } from "../../src/read/change.ts";
import { REST } from "./with-bank.ts";

const found = (text: string) => findUnsendable(text).map(({ path, why }) => `${path.join(".")} ${why}`);

const CASES: readonly [string, string, readonly string[]][] = [
  ["a whole number beyond 2^53", '{"metadata":{"a":12345678901234567890}}', ["metadata.a number"]],
  ["a number that is no number", '{"metadata":{"a":1e400}}', ["metadata.a number"]],
  ["a number with a zero behind the point", '{"metadata":{"a":1.0}}', ["metadata.a number"]],
  ["a number with an exponent", '{"metadata":{"a":1E2}}', ["metadata.a number"]],
  ["less than nothing", '{"metadata":{"a":-0}}', ["metadata.a number"]],
  ["more decimals than there are", '{"metadata":{"a":0.10000000000000000001}}', ["metadata.a number"]],
  ["numbers, words and text that come back alike", '{"metadata":{"a":-1.5,"b":true,"c":"\\u0041\\"}","d":"é"}}', []],
  ["half a character, which JSON can write", '{"metadata":{"a":"\\ud800"}}', []],
  ["a member named __proto__", '{"metadata":{"__proto__":"x","constructor":"y"}}', []],
  ["bytes that were no text", '{"metadata":{"a":"caf\uFFFD"}}', ["metadata.a lost"]],
  ["a member twice", '{"metadata":{"a":"1","b":"2","a":"3"}}', ["metadata.a twice"]],
  ["a member twice, once written otherwise", '{"metadata":{"a":"1","\\u0061":"3"}}', ["metadata.a twice"]],
  ["all metadata twice", '{"metadata":{"a":"1"},"metadata":{"b":"1"}}', ["metadata twice"]],
  ["an object in metadata", '{"metadata":{"a":{"b":"}"},"c":"1"}}', ["metadata.a nested"]],
  ["a list in metadata", '{"metadata":{"a":["]",[1.0]],"c":1.0}}', ["metadata.a nested", "metadata.c number"]],
  ["a member that is null, which counts as absent", '{"metadata":{"a":null},"documents":[{"version":null}]}', []],
  [
    "a null deeper within",
    '{"documents":[null,{"of":{"page":null}}]}',
    ["documents.0 null", "documents.1.of.page null"],
  ],
  ["a number in a document", '{"documents":[{"size":1},{"size":1.50}]}', ["documents.1.size number"]],
  ["a member of a document twice", '{"documents":[{"a":"1","a":"1"}]}', ["documents.0.a twice"]],
  ["nested values of a document that come back alike", '{"documents":[{"of":{"pages":[1,2]}}]}', []],
  [
    "the start of scra",
    '{"details":{"credit":{"scra":{"start_date":1.0}}}}',
    ["details.credit.scra.start_date number"],
  ],
  ["credit twice", '{"details":{"credit":{},"credit":{}}}', ["details.credit twice"]],
  [
    "what no PATCH sends back",
    '{"details":{"credit":{"limit":1.0,"limit":2,"report":{"score":7E2}},"x":[{"y":1.0}]},"id":"a","id":"b","z":1e9}',
    [],
  ],
  [
    "blanks of every kind",
    ' {\n\t"metadata" : { "a" : 1.0 , "b" : [ ] } , "documents" : [ { } ] }\r\n',
    ["metadata.a number", "metadata.b nested"],
  ],
];

/** An answer's text through the client. */
async function read(text: string): Promise<Account> {
  const transport = async () => ({ kind: "response", status: 200, body: text }) as const;
  const authenticate = async () => ({ ok: true, value: null, status: 200 }) as const;
  const answer = await new HttpBank({ transport, authenticate, ...REST }).fetchAccount("account_1");
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

const ODD = `{"id":"account_1","status":"active","unsendable":"theirs","details":{"product_name":"A","credit":{"limit":1.0}},
  "metadata":{"b":"1","serial":12345678901234567890,"__proto__":"x"},"documents":[{"document_id":"d","type":"aan",
  "displayed_at":"2026-01-01T00:00:00Z","pages":1.0}]}`;
const DOCUMENT = { document_id: "e", type: "aan", displayed_at: "2026-01-01T00:00:00Z" };

describe("findUnsendable", () => {
  for (const [what, text, expected] of CASES) {
    it(`judges ${what}`, () => {
      JSON.parse(text);
      expect(found(text)).to.deep.equal(expected);
    });
  }

  it("finds nothing in what JavaScript has written itself, however it is laid out", () => {
    const plain = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.double({ noNaN: true }), fc.boolean());
    const metadata = fc.dictionary(fc.string(), plain, { maxKeys: 5 });
    const values = fc.oneof(plain, fc.array(plain), fc.dictionary(fc.string(), plain));
    const document = fc.dictionary(fc.string(), values, { maxKeys: 5 });
    const account = fc.record({ metadata, documents: fc.array(document), details: fc.jsonValue(), x: fc.jsonValue() });
    fc.assert(
      fc.property(account, fc.constantFrom(0, 1, 4), (value, space) => {
        const text = JSON.stringify(value, null, space);
        fc.pre(!text.includes("\uFFFD") && !text.includes("null"));
        expect(found(text)).to.deep.equal([]);
      }),
    );
  });
});

describe("an account that cannot be sent back exactly", () => {
  const plan = async (desired: Desired) => {
    const account = await read(ODD);
    return planChange(desired, { account, relationships: null }, { removeRelationships: false, defaults: {} });
  };
  const codes = async (desired: Desired) => {
    const made = await plan(desired);
    return made.kind === "refused" ? made.issues.map(({ code, column }) => `${code} ${column}`) : made.kind;
  };

  it("refuses what would send it, by the column that would", async () => {
    expect(await codes({ metadata: { a: "1" } })).to.deep.equal(["value_not_resendable metadata.a"]);
    expect(await codes({ documents: [DOCUMENT] })).to.deep.equal(["value_not_resendable documents"]);
  });

  it("goes on with what does not", async () => {
    expect(await codes({ product_name: "B", limit: 2 })).to.equal("operations");
    expect(await codes({ metadata: { b: "1" } })).to.equal("unchanged");
  });

  it("sends a metadata key that the row itself gives, and the others as they were", async () => {
    const made = await plan({ metadata: { serial: "12345678901234567890" } });
    const [patch] = made.kind === "operations" ? made.operations : [];
    expect(patch?.body).to.equal('{"metadata":{"b":"1","serial":"12345678901234567890","__proto__":"x"}}');
  });

  it("takes no word of the bank's own for ours", async () => {
    expect(await read('{"id":"account_1","unsendable":[{"path":["documents"],"why":"twice"}]}')).to.deep.equal({
      id: "account_1",
    });
  });
});
