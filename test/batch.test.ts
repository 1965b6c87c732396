/** What names of files say of batch and version. */
import { expect } from "chai";
import { batchOf, foldBatchId, isOtherVersion } from "../src/batch.ts";

describe("batchOf", () => {
  const named: readonly [string, string, number][] = [
    ["2024-12-25-01-batch-1_account_V1.csv", "2024-12-25-01-batch-1", 1],
    ["2024-12-25-01-batch-1_Account_v2.CSV", "2024-12-25-01-batch-1", 2],
    ["outgoing/2024/b_account_V3.csv.gz", "b", 3],
    ["b_account_V007.csv", "b", 7],
    ["b_account_V10.csv", "b", 10],
    ["b_account_V0.csv", "b", 0],
    ["b_account_V2_account_V3.csv", "b_account_V2", 3],
    ["b_account_V123456789012345.csv", "b", 123456789012345],
  ];
  for (const [key, id, version] of named) it(`takes ${key}`, () => expect(batchOf(key)).to.deep.equal({ id, version }));

  const others = [
    "_account_V1.csv",
    "in/_account_V1.csv",
    "b_account_V1/file.csv",
    "b_account_V.csv",
    "b_account_1.csv",
    "b_account_V-1.csv",
    "b_account_V1.5.csv",
    "b_accounts_V1.csv",
    "b_entity_V1.csv",
    "baccount_V1.csv",
    "b_account_V1 (1).csv",
    "b_account_V1.csv.manifest.json",
    "b_account_V1.txt",
    "b_account_V1234567890123456.csv",
    "run-1/1/failed.csv",
  ];
  for (const key of others) it(`takes ${key} for no batch`, () => expect(batchOf(key)).to.equal(undefined));

  it("knows an id whatever its letter case or Unicode form", () => {
    expect(foldBatchId("2024-Batch-É")).to.equal(foldBatchId("2024-batch-e\u0301"));
    expect(foldBatchId("batch-1")).not.to.equal(foldBatchId("batch-01"));
  });

  it("tells two versions of one batch from one version twice, and from two batches", () => {
    const is = (a: string, b: string) => isOtherVersion(batchOf(a), batchOf(b));
    expect(is("a_account_V1.csv", "A_account_V2.csv")).to.equal(true);
    expect(is("a_account_V1.csv", "b/a_account_V01.csv")).to.equal(false);
    expect(is("a_account_V1.csv", "b_account_V2.csv")).to.equal(false);
    expect(is("a_account_V1.csv", "a.csv")).to.equal(false);
    expect(is("a.csv", "a.csv")).to.equal(false);
  });
});
