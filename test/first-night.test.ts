/** The fifteen steps of docs/first-night.md, typed word for word into one shell, from the package as it is installed. */
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { typed } from "./support/doc-pages.ts";
import { itWhole } from "./support/extent.ts";
import { freePorts } from "./support/free-ports.ts";
import { packPackage, unpackPackage } from "./support/package.ts";

const PAGE = new URL("../docs/first-night.md", import.meta.url);
/** What the page names by number: the stand-ins, the receiver, and the metrics. */
const PORTS = ["4010", "4011", "4012", "9464"] as const;
const SECRET = "a-long-word-that-the-receiver-knows";

/** As `tieout alarms` lists it. */
const REJECTED = /^\S+ {2}accounts {2}rejected /m;

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks. */
async function startReceiver(port: number): Promise<AsyncDisposable & { readonly told: readonly Told[] }> {
  const told: Told[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    told.push({ headers: request.headers, body });
    response.end();
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    told,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe("from nothing to a watched night", function () {
  this.timeout(300_000);

  itWhole("goes as the page says, each of its fifteen steps", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-first-night-"));
    const home = join(folder, "home");
    const free = await freePorts(PORTS.length);
    const moved = (text: string) => PORTS.reduce((all, port, at) => all.replaceAll(port, String(free[at])), text);
    await using receiver = await startReceiver(free[2] ?? 0);
    try {
      await unpackPackage(await packPackage(folder), home);
      const page = await readFile(PAGE, "utf8");
      expect(page.match(/^\*\*\d+\. /gm)).to.have.lengthOf(15);
      const [, job = ""] = /^```ts\n([\s\S]*?)^```/m.exec(page) ?? [];
      await writeFile(join(folder, "job.ts"), job);

      const blocks = await typed("first-night.md");
      expect(blocks).to.have.lengthOf(14);
      const steps = blocks.map(({ command }, at) => `echo "== ${at}"\n${moved(command)}echo "-- $?"\n`);
      // What the folder begins with listens elsewhere too, and the page's job takes the place of the first one.
      const ports = PORTS.slice(0, 2).map((port, at) => `-e s/${port}/${free[at]}/g`);
      steps.splice(1, 0, `sed -i ${ports.join(" ")} package.json .env.example\ncp ../job.ts jobs/accounts.ts\n`);
      const said = await type(steps.join(""), home);
      const of = (at: number) => {
        const [, printed = "", code] = new RegExp(`^== ${at}\\n([\\s\\S]*?)^-- (\\d+)$`, "m").exec(said) ?? [];
        return [printed, Number(code)] as const;
      };
      const codes = blocks.map((_, at) => of(at)[1]);
      expect(codes, said).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

      expect(of(3)[0], "doctor").to.match(/ 0 bad\n$/);
      expect(of(6)[0], "the first run").to.contain("3 applied");
      expect(of(7)[0], "the next starts").to.match(/America\/Chicago/);
      expect(of(9)[0], "metrics").to.match(/^tieout_next_start_timestamp_seconds\{job="accounts"\} \d/m);
      expect(of(10)[0], "the alarm").to.match(REJECTED);
      expect(of(11)[0], "the alarm is over")
        .to.match(/1 applied/)
        .and.not.match(REJECTED);
      expect(await readdir(home)).to.include("ledger-copy.sqlite");
      expect(await readFile(join(home, "schedule.log"), "utf8")).to.contain("the schedule has stopped");

      const events = receiver.told.map(({ body }) => JSON.parse(body));
      expect(events.map(({ event, kind }) => `${kind} ${event}`)).to.include.members([
        "rejected raised",
        "rejected cleared",
      ]);
      for (const { headers, body } of receiver.told) {
        const [, at = "", signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(headers["tieout-signature"])) ?? [];
        expect(createHmac("sha256", SECRET).update(`${at}.${body}`).digest("hex")).to.equal(signature);
      }
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

/** Types into one shell with jobs, as a person has it, and ends all that the shell has started. Gives what it prints. */
async function type(script: string, cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(LEAD|AWS|TIEOUT|TEST)_/.test(name)),
  );
  const shell = spawn("bash", ["--norc", "-c", script], {
    cwd,
    env: { ...env, PATH: `${dirname(process.execPath)}:${env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  await once(shell, "exit");
  // The stand-ins are left running by the page.
  process.kill(-(shell.pid ?? 0), "SIGTERM");
  return said;
}
