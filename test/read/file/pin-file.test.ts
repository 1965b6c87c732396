/**
 * pinFile over a folder and over S3: what the copy is, what is refused, and that nothing stays behind. orderFiles: a total order.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import { orderFiles, pinFile } from "../../../src/read/file/pin-file.ts";
import { startS3Server } from "../../../src/sandbox/bucket/start-s3-server.ts";
import type { FileStore, StoredFile } from "../../../src/store/file-store.ts";
import { openFolderStore } from "../../../src/store/folder-store.ts";
import { openS3Store } from "../../../src/store/s3-store.ts";

const BODY = "account_id,status\naccount_1,active\n";
const LIMITS = { fileBytes: 1_000 };

async function failure(act: Promise<unknown>): Promise<FatalError> {
  const error = await act.then(
    () => expect.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FatalError)) expect.fail(`not a FatalError: ${error}`);
  return error;
}

describe("pinFile", () => {
  let folder: string;
  let spoolFolder: string;
  let store: FileStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-test-"));
    spoolFolder = join(folder, "spool", "deep");
    await mkdir(join(folder, "in"));
    await writeFile(join(folder, "in", "accounts_007.csv"), BODY);
    store = openFolderStore({ folder: join(folder, "in") });
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function stored(of: FileStore = store): Promise<StoredFile> {
    for await (const file of of.list("accounts_")) return file;
    return expect.fail("no file is there");
  }

  async function leftovers(): Promise<string[]> {
    return readdir(spoolFolder).catch(() => []);
  }

  it("gives place, hash, sequence and a private copy, and removes the copy when it is disposed of", async () => {
    const file = await stored();
    {
      await using pinned = await pinFile(store, file, {
        spoolFolder,
        limits: LIMITS,
        pattern: /_(?<sequence>\d+)\.csv$/g,
      });
      expect(pinned).to.include({ ...file, place: join(folder, "in"), sequence: "007" });
      expect(pinned.sha256).to.equal(createHash("sha256").update(BODY).digest("hex"));
      expect(await readFile(pinned.localPath, "utf8")).to.equal(BODY);
      expect((await stat(pinned.localPath)).mode & 0o777).to.equal(0o600);
      expect((await stat(spoolFolder)).mode & 0o777).to.equal(0o700);
    }
    expect(await leftovers()).to.deep.equal([]);
  });

  it("gives no sequence where the pattern captures none", async () => {
    for (const options of [{}, { pattern: /accounts/ }, { pattern: /x(?<sequence>\d)/ }]) {
      await using pinned = await pinFile(store, await stored(), { spoolFolder, limits: LIMITS, ...options });
      expect(pinned).to.not.have.property("sequence");
    }
  });

  it("keeps two copies of one file apart", async () => {
    const options = { spoolFolder, limits: LIMITS };
    await using one = await pinFile(store, await stored(), options);
    await using two = await pinFile(store, await stored(), options);
    expect(one.localPath).to.not.equal(two.localPath);
  });

  it("refuses a file over the limit before it reads or writes anything, and takes one that just fits", async () => {
    const file = await stored();
    const unread: FileStore = { ...store, find: () => expect.fail("asked"), read: () => expect.fail("read") };
    const limits = { fileBytes: BODY.length - 1 };
    const error = await failure(pinFile(unread, file, { spoolFolder, limits }));
    expect(error.code).to.equal("file_too_large");
    expect(error.exit).to.equal(7);
    expect(await leftovers()).to.deep.equal([]);
    await using pinned = await pinFile(store, file, { spoolFolder, limits: { fileBytes: BODY.length } });
    expect(pinned.size).to.equal(BODY.length);
  });

  it("refuses a file that turns out larger than its listing while it streams, and leaves nothing", async () => {
    const file = await stored();
    let asked = 0;
    const endless: FileStore = {
      ...store,
      find: async () => file,
      async *read() {
        for (;;) {
          asked += 1;
          yield Buffer.alloc(400);
        }
      },
    };
    expect((await failure(pinFile(endless, file, { spoolFolder, limits: LIMITS }))).code).to.equal("file_too_large");
    expect(asked).to.equal(3);
    expect(await leftovers()).to.deep.equal([]);
  });

  it("refuses a file that is another than the listed one, or gone", async () => {
    const file = await stored();
    await writeFile(join(folder, "in", file.key), "something else");
    const options = { spoolFolder, limits: LIMITS };
    expect((await failure(pinFile(store, file, options))).code).to.equal("file_changed");
    await rm(join(folder, "in", file.key));
    expect((await failure(pinFile(store, file, options))).code).to.equal("file_changed");
    expect(await leftovers()).to.deep.equal([]);
  });

  it("leaves nothing when the body breaks off for good", async () => {
    await using server = await startS3Server({ buckets: ["inbox"] });
    server.put("inbox", "accounts_1.csv", BODY);
    const limits = { resumes: 1, resumeDelayMs: 1 };
    const s3 = await openS3Store({ bucket: "inbox", connection: server.connection, limits });
    server.failNext({ kind: "cut", afterBytes: 3 }, 2);
    const error = await failure(pinFile(s3, await stored(s3), { spoolFolder, limits: LIMITS }));
    expect(error.code).to.equal("source_unreachable");
    expect(await leftovers()).to.deep.equal([]);
  });

  it("pins the version of an object in a bucket that keeps them", async () => {
    await using server = await startS3Server({ buckets: ["inbox"], versioned: true });
    const { versionId } = server.put("inbox", "accounts_1.csv", BODY);
    const s3 = await openS3Store({ bucket: "inbox", connection: server.connection });
    await using pinned = await pinFile(s3, await stored(s3), { spoolFolder, limits: LIMITS });
    expect(pinned).to.include({ place: "s3://inbox", key: "accounts_1.csv", versionId });
    server.put("inbox", "accounts_1.csv", "other");
    const chunks: Uint8Array[] = [];
    for await (const chunk of s3.read(pinned)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).to.equal(BODY);
  });

  it("says that the spool folder cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    const error = await failure(pinFile(store, await stored(), { spoolFolder: join(folder, "file"), limits: LIMITS }));
    expect(error.code).to.equal("spool_unwritable");
    expect(error.exit).to.equal(2);
  });
});

describe("orderFiles", () => {
  const file = (key: string, lastModifiedMs = 0): StoredFile => ({ key, lastModifiedMs, size: 1, etag: '"e"' });
  const keys = (files: readonly StoredFile[]) => files.map(({ key }) => key);
  const pattern = /-(?<sequence>\w+)\.csv$/;

  it("goes by sequence, numbers by value, whatever the time and the name", () => {
    const files = [
      file("a-10.csv", 1),
      file("b-9.csv", 2),
      file("c-0011.csv", 0),
      file("d-99999999999999999999.csv", 0),
    ];
    expect(keys(orderFiles(files, pattern))).to.deep.equal([
      "b-9.csv",
      "a-10.csv",
      "c-0011.csv",
      "d-99999999999999999999.csv",
    ]);
  });

  it("puts numbers before texts before files without a sequence", () => {
    const files = [file("none.csv"), file("x-1a.csv"), file("x-b.csv"), file("x-2.csv"), file("x-10.csv")];
    const expected = ["x-2.csv", "x-10.csv", "x-1a.csv", "x-b.csv", "none.csv"];
    expect(keys(orderFiles(files, pattern))).to.deep.equal(expected);
  });

  it("goes by time, then key, without a pattern or at equal sequences", () => {
    const files = [file("b-1.csv", 2), file("a-01.csv", 2), file("c-1.csv", 1)];
    const expected = ["c-1.csv", "a-01.csv", "b-1.csv"];
    expect(keys(orderFiles(files))).to.deep.equal(expected);
    expect(keys(orderFiles(files, pattern))).to.deep.equal(expected);
    expect(files[0]?.key).to.equal("b-1.csv");
  });

  it("gives one order, however the files were listed", () => {
    const sequence = fc.constantFrom("-1", "-2", "-02", "-10", "-1a", "-b", "");
    const some = fc.uniqueArray(fc.tuple(fc.constantFrom("x", "y", "z"), sequence, fc.nat(2)), {
      selector: ([name, text]) => name + text,
      minLength: 2,
    });
    fc.assert(
      fc.property(some, (parts) => {
        const files = parts.map(([name, text, ms]) => file(`${name}${text}.csv`, ms));
        const order = keys(orderFiles(files, pattern));
        const rotated = [...files.slice(1), ...files.slice(0, 1)];
        expect(keys(orderFiles(files.toReversed(), pattern))).to.deep.equal(order);
        expect(keys(orderFiles(rotated, pattern))).to.deep.equal(order);
      }),
    );
  });
});
