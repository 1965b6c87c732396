/**
 * FolderStore where it differs from a bucket: links, hidden files, paths that would leave the folder, and file modes.
 */
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { FileStore } from "../../src/store/file-store.ts";
import { openFolderStore } from "../../src/store/folder-store.ts";

async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof FatalError ? error.code : String(error);
}

async function keysOf(store: FileStore, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}

describe("FolderStore", () => {
  let outside: string;
  let folder: string;
  let store: FileStore;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), "tieout-test-"));
    folder = join(outside, "inbox");
    await mkdir(folder);
    await writeFile(join(outside, "secret.csv"), "secret");
    store = openFolderStore({ folder });
  });
  afterEach(() => rm(outside, { recursive: true }));

  it("lists files and links to files, never hidden ones, folders or what links to them", async () => {
    await mkdir(join(folder, ".tieout-abc"));
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, ".tieout-abc", "whole"), "");
    await writeFile(join(folder, ".hidden.csv"), "");
    await writeFile(join(folder, "sub", "a.csv"), "");
    await symlink(join(outside, "secret.csv"), join(folder, "link.csv"));
    await symlink(join(outside, "nothing.csv"), join(folder, "dangling.csv"));
    await symlink(folder, join(folder, "circle"));
    expect(await keysOf(store)).to.deep.equal(["link.csv", "sub/a.csv"]);
    expect(await keysOf(store, "sub/")).to.deep.equal(["sub/a.csv"]);
    expect(await keysOf(store, "su")).to.deep.equal(["sub/a.csv"]);
    expect(await keysOf(store, "s/")).to.deep.equal([]);
  });

  it("does not leave the folder, in any direction", async () => {
    const file = { size: 6, lastModifiedMs: 0, etag: '"e"' };
    for (const key of [
      "../secret.csv",
      "a/../../secret.csv",
      "/secret.csv",
      "..",
      "",
      "a//b",
      "./a",
      "a\0b",
      ".hidden",
    ]) {
      expect(await store.find(key), key).to.equal(undefined);
      expect(
        await codeOf(
          store
            .read({ key, ...file })
            [Symbol.asyncIterator]()
            .next(),
        ),
        key,
      ).to.equal("file_changed");
      expect(await codeOf(store.write(key, join(outside, "secret.csv"))), key).to.equal("results_unwritable");
    }
    expect(await readdir(outside)).to.have.members(["inbox", "secret.csv"]);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("writes private files into private folders, and leaves nothing else", async () => {
    const made = openFolderStore({ folder: join(folder, "new") });
    await made.write("run/1/results.csv", join(outside, "secret.csv"));
    expect((await stat(join(folder, "new/run/1/results.csv"))).mode & 0o777).to.equal(0o600);
    expect((await stat(join(folder, "new/run/1/results.csv"))).nlink).to.equal(1);
    expect((await stat(join(folder, "new/run"))).mode & 0o777).to.equal(0o700);
    expect(await readdir(join(folder, "new/run/1"))).to.deep.equal(["results.csv"]);
  });

  it("says at once that a folder cannot be made: below /proc, or below a file", async () => {
    await writeFile(join(folder, "x"), "x");
    for (const place of [...(process.platform === "linux" ? ["/proc/none/deep"] : []), join(folder, "x", "deep")]) {
      const written = openFolderStore({ folder: place }).write("a.csv", join(folder, "x"));
      expect(await codeOf(written), place).to.equal("results_unwritable");
    }
  });

  it("sees a change in the middle of a read", async () => {
    await writeFile(join(folder, "a.csv"), "x".repeat(1_000_000));
    const file = await store.find("a.csv");
    if (file === undefined) expect.fail("a.csv is not there");
    const read = async () => {
      for await (const _ of store.read(file)) await utimes(join(folder, "a.csv"), 1, 1);
    };
    expect(await codeOf(read())).to.equal("file_changed");
  });

  it("takes a file in the folder's place for a missing folder", async () => {
    const none = openFolderStore({ folder: join(outside, "secret.csv") });
    expect(await codeOf(keysOf(none))).to.equal("source_not_found");
  });
});
