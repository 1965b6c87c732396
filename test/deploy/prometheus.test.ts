/**
 * The alert rules and the dashboard of deploy/: promtool finds nothing in them and runs the rules through made-up nights, and both ask only
 * for metrics and labels that Tieout has.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { ALARM_KINDS } from "../../src/errors/alarm-kinds.ts";
import { METRICS, type MetricEntry } from "../../src/monitor/metrics.ts";
import { itWhole } from "../support/extent.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RULES = join(ROOT, "deploy/prometheus/alerts.yml");
const NIGHTS = join(ROOT, "test/deploy/alerts.test.yml");

const isThere = spawnSync("promtool", ["--version"]).status === 0;
if (!isThere)
  console.log("      deploy/prometheus: not checked by promtool, which is not installed (package prometheus)");
const itChecked = isThere ? it : it.skip;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

/** With the labels that Prometheus and its histograms add. */
const OTHER_LABELS = ["instance", "le"];

/** The metrics and labels of PromQL that Tieout does not have. */
function unknownIn(query: string): string[] {
  const names = [...query.matchAll(/\btieout_\w+/g)].map(([name]) => name.replace(/_bucket$/, ""));
  const entries = names.map(
    (name): MetricEntry | undefined => (METRICS as Readonly<Record<string, MetricEntry>>)[name],
  );
  const labels = new Set([...OTHER_LABELS, ...entries.flatMap((entry) => entry?.labels ?? [])]);
  if (query.includes('up{job="tieout"}')) labels.add("job");
  const asked = [
    ...[...query.matchAll(/\b(?:by|without|on|ignoring) \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/)),
    ...[...query.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  ];
  return [...names.filter((_, at) => entries[at] === undefined), ...asked.filter((label) => !labels.has(label))];
}

function promtool(...args: readonly string[]): Promise<{ readonly isGood: boolean; readonly said: string }> {
  return new Promise((resolve) =>
    execFile("promtool", args, (error, stdout, stderr) => resolve({ isGood: error === null, said: stdout + stderr })),
  );
}

describe("deploy/prometheus", () => {
  let folder: string;
  let rules: Rules;
  const all = () => rules.groups.flatMap((group) => group.rules);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-rules-"));
    rules = parse(await readFile(RULES, "utf8")) as Rules;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function runNights(of: string): Promise<{ readonly isGood: boolean; readonly said: string }> {
    const file = join(folder, "nights.yml");
    await writeFile(file, (await readFile(NIGHTS, "utf8")).replace("RULES", of));
    return promtool("test", "rules", file);
  }

  async function runWith(changed: Rules): Promise<boolean> {
    const file = join(folder, "changed.yml");
    await writeFile(file, stringify(changed));
    return (await runNights(file)).isGood;
  }

  itChecked("has rules and a configuration that promtool takes", async () => {
    for (const args of [
      ["check", "rules", "--lint-fatal", RULES],
      ["check", "config", join(ROOT, "deploy/prometheus/prometheus.yml")],
    ]) {
      const { isGood, said } = await promtool(...args);
      expect(isGood, said).to.equal(true);
    }
  });

  itChecked("fires at none of a quiet night, and once for each thing that goes wrong", async () => {
    const { isGood, said } = await runNights(RULES);
    expect(isGood, said).to.equal(true);
  });

  (isThere ? itWhole : it.skip)(
    "would not pass without one of its rules, or with one that always fires",
    async function () {
      this.timeout(180_000);
      expect(await runWith(rules)).to.equal(true);
      const change = (alert: string, as: (rule: Rule) => readonly Rule[]): Rules => ({
        groups: rules.groups.map((group) => ({
          ...group,
          rules: group.rules.flatMap((rule) => (rule.alert === alert ? as(rule) : [rule])),
        })),
      });
      for (const { alert } of all()) {
        expect(await runWith(change(alert, () => [])), alert).to.equal(false);
        expect(await runWith(change(alert, (rule) => [{ ...rule, expr: "vector(1)" }])), alert).to.equal(false);
      }
    },
  );

  it("asks only for metrics and labels that Tieout has, and tells what to do", async () => {
    expect(unknownIn('max by (jb) (tieout_row_total{wrd="a"})')).to.deep.equal(["tieout_row_total", "jb", "wrd"]);
    expect(all()).to.have.length.above(10);
    for (const { alert, expr, labels, annotations } of all()) {
      expect(unknownIn(expr), alert).to.deep.equal([]);
      expect(labels.severity, alert).to.be.oneOf(["page", "ticket"]);
      expect(Object.keys(annotations), alert).to.deep.equal(["summary", "next"]);
    }
    expect(await readFile(RULES, "utf8")).to.match(/^# Never fired at anybody/);
  });

  it("answers each kind of alarm by one of two rules", () => {
    const [now, later] = ["TieoutJobNeedsSomeoneNow", "TieoutJobNeedsSomeone"].map(
      (name) => all().find(({ alert }) => alert === name)?.expr ?? "",
    );
    const paged = /kind=~"([^"]*)"/.exec(now ?? "")?.[1];
    expect(/kind!~"([^"]*)"/.exec(later ?? "")?.[1]).to.equal(paged);
    expect(ALARM_KINDS).to.include.members(paged?.split("|") ?? []);
  });
});

describe("deploy/grafana/dashboard.json", () => {
  let panels: readonly Panel[];
  before(async () => {
    ({ panels } = JSON.parse(await readFile(join(ROOT, "deploy/grafana/dashboard.json"), "utf8")) as {
      panels: readonly Panel[];
    });
  });
  const queries = () => panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it("asks only for metrics and labels that Tieout has, and for each of them", () => {
    for (const query of queries()) expect(unknownIn(query), query).to.deep.equal([]);
    const asked = queries().join(" ");
    expect(Object.keys(METRICS).filter((name) => !new RegExp(`\\b${name}(_bucket)?\\b`).test(asked))).to.deep.equal([]);
  });

  itChecked("has queries that Prometheus takes", async () => {
    const expressions = queries().map((expr) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$job", ".*"));
    const folder = await mkdtemp(join(tmpdir(), "tieout-queries-"));
    try {
      const file = join(folder, "queries.yml");
      const recorded = expressions.map((expr, at) => ({ record: `query:of:panel${at}`, expr }));
      await writeFile(file, stringify({ groups: [{ name: "queries", rules: recorded }] }));
      const { isGood, said } = await promtool("check", "rules", file);
      expect(isGood, said).to.equal(true);
      expect(said).to.contain(`${expressions.length} rules found`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("says what each panel shows, and lays none over another", () => {
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const panel of panels.filter(({ type }) => type !== "row"))
      expect(panel.description, panel.title).to.match(/\.$/);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).to.equal(24);
  });
});
