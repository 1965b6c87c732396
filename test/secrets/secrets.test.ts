/**
 * The real command, with canaries for every secret and in every column, through every command and every kind of failure:
 * what it prints holds no secret, no token, no key and no cell; results and ledger hold no secret and no token.
 */

import { expect } from "chai";
import pLimit from "p-limit";
import { describeWhole } from "../support/extent.ts";
import { AWS_SECRET, CELLS, CLIENT_SECRET, findCanaries, MOVED_PRODUCT, PG_SECRET } from "./canaries.ts";
import { HISTORIES } from "./histories.ts";
import { type Evidence, openStage } from "./stage.ts";

const AT_ONCE = 2;
const SECRETS = [CLIENT_SECRET, AWS_SECRET, PG_SECRET];

interface Told {
  readonly evidence: readonly Evidence[];
  readonly codes: readonly (number | null)[];
  readonly tokens: readonly string[];
  readonly keys: readonly string[];
  readonly echoes: number;
}

describeWhole("canaries", function () {
  this.timeout(600_000);
  const told = new Map<string, Told>();

  before(async () => {
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      HISTORIES.map((history) =>
        limit(async () => {
          await using stage = await openStage(history.name, history);
          const codes = await history.act(stage);
          const { tokens, keys, echoes } = stage.gateway;
          const evidence = await stage.collect();
          told.set(history.name, { evidence, codes, tokens: [...tokens], keys: [...keys], echoes });
        }),
      ),
    );
  });

  for (const { name, codes, orders } of HISTORIES) {
    it(`stay where they belong through ${name}`, () => {
      const history = told.get(name);
      if (history === undefined) throw new Error("it was not played");
      const { evidence, tokens, keys } = history;
      const printed = evidence.filter(({ kind }) => kind === "output");
      const shown = printed.map(({ from, text }) => `${from}\n${text}`).join("\n");
      expect(history.codes, shown).to.deep.equal(codes);
      if (orders !== undefined) expect(history.echoes, "echoes").to.be.above(0);
      const basic = [`us:${CLIENT_SECRET}`, ...SECRETS, ...tokens];
      for (const { kind, from, text } of evidence) {
        const forbidden = kind === "output" ? [...basic, ...keys, ...CELLS] : basic;
        expect(findCanaries(text, forbidden), `${from}\n${kind === "output" ? text : ""}`).to.deep.equal([]);
      }
    });
  }

  it("are on standard error in JSON lines and one last line, with nothing a terminal acts on", () => {
    const errors = [...told.values()].flatMap(({ evidence }) => evidence.filter(({ from }) => from.endsWith(", err")));
    expect(errors.length).to.be.above(30);
    for (const { from, text } of errors) {
      expect(text, from).to.not.match(/(?!\n)\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}]/u);
      for (const line of text.split("\n").slice(0, -1))
        if (!/^(tieout: |\w+Error|\s+at |\s+caused by )/.test(line))
          expect(() => JSON.parse(line), line).not.to.throw();
    }
  });

  it("were there to be found: in what was sent, in results, in the ledger and in explain", () => {
    const all = [...told.values()];
    expect(all.flatMap(({ tokens }) => tokens).length, "tokens").to.be.above(10);
    expect(all.flatMap(({ keys }) => keys).length, "keys").to.be.above(40);
    const keys = all.flatMap((one) => one.keys);
    const found = (kind: Evidence["kind"], values: readonly string[]) =>
      all
        .flatMap(({ evidence }) => evidence)
        .flatMap((one) => (one.kind === kind ? findCanaries(one.text, values) : []));
    expect(found("results", [MOVED_PRODUCT]), "what the bank has by then").not.to.deep.equal([]);
    for (const kind of ["results", "ledger", "explained"] as const) {
      expect(found(kind, CELLS).length, `cells in ${kind}`).to.be.above(10);
      expect(found(kind, keys).length, `keys in ${kind}`).to.be.above(0);
    }
  });
});

describe("the search for canaries", () => {
  it("finds each of them in every form in which it may be written down", () => {
    const forms: readonly ((value: string) => string)[] = [
      (value) => value,
      JSON.stringify,
      (value) => JSON.stringify(JSON.stringify({ value })),
      encodeURIComponent,
      (value) => Buffer.from(value).toString("base64"),
      (value) => Buffer.from(`us:${value}`).toString("base64"),
      (value) => Buffer.from(`xx${value}:yy`).toString("base64url"),
      (value) => Buffer.from(value).toString("hex"),
      (value) => value.slice(0, Math.ceil(value.length * 0.6)),
      (value) => `…${value.slice(-Math.ceil(value.length * 0.6))}`,
    ];
    for (const secret of SECRETS)
      for (const form of forms)
        expect(
          findCanaries(`{"level":"info","message":"x ${form(secret)} y"}`, [secret]),
          form(secret),
        ).not.to.deep.equal([]);
    for (const cell of CELLS)
      for (const form of forms.slice(0, 8))
        expect(findCanaries(`a ${form(cell)} b`, [cell]), form(cell)).not.to.deep.equal([]);
    expect(
      findCanaries("a run of 3 rows: account_id is account_… [bank_refused]", [...SECRETS, ...CELLS]),
    ).to.deep.equal([]);
  });
});
