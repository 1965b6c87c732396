/** The order of files over several sources, for any names: a total one, in which no source overtakes an earlier one within a number. */
import { expect } from "chai";
import fc from "fast-check";
import { orderFiles } from "../../../src/read/file/pin-file.ts";
import { compareSequences, sequenceOf } from "../../../src/read/file/sequence.ts";
import { orderSources } from "../../../src/run/start/order-sources.ts";
import type { StoredFile } from "../../../src/store/file-store.ts";

const pattern = /-(?<sequence>\d+)?\.csv$/;
const fileOf = (key: string, second: number): StoredFile => ({
  key,
  size: 1,
  etag: '"e"',
  lastModifiedMs: second * 1_000,
});
const sequenceIn = ({ key }: StoredFile) => sequenceOf(key, pattern);

const numbers = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(5)), { maxLength: 8 });
const listsOf = (all: readonly (readonly (readonly [number, number])[])[]) =>
  all.map((list, at) => ({
    source: { pattern },
    files: orderFiles(
      list.map(([number, second], index) => fileOf(`${at}/${index}-${number}.csv`, second)),
      pattern,
    ),
  }));
const sourceAt = ({ key }: StoredFile) => Number(key.split("/")[0]);

describe("the order of files over several sources", () => {
  it("goes by number, then by the list, then as the source lists them; each file once", () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 4 }), (all) => {
        const lists = listsOf(all);
        const ordered = orderSources(lists, (file) => file);
        expect(ordered.map(({ key }) => key).sort()).to.deep.equal(
          lists.flatMap(({ files }) => files.map(({ key }) => key)).sort(),
        );
        for (const [at, file] of ordered.entries()) {
          const before = ordered[at - 1];
          if (before === undefined) continue;
          const order = compareSequences(sequenceIn(before), sequenceIn(file)) || sourceAt(before) - sourceAt(file);
          expect(order, `${before.key} before ${file.key}`).to.be.at.most(0);
        }
        for (const [at, { files }] of lists.entries())
          expect(ordered.filter((one) => sourceAt(one) === at)).to.deep.equal(files);
      }),
    );
  });

  it("goes source after source where one has no number, or one of another kind", () => {
    const first = { source: { pattern }, files: [fileOf("0/b-2.csv", 1), fileOf("0/a-.csv", 2)] };
    const second = { source: { pattern }, files: [fileOf("1/c-1.csv", 0)] };
    expect(orderSources([first, second], (file) => file).map(({ key }) => key)).to.deep.equal([
      "0/b-2.csv",
      "0/a-.csv",
      "1/c-1.csv",
    ]);
    const days = { source: { pattern: /^1\/(?<sequence>.*)\.csv$/ }, files: [fileOf("1/2026-11-28.csv", 0)] };
    const numbered = { source: { pattern }, files: [fileOf("0/b-2.csv", 1)] };
    expect(orderSources([days, numbered], (file) => file).map(({ key }) => key)).to.deep.equal([
      "1/2026-11-28.csv",
      "0/b-2.csv",
    ]);
  });

  it("keeps a corrected batch where its first version would have come", () => {
    const batches = ["a_account_V1.csv", "a_account_V2.csv", "b_account_V1.csv"];
    const numbersOf = /^(?<sequence>\d+)/;
    const files = orderFiles(
      [fileOf(`41_${batches[0]}`, 0), fileOf(`42_${batches[2]}`, 0), fileOf(`41_${batches[1]}`, 9)],
      numbersOf,
    );
    const others = { source: { pattern: numbersOf }, files: [fileOf("41_x.csv", 0), fileOf("42_x.csv", 0)] };
    const ordered = orderSources([{ source: { pattern: numbersOf }, files }, others], (file) => file);
    expect(ordered.map(({ key }) => key)).to.deep.equal([
      "41_a_account_V1.csv",
      "41_a_account_V2.csv",
      "41_x.csv",
      "42_b_account_V1.csv",
      "42_x.csv",
    ]);
  });
});
