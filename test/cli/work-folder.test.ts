/** The folder for working copies: whose it is, and what is swept away. */
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openWorkFolder } from "../../src/cli/work-folder.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";

describe("openWorkFolder", () => {
  let parent: string;

  beforeEach(async () => {
    parent = join(await mkdtemp(join(tmpdir(), "tieout-work-")), "work");
  });
  afterEach(() => rm(join(parent, ".."), { recursive: true, force: true }));

  it("gives each its own, readable by its owner only, and removes it with all that is in it", async () => {
    const one = openWorkFolder(parent);
    const two = openWorkFolder(parent);
    expect(one.path).not.to.equal(two.path);
    expect((await stat(one.path)).mode & 0o777).to.equal(0o700);
    await writeFile(join(one.path, "copy.csv"), "account_id\n");
    expect(await readdir(parent)).to.have.length(2);
    one[Symbol.dispose]();
    expect(await readdir(parent)).to.have.length(1);
    two[Symbol.dispose]();
    expect(await readdir(parent)).to.deep.equal([]);
  });

  it("sweeps away what a dead process has left, and leaves what may be another's", async () => {
    const left = { dead: join(parent, "dead"), young: join(parent, "young"), old: join(parent, "source-old") };
    for (const path of Object.values(left)) {
      await mkdir(path, { recursive: true });
      await writeFile(join(path, "source.csv"), "account_id\n");
    }
    await writeFile(join(left.dead, "alive"), "");
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3_600;
    await utimes(left.old, twoDaysAgo, twoDaysAgo);
    using living = openWorkFolder(parent);
    using next = openWorkFolder(parent);
    const names = [living, next].map(({ path }) => path.slice(parent.length + 1));
    expect((await readdir(parent)).sort()).to.deep.equal([...names, "young"].sort());
  });

  it("says in one line where none can be made", async () => {
    await writeFile(parent, "in the way");
    expect(() => openWorkFolder(parent))
      .to.throw(FatalError, /no folder for working copies can be made in .* \(EEXIST\)/)
      .with.property("code", "spool_unwritable");
  });
});
