/**
 * Texts of the bank without their values: what stays is readable, the same for all rows, and shows no cell.
 */
import { expect } from "chai";
import fc from "fast-check";
import { LONGEST_REASON, withoutValues } from "../../src/report/without-values.ts";

/** Words of no language that Tieout knows, so that they can only be values. */
const NAMES = ["Zoë Quintus-Meyer", "O'Brien", "Ünal", "Пётр Иванов", "张三", "Ng", "X", "محمد", "नमिता", "😀 Zed"];
const TEXTS = [
  "must not be empty",
  "details.credit.limit must be greater than details.credit.max_limit",
  "account_holders: the entity does not exist, or has another type",
  'the member "account_holder_type" may not be changed from "consumer" to "commercial"',
  "L'entité n'existe pas (non trouvée)",
  "口座が見つかりません",
  "сущность не найдена",
];

describe("the bank's text without values", () => {
  for (const text of TEXTS) it(`stays as it is: ${text}`, () => expect(withoutValues(text, [])).to.equal(text));

  const cases: [text: string, values: string[], expected: string][] = [
    ["entity entity_7Qx2 was not found", [], "entity … was not found"],
    ["no account acct_1a2b or ent_9", [], "no account …"],
    ["request 550e8400-e29b-abcd-a716-446655440000 failed", [], "request … failed"],
    ["id deadbeefcafe and 01ARZ3NDEKTSV4RRFFQ69G5FAV", [], "id …"],
    ["limit 5,000.00 is above 4 500,00", [], "limit … is above …"],
    ["limit USD 5,000.00 (12.5%) is above $4,500 or 4500 EUR", [], "limit … (…) is above …"],
    ["the 3rd document of 7", [], "the … document of …"],
    ["must be one of 1, 2, 3 and 4", [], "must be one of …"],
    ["at 2026-01-31T07:40:00.123+02:00 it was closed", [], "at … it was closed"],
    ["on Mon, 30 Nov 2026 07:40:00 GMT it was closed", [], "on … it was closed"],
    ["closed 31.01.2026, 1/31/26 7:40 pm, Jan 31st, 2026", [], "closed …"],
    ["you may repeat it in May", [], "you may repeat it in May"],
    ["mail anna.b+c@example.com, or see https://bank.test/a?b=c", [], "mail … or see …"],
    ['the name "Jane \\"JD\\" Doe" is taken', [], "the name … is taken"],
    ["the name 'O'Brien' of the holder's account is “taken”", [], "the name … of the holder's account is …"],
    ['{"name":"Jane","limit":5} is no account', [], '{…,"limit":…} is no account'],
    ["account_holders[3].entity_id is unknown", [], "account_holders[…].entity_id is unknown"],
    ["product Gold Card is not offered", ["gold card"], "product … is not offered"],
    ["Zoe Muller is no holder", ["Zoë Müller"], "… is no holder"],
    ["ZOË  MÜLLER is no holder", ["zoë müller"], "… is no holder"],
    ["holder Müller is blocked", ["Zoë Müller"], "holder … is blocked"],
    ["a limit is needed at once", ["l", "i", "at o", "a"], "a limit is needed at once"],
    ["branch Q is closed, Quebec is not", ["Q"], "branch … is closed, Quebec is not"],
    ["details.credit.limit is too high for credit", ["credit"], "details.credit.limit is too high for …"],
    ["the status must be active", ["active", "the"], "the status must be active"],
    ["名字张三无效", ["张三"], "名字…无效"],
    ["not in good standing", ["IN", "no"], "not in good standing"],
    ["value Zo%C3%AB and Zo\\u00ebl and Zo&euml;l", [], "value …"],
    ["the holder is Zoë Quint…", ["Zoë Quintus"], "the holder is …"],
    ["the holder is Zo…", ["Zoë Quintus"], "the holder is …"],
    ['the holder is "Zoë Quint…', [], "the holder is …"],
    ["one\u0000two\u001b[31m\u202e three\nfour", [], "one two [… three four"],
  ];
  for (const [text, values, expected] of cases)
    it(`${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, () =>
      expect(withoutValues(text, values)).to.equal(expected));

  it("has no digit, no control character, one line and a named length, whatever comes in", () => {
    const any = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", maxLength: 600 }));
    fc.assert(
      fc.property(any, fc.array(any, { maxLength: 5 }), (text, values) => {
        const reason = withoutValues(text, values);
        expect(reason).to.have.length.at.most(LONGEST_REASON);
        expect(reason).to.not.match(/[\p{N}\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(reason.isWellFormed()).to.equal(true);
      }),
    );
  });

  const value = fc.oneof(
    fc.constantFrom(...NAMES),
    fc.uuid(),
    fc.emailAddress().filter((address) => /^[\w.+-]+@/.test(address)),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.double({ noNaN: true }).map(String),
    fc.nat().map((nat) => nat.toLocaleString("de-CH")),
    fc.nat().map((nat) => `ent_${nat}x`),
  );

  it("is the same for every row, and shows none of its values", () => {
    const template = (a: string, b: string) => `the holder ${a} of ${b} is not known, so "${b}" is refused`;
    const expected = withoutValues(template("1", "2"), []);
    expect(expected).to.equal("the holder … of … is not known, so … is refused");
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(withoutValues(template(a, b), [a, b, "is", "k"])).to.equal(expected);
      }),
    );
  });

  it("takes out a value in whichever case, and wherever the text is cut", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES.slice(0, 4)), fc.boolean(), fc.nat(20), (name, isUpper, cut) => {
        const text = `refused for ${isUpper ? name.toUpperCase() : name}`;
        const reason = withoutValues(`${text.slice(0, Math.max(13, text.length - cut))}…`, [name]);
        expect(reason).to.equal("refused for …");
      }),
    );
  });

  it("costs no more for a text or a cell of megabytes", () => {
    const long = withoutValues("ab ".repeat(1_000_000), ["cd ".repeat(1_000_000), "ab"]);
    expect(long).to.equal("…");
    expect(withoutValues("word ".repeat(1_000), []))
      .to.match(/ …$/)
      .and.have.length.at.most(LONGEST_REASON);
  });
});
