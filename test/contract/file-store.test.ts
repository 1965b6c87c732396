/**
 * What every FileStore must do, run over the local folder, S3 against the stand-in, and S3 against a real server
 * when TEST_S3_ENDPOINT names one (with TEST_S3_ACCESS_KEY and TEST_S3_SECRET_KEY).
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

import {
  collect,
  failure,
  found,
  keysOf,
  openFolder,
  openRealServer,
  openStandIn,
  type Place,
  textOf,
} from "./open-places.ts";

async function withLocalFile(body: string | Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-test-"));
  try {
    await writeFile(join(folder, "local"), body);
    await use(join(folder, "local"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ODD_KEYS = [
  "a b.csv",
  "+plus and%20percent%.csv",
  "a&b<c>'d\".csv",
  "line\nbreak.csv",
  "ünï/日本 🏦.csv",
  "back\\slash;semi=:?#[]@!$()*,~`^{}|.csv",
];
const ODD_S3_KEYS = ["../up.csv", "a/../../b.csv", "./dot.csv", "double//slash.csv", "/lead.csv", "ends/", ".hidden"];

const CHECKS: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  async "lists every key with the prefix, over all pages"({ store, put }) {
    const keys = Array.from({ length: 23 }, (_, n) => `in/${String(n).padStart(2, "0")}.csv`);
    for (const key of [...keys, "in.csv", "other/00.csv"]) await put(key, key);
    expect(await keysOf(store, "in/")).to.deep.equal(keys);
    expect(await keysOf(store, "in/1")).to.deep.equal(keys.filter((key) => key.startsWith("in/1")));
    expect(await keysOf(store)).to.have.length(25);
    expect(await keysOf(store, "nothing/")).to.deep.equal([]);
    expect(await keysOf(store, "../")).to.deep.equal([]);
  },
  async "takes keys as data: listed, found and read under the same name"({ store, put, isS3 }) {
    const keys = isS3 ? [...ODD_KEYS, ...ODD_S3_KEYS] : ODD_KEYS;
    for (const key of keys) await put(key, `of ${key}`);
    expect(await keysOf(store)).to.deep.equal(keys.toSorted());
    for (const key of keys) {
      expect(await keysOf(store, key)).to.deep.equal([key]);
      expect(await textOf(store, await found(store, key))).to.equal(`of ${key}`);
    }
  },
  async "says the same of a file in a listing and on its own"({ store, put }) {
    const before = Date.now();
    await put("a.csv", "12345");
    const [listed] = await collect(store.list("a.csv"));
    const { versionId: _, ...file } = await found(store, "a.csv");
    expect(file.size).to.equal(5);
    expect(Math.abs(file.lastModifiedMs - before)).to.be.below(60_000);
    // A header tells the time in whole seconds.
    const lastModifiedMs = Math.trunc(file.lastModifiedMs / 1000);
    expect(Math.trunc((listed?.lastModifiedMs ?? 0) / 1000)).to.equal(lastModifiedMs);
    expect({ ...listed, lastModifiedMs }).to.deep.equal({ ...file, lastModifiedMs });
  },
  async "finds none where there is none"({ store, put }) {
    await put("folder/a.csv", "a");
    for (const key of ["a.csv", "folder", "folder/a", "folder/a.csv/b", "../a.csv"]) {
      expect(await store.find(key), key).to.equal(undefined);
    }
  },
  async "refuses to read a file that was replaced or removed"({ store, put, remove }) {
    await put("a.csv", "first");
    const first = await found(store, "a.csv");
    await put("a.csv", "other");
    expect((await failure(textOf(store, first))).code).to.equal("file_changed");
    const other = await found(store, "a.csv");
    await remove("a.csv");
    expect((await failure(textOf(store, other))).code).to.equal("file_changed");
  },
  async "reads an empty file as no bytes"({ store, put }) {
    await put("empty.csv", "");
    expect(await textOf(store, await found(store, "empty.csv"))).to.equal("");
  },
  async "writes a file whole, also an empty one"({ store }) {
    for (const body of ["result,row\n", ""]) {
      const key = `results/run 1/${body.length}/results.csv`;
      await withLocalFile(body, (path) => store.write(key, path));
      expect(await textOf(store, await found(store, key))).to.equal(body);
    }
    expect(await keysOf(store)).to.have.length(2);
  },
  async "never overwrites, and leaves one that may exist"({ store, put }) {
    await put("results.csv", "there");
    await withLocalFile("new", async (path) => {
      const error = await failure(store.write("results.csv", path));
      expect(error.code).to.equal("results_unwritable");
      expect(error.message).to.match(/exists already/);
      for (const key of ["results.csv", "none.csv", "none.csv"]) await store.write(key, path, { mayExist: true });
    });
    for (const [key, text] of Object.entries({ "results.csv": "there", "none.csv": "new" }))
      expect(await textOf(store, await found(store, key))).to.equal(text);
    expect(await keysOf(store)).to.deep.equal(["none.csv", "results.csv"]);
  },
  async "lets one of several writers of a key through"({ store }) {
    await withLocalFile("same", async (path) => {
      const writes = await Promise.allSettled([1, 2, 3].map(() => store.write("one.csv", path)));
      expect(writes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    });
  },
  async "streams 8 MB in and out"({ store }) {
    const body = randomBytes(8 * 1024 * 1024);
    await withLocalFile(body, (path) => store.write("large.csv", path));
    const hash = createHash("sha256");
    let largest = 0;
    for await (const chunk of store.read(await found(store, "large.csv"))) {
      largest = Math.max(largest, chunk.length);
      hash.update(chunk);
    }
    expect(hash.digest("hex")).to.equal(createHash("sha256").update(body).digest("hex"));
    expect(largest).to.be.at.most(1024 * 1024);
  },
  async "stops in the middle of a body when nobody reads on"({ store, put }) {
    await put("large.csv", randomBytes(4 * 1024 * 1024));
    const file = await found(store, "large.csv");
    for await (const _ of store.read(file)) break;
    expect(await store.find("large.csv")).to.deep.equal(file);
  },
  async "says that the place is missing"({ missing }) {
    expect((await failure(keysOf(missing))).code).to.equal("source_not_found");
    expect((await failure(missing.find("a.csv"))).code).to.equal("source_not_found");
  },
  async "says that a local file to write is missing"({ store }) {
    const error = await failure(store.write("results.csv", join(tmpdir(), randomUUID())));
    expect(error.code).to.equal("results_unwritable");
    expect(await keysOf(store)).to.deep.equal([]);
  },
};

const S3_CHECKS: typeof CHECKS = {
  async "says that the bucket to write to is missing"({ missing }) {
    await withLocalFile("x", async (path) => {
      const error = await failure(missing.write("results.csv", path));
      expect(error.code).to.equal("results_unwritable");
      expect(error.message).to.match(/Bucket tieout-test-\S+-missing does not exist at 127.0.0.1:\d+/);
    });
  },
  async "says that the credentials are refused"({ signedBy, put }) {
    await put("a.csv", "a");
    const stores = [await signedBy?.(undefined, "wrong-secret"), await signedBy?.("UNKNOWN", "wrong-secret")];
    for (const store of stores) {
      if (store === undefined) expect.fail("S3 has credentials");
      for (const act of [() => keysOf(store), () => store.find("a.csv"), () => store.find("none.csv")]) {
        const error = await failure(act());
        expect(error.code).to.equal("source_unreachable");
        expect(error.message).to.match(/refuses the credentials.*(SignatureDoesNotMatch|InvalidAccessKeyId)/);
        expect(error.hint).to.match(/AWS_SECRET_ACCESS_KEY/);
      }
      await withLocalFile("x", async (path) => {
        const error = await failure(store.write("b.csv", path));
        expect(error.code).to.equal("results_unwritable");
        expect(error.message).to.match(/refuses the credentials/);
      });
    }
  },
};

function suite(name: string, open: () => Promise<Place>, checks: typeof CHECKS): void {
  describe(`FileStore: ${name}`, () => {
    for (const [title, check] of Object.entries(checks)) {
      it(title, async () => {
        await using place = await open();
        await check(place);
      });
    }
  });
}

const ALL_S3_CHECKS = { ...CHECKS, ...S3_CHECKS };
suite("local folder", openFolder, CHECKS);
suite("S3, stand-in", openStandIn, ALL_S3_CHECKS);
if (process.env.TEST_S3_ENDPOINT) suite("S3, real server", openRealServer, ALL_S3_CHECKS);
else
  it.skip(
    `FileStore, S3, real server: skipped: ${Object.keys(ALL_S3_CHECKS).length} checks (TEST_S3_ENDPOINT is not set)`,
  );
