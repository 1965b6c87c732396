/** A ledger's path: what can be no ledger is refused before anything is made, and nothing is begun unasked. */
import { execFileSync } from "node:child_process";
import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { BANK, fatalOf, newRun } from "../builders.ts";

describe("the path of a SQLite ledger", () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const closing = async (opened: Promise<Ledger>) => (await opened)[Symbol.asyncDispose]();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-place-"));
  });
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    return rm(folder, { recursive: true, force: true });
  });

  interface Refusal {
    readonly make?: () => Promise<unknown>;
    readonly path: () => string;
    readonly says: RegExp;
    readonly begins?: "with its folder";
  }
  const refusals: Readonly<Record<string, Refusal>> = {
    "a link to nothing": {
      make: () => symlink("/nonexistent/x", at("dangling")),
      path: () => at("dangling"),
      says: /symbolic link to a file that is not there/,
    },
    "a circle of links": { make: () => symlink("loop", at("loop")), path: () => at("loop"), says: /go in a circle/ },
    "a name that is too long": { path: () => at("x".repeat(300)), says: /its name is too long/ },
    "a name with no room for that of its log": { path: () => at("x".repeat(250)), says: /its name is too long/ },
    "a path that is too long": { path: () => at(`${"d/".repeat(300)}l.sqlite`), says: /its path is too long/ },
    "a new file in /proc": { path: () => "/proc/self/ledger.sqlite", says: /is in proc, where files do not last/ },
    "a file of /proc": { path: () => "/proc/self/status", says: /is in proc|permission denied/ },
    "a device": { path: () => "/dev/null", says: /it is a device/ },
    "a pipe": {
      make: async () => execFileSync("mkfifo", [at("pipe")]),
      path: () => at("pipe"),
      says: /it is a pipe/,
    },
    "a socket": {
      make: () =>
        new Promise<void>((resolve) => {
          server = createServer().listen(at("socket"), resolve);
        }),
      path: () => at("socket"),
      says: /it is a socket/,
    },
    "a folder": { path: () => folder, says: /it is a folder/ },
    "a file in the way": {
      make: () => writeFile(at("f"), ""),
      path: () => at("f/l.sqlite"),
      says: /part of its path is a file/,
    },
    "a file in the way of its folder": {
      make: () => writeFile(at("f"), ""),
      path: () => at("f/.tieout/l.sqlite"),
      says: /part of its path is a file/,
      begins: "with its folder",
    },
    "a folder that is not there": { path: () => at("typo's/l.sqlite"), says: /there is no folder .*typo's$/ },
    "the log of a ledger that is gone": {
      make: () => writeFile(at("l.sqlite-wal"), "x"),
      path: () => at("l.sqlite"),
      says: /the ledger is gone, and l\.sqlite-wal is still there/,
    },
    "the log of a ledger that is empty": {
      make: async () => Promise.all([writeFile(at("l.sqlite-wal"), "x"), writeFile(at("l.sqlite"), "")]),
      path: () => at("l.sqlite"),
      says: /the ledger is gone/,
    },
  };
  for (const [what, { make, path, says, begins = "in its folder" }] of Object.entries(refusals)) {
    it(`is refused in one line for ${what}, and nothing is made`, async () => {
      await make?.();
      const before = await readdir(folder);
      const error = await fatalOf(openSqliteLedger(path(), { begins }));
      expect(error).to.include({ code: "ledger_unusable", exit: 2 });
      expect(error.message).to.match(says).and.contain(path());
      expect(error.hint).to.match(/TIEOUT_LEDGER|restore/);
      expect(await readdir(folder)).to.deep.equal(before);
    });
  }

  it("gives the command that makes a folder which is not there, as a shell takes it", async () => {
    const { hint } = await fatalOf(openSqliteLedger(at("it's a typo/l.sqlite")));
    execFileSync("sh", ["-c", hint.slice(hint.indexOf("mkdir"))]);
    await closing(openSqliteLedger(at("it's a typo/l.sqlite")));
  });

  it("is refused where another user's permissions keep it closed", async function () {
    const [seteuid, geteuid] = [process.seteuid, process.geteuid];
    if (seteuid === undefined || geteuid === undefined) return this.skip();
    await closing(openSqliteLedger(at("l.sqlite")));
    await mkdir(at("closed"), { mode: 0o500 });
    await chmod(folder, 0o755);
    await chmod(at("l.sqlite"), 0o400);
    const user = geteuid();
    // Root may do everything, so it is nobody for a while.
    if (user === 0) seteuid(65_534);
    try {
      for (const path of [at("l.sqlite"), at("closed/l.sqlite")]) {
        const error = await fatalOf(openSqliteLedger(path));
        expect(error.code).to.equal("ledger_unusable");
        // access(2) asks for the real user, which root still is.
        expect(error.message).to.match(user === 0 ? /denied|it cannot be opened/ : /: permission denied$/);
      }
    } finally {
      if (user === 0) seteuid(user);
    }
  });

  for (const name of [
    "a?b.sqlite",
    "a#b.sqlite",
    "100%25.sqlite",
    "file:l.sqlite",
    ":memory:",
    " l \u00fc\n",
    "x".repeat(247),
  ]) {
    it(`may be ${JSON.stringify(name).slice(0, 20)}, which is taken as it is`, async () => {
      await closing(openSqliteLedger(at(name)));
      expect(await readdir(folder)).to.deep.equal([name]);
      await closing(openSqliteLedger(at(name), { begins: "never" }));
    });
  }

  it("may be a link to a ledger, and all files of that are closed to others", async () => {
    await mkdir(at("true"));
    await closing(openSqliteLedger(at("true/l.sqlite")));
    await chmod(at("true/l.sqlite"), 0o644);
    await symlink(at("true/l.sqlite"), at("link"));
    await using ledger = await openSqliteLedger(at("link"), { begins: "never" });
    await ledger.runs.open(BANK, newRun("r"));
    for (const suffix of ["", "-wal", "-shm"])
      expect((await stat(at(`true/l.sqlite${suffix}`))).mode & 0o777).to.equal(0o600);
  });

  it("is told apart as new once: where nothing was, and where an empty file was", async () => {
    const begun: string[] = [];
    await writeFile(at("empty"), "");
    for (const name of ["none", "none", "empty", "empty", "made/l.sqlite"]) {
      const onBegin = () => begun.push(name);
      await closing(openSqliteLedger(at(name), { begins: "with its folder", onBegin }));
    }
    expect(begun).to.deep.equal(["none", "empty", "made/l.sqlite"]);
    expect((await stat(at("made"))).mode & 0o777).to.equal(0o700);
  });

  it("is left as it is by who may not begin a ledger", async () => {
    await writeFile(at("empty"), "");
    for (const [name, says] of [
      ["none", /^there is no ledger at .*none$/],
      ["none/l.sqlite", /^there is no ledger at /],
      ["empty", /^there is no ledger at .*: the file is empty$/],
    ] as const) {
      const error = await fatalOf(openSqliteLedger(at(name), { begins: "never" }));
      expect(error).to.include({ code: "no_ledger", exit: 2 });
      expect(error.message).to.match(says);
    }
    expect(await readdir(folder)).to.deep.equal(["empty"]);
    expect((await stat(at("empty"))).size).to.equal(0);
  });

  it("keeps SQLite's locks on a ledger that a process opens once more", async function () {
    const locks = await readFile("/proc/locks", "utf8").catch(() => undefined);
    if (locks === undefined) return this.skip();
    await using first = await openSqliteLedger(at("l.sqlite"));
    await first.runs.open(BANK, newRun("r"));
    const { ino } = await stat(at("l.sqlite"));
    const held = async () =>
      (await readFile("/proc/locks", "utf8"))
        .split("\n")
        .filter((line) => line.includes(`${process.pid} `) && line.includes(`:${ino} `));
    expect(await held()).to.have.length(1);
    await closing(openSqliteLedger(at("l.sqlite")));
    expect(await held()).to.have.length(1);
  });

  const replaced: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    removed: (path) => rm(path),
    renamed: (path) => rename(path, `${path}.old`),
    "replaced by a copy": async (path) => {
      await copyFile(path, `${path}.copy`);
      await rename(`${path}.copy`, path);
    },
    "replaced by a link to a copy": async (path) => {
      await copyFile(path, `${path}.copy`);
      await rm(path);
      await symlink(`${path}.copy`, path);
    },
    "moved away with its folder": (path) => rename(join(path, ".."), `${folder}-moved`),
    "robbed of its log": (path) => rm(`${path}-wal`),
    "robbed of the file of its log's locks": (path) => rm(`${path}-shm`),
  };
  for (const [what, act] of Object.entries(replaced)) {
    it(`takes no more writes once it is ${what}, and says so`, async () => {
      const path = at("l.sqlite");
      await using ledger = await openSqliteLedger(path);
      await ledger.runs.open(BANK, newRun("before"));
      await act(path);
      for (const id of ["first", "second"]) {
        const error = await fatalOf(ledger.runs.open(BANK, newRun(id)));
        expect(error).to.include({ code: "ledger_replaced", exit: 2 });
        expect(error.message)
          .to.contain(path)
          .and.match(/moved, removed or replaced/);
      }
      expect((await ledger.runs.list(9)).map(({ id }) => id)).to.deep.equal(["before"]);
      await rm(`${folder}-moved`, { recursive: true, force: true });
    });
  }

  it("goes on when the file gets a second name, is touched or is closed by other processes", async () => {
    const path = at("l.sqlite");
    await using ledger = await openSqliteLedger(path);
    await ledger.runs.open(BANK, newRun("one"));
    await link(path, at("second"));
    await chmod(path, 0o600);
    const read = `const {DatabaseSync}=require("node:sqlite"); const d=new DatabaseSync(process.argv[1]); d.exec("SELECT * FROM runs"); d.close()`;
    execFileSync(process.execPath, ["--no-warnings", "-e", read, path]);
    await closing(openSqliteLedger(path));
    await ledger.runs.open(BANK, newRun("two"));
    expect(await ledger.runs.list(9)).to.have.length(2);
  });
});
