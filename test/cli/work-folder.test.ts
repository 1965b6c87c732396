/** The folder for working copies: whose it is, and that nothing but our own leftovers is ever removed. */
import { cp, link, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { openWorkFolder, type WorkFolder } from "../../src/cli/work-folder.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { itOnFile } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

/** As it is after its process was killed: the lock is given up, and the rest is there. */
async function killed(parent: string): Promise<string> {
  const folder: WorkFolder = openWorkFolder(parent);
  await writeFile(join(folder.path, "source.csv"), "account_id\n");
  await cp(folder.path, join(parent, "copy"), { recursive: true });
  folder[Symbol.dispose]();
  await rename(join(parent, "copy"), folder.path);
  return folder.path;
}

describe("openWorkFolder", () => {
  let parent: string;
  const marker = (folder: string) => join(folder, "tieout-work");

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "tieout-work-"));
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  it("gives each its own, readable by its owner only, and removes it with all that is in it", async () => {
    const one = openWorkFolder(parent);
    const two = openWorkFolder(parent);
    expect(one.path).not.to.equal(two.path);
    expect(basename(one.path)).to.match(/^\.tieout-work-/);
    expect((await stat(one.path)).mode & 0o777).to.equal(0o700);
    await mkdir(join(one.path, "source-1"));
    await writeFile(join(one.path, "source-1", "copy.csv"), "account_id\n");
    expect(await readdir(parent)).to.have.length(2);
    one[Symbol.dispose]();
    expect(await readdir(parent)).to.deep.equal([basename(two.path)]);
    two[Symbol.dispose]();
    expect(await readdir(parent)).to.deep.equal([]);
  });

  it("removes what a dead process has left, also half removed, and never what a living one works in", async () => {
    await killed(parent);
    await rm(join(await killed(parent), "alive"));
    using living = openWorkFolder(parent);
    using next = openWorkFolder(parent);
    expect((await readdir(parent)).sort()).to.deep.equal([living, next].map(({ path }) => basename(path)).sort());
  });

  const foreign: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
    "without the marker": (folder) => rm(marker(folder)),
    "whose marker says something else": (folder) => writeFile(marker(folder), "keep\n"),
    "whose marker is longer": (folder) => writeFile(marker(folder), "more", { flag: "a" }),
    "whose marker is empty": (folder) => writeFile(marker(folder), ""),
    "whose marker is a folder": async (folder) => {
      await rm(marker(folder));
      await mkdir(marker(folder));
    },
    "whose marker is a symbolic link to a true one": async (folder) => {
      await rename(marker(folder), join(parent, "true"));
      await symlink(join(parent, "true"), marker(folder));
    },
    "whose marker has a second name": (folder) => link(marker(folder), join(parent, "second")),
    "whose lock is a link": async (folder) => {
      await rm(join(folder, "alive"));
      await symlink(join(parent, "elsewhere"), join(folder, "alive"));
    },
    "that was renamed to a name that is not ours": (folder) => rename(folder, join(parent, "work")),
    "that has the marker of another folder": (folder) => rename(folder, join(parent, ".tieout-work-0123456789ab")),
    "that is a symbolic link": async (folder) => {
      await rename(folder, join(parent, "kept"));
      await symlink(join(parent, "kept"), folder);
    },
  };
  for (const [what, make] of Object.entries(foreign)) {
    it(`leaves a folder ${what} alone, however old it is`, async () => {
      const folder = await killed(parent);
      await make(folder);
      const old = Date.now() / 1000 - 400 * 24 * 3_600;
      for (const name of await readdir(parent)) await utimes(join(parent, name), old, old);
      const before = (await readdir(parent, { recursive: true })).sort();
      openWorkFolder(parent)[Symbol.dispose]();
      expect((await readdir(parent, { recursive: true })).sort()).to.deep.equal(before);
    });
  }

  itOnFile("leaves what lies in work/ beside the ledger alone, whoever made it", async () => {
    const old = Date.now() / 1000 - 2 * 24 * 3_600;
    for (const name of ["thesis", "0123456789ab"]) {
      await mkdir(join(parent, "work", name), { recursive: true });
      await writeFile(join(parent, "work", name, "alive"), "");
      await writeFile(join(parent, "work", name, "chapter-1.txt"), "years of work\n");
      await utimes(join(parent, "work", name), old, old);
    }
    await writeFile(join(parent, "a.csv"), "account_id,product_name\naccount_1,Gold\n");
    const before = (await readdir(join(parent, "work"), { recursive: true })).sort();
    const ended = await runTieout(["validate", "a.csv"], { TIEOUT_LEDGER: join(parent, "ledger.sqlite") }, parent);
    expect(ended.code, ended.err).to.equal(0);
    expect((await readdir(join(parent, "work"), { recursive: true })).sort()).to.deep.equal(before);
    expect((await readdir(parent)).sort()).to.deep.equal(["a.csv", "validated", "work"]);
  });

  it("says in one line where none can be made", async () => {
    await writeFile(join(parent, "file"), "in the way");
    expect(() => openWorkFolder(join(parent, "file")))
      .to.throw(FatalError, /no folder for working copies can be made in .* \((EEXIST|ENOTDIR)\)/)
      .with.property("code", "spool_unwritable");
  });
});
