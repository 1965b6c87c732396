/**
 * The manifests in deploy/kubernetes: each follows the schemas of Kubernetes, says what it has not been through, and keeps to what
 * Tieout needs of a cluster: exit codes, times, a locked-down container, one ledger.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { EXIT } from "../../src/errors/exit-codes.ts";
import { defineJob } from "../../src/job.ts";
import { findFaults, KUBERNETES, type Manifest, readAllManifests } from "./manifests.ts";

const DEFAULTS = defineJob({ name: "a", source: { folder: "in" }, results: { folder: "out" } });

describe("deploy/kubernetes", () => {
  let files: Map<string, Manifest[]>;
  const all = () => [...files.values()].flat();
  const named = (kind: string, name?: string) => {
    const found = all().find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
    if (found === undefined) throw new Error(`there is no ${kind} ${name ?? ""}`);
    return structuredClone(found);
  };
  /** The pod of each workload, with the name of what makes it. */
  const pods = () =>
    all().flatMap((one) => {
      const spec =
        one.kind === "Pod" ? one.spec : (one.spec?.jobTemplate?.spec.template.spec ?? one.spec?.template?.spec);
      return spec === undefined ? [] : [{ name: `${one.kind} ${one.metadata.name}`, spec, manifest: one }];
    });

  before(async () => {
    files = await readAllManifests();
  });

  it("follows the schemas of Kubernetes, with no member that they do not know", async () => {
    expect(all().map(({ kind }) => kind)).to.include.members(["CronJob", "StatefulSet", "Deployment", "PodMonitor"]);
    const faults = await findFaults(all());
    expect(faults.filter((fault) => fault !== "")).to.deep.equal([]);
  });

  it("would not pass with a misspelled, a missing or an impossible member", async () => {
    const mutants: readonly [Manifest, (mutant: Manifest) => void, RegExp][] = [
      [named("CronJob"), ({ spec }) => (spec.concurencyPolicy = "Forbid"), /concurencyPolicy/],
      [named("CronJob"), ({ spec }) => (spec.concurrencyPolicy = "Never"), /concurrencyPolicy/],
      [named("CronJob"), ({ spec }) => delete spec.schedule, /schedule/],
      [
        named("CronJob"),
        ({ spec }) => (spec.jobTemplate.spec.podFailurePolicy.rules[1].action = "Fail"),
        /podFailurePolicy/,
      ],
      [
        named("CronJob"),
        ({ spec }) => (spec.jobTemplate.spec.template.spec.containers[0].securityContext.readOnlyRootFileSystem = true),
        /readOnlyRootFileSystem/,
      ],
      [named("StatefulSet"), ({ spec }) => (spec.replicas = "1"), /replicas/],
      [named("Deployment"), ({ spec }) => (spec.strategy.kind = "Recreate"), /kind/],
      [named("NetworkPolicy"), ({ spec }) => (spec.egress[0].ports[0].portocol = "UDP"), /portocol/],
      [named("PodMonitor"), ({ spec }) => (spec.podMetricsEndpoints[0].honourLabels = true), /honourLabels/],
      [named("PodMonitor"), ({ spec }) => delete spec.selector, /selector/],
    ];
    for (const [mutant, mutate] of mutants) mutate(mutant);
    const faults = await findFaults(mutants.map(([mutant]) => mutant));
    for (const [at, [, , words]] of mutants.entries()) expect(faults[at]).to.match(words);
  });

  it("says in its first line what it has not been through", async () => {
    for (const file of files.keys())
      expect(await readFile(join(KUBERNETES, file), "utf8"), file).to.match(/^# Not run on a cluster/);
  });

  it("answers each exit code once: what a second start would hide ends the job, what it would mend goes on", () => {
    const { rules } = named("CronJob").spec.jobTemplate.spec.podFailurePolicy;
    const [disruption, ...byCode] = rules;
    expect(disruption).to.deep.equal({ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] });
    const answers = byCode.flatMap(({ action, onExitCodes }: Manifest) =>
      onExitCodes.values.map((code: number) => [code, action]),
    );
    expect(Object.fromEntries(answers)).to.deep.equal({
      1: "FailJob",
      2: "FailJob",
      3: "FailJob",
      4: "FailJob",
      5: "Ignore",
      6: "Count",
      7: "FailJob",
    });
    expect(answers.map(([code]: [number]) => code).sort()).to.deep.equal(
      Object.values(EXIT)
        .filter((code) => code !== EXIT.done)
        .sort(),
    );
    for (const { onExitCodes } of byCode) expect(onExitCodes).to.include({ containerName: "tieout", operator: "In" });
  });

  it("lets no two starts of the job overlap, and gives Tieout the time to stop on its own", () => {
    const { spec } = named("CronJob");
    const job = spec.jobTemplate.spec;
    expect([spec.concurrencyPolicy, job.podReplacementPolicy, job.template.spec.restartPolicy]).to.deep.equal([
      "Forbid",
      "Failed",
      "Never",
    ]);
    expect(spec.timeZone).to.equal("America/Chicago");
    expect(spec.schedule, "at a time that each day has once").to.match(/^\d+ ([3-9]|1\d|2[0-3]|0) /);
    expect(job.activeDeadlineSeconds * 1_000).to.be.above(DEFAULTS.runTimeoutMs + 60_000);
    for (const { name, spec: pod } of pods())
      expect(pod.terminationGracePeriodSeconds * 1_000, name).to.be.above(2 * DEFAULTS.shutdownGraceMs);
  });

  it("gives each container no rights, no other user's name and nothing to write to but its volumes", () => {
    expect(pods()).to.have.length(5);
    for (const { name, spec } of pods()) {
      expect(spec.securityContext, name).to.deep.include({
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        fsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect([spec.automountServiceAccountToken, spec.hostNetwork, spec.hostPID], name).to.deep.equal([
        false,
        undefined,
        undefined,
      ]);
      for (const container of spec.containers) {
        expect(container.securityContext, name).to.deep.equal({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.resources.limits.memory, name).to.be.a("string");
      }
      const names = spec.volumes.map((volume: Manifest) => volume.name);
      expect(names, name).to.include.members(["tmp", "jobs", "bank"]);
    }
    expect(named("Namespace").metadata.labels).to.include({ "pod-security.kubernetes.io/enforce": "restricted" });
  });

  it("mounts each job by its subPath: it changes with a new pod, and never in the middle of a night", () => {
    const jobs = Object.keys(named("ConfigMap", "tieout-jobs").data);
    for (const { name, spec } of pods()) {
      const mounts = spec.containers[0].volumeMounts.filter((mount: Manifest) => mount.name === "jobs");
      expect(mounts, name).to.deep.equal(
        jobs.map((job) => ({ name: "jobs", mountPath: `/app/jobs/${job}`, subPath: job, readOnly: true })),
      );
    }
  });

  it("keeps one ledger for all: a volume for one pod, or PostgreSQL for several", () => {
    const several = pods().filter(({ manifest }) => manifest.kind === "Deployment");
    for (const { name, spec, manifest } of several) {
      const [container] = spec.containers;
      expect(
        container.env.map((one: Manifest) => one.name),
        name,
      ).to.deep.equal(["TIEOUT_LEDGER", "PGPASSWORD"]);
      expect(container.env[0].value, name).to.match(/^postgres:\/\/[^:@]+@.*\?sslmode=verify-full$/);
      expect(manifest.spec.strategy.type, name).to.equal("Recreate");
      const budget = named("PodDisruptionBudget", manifest.metadata.name);
      expect(budget.spec.selector.matchLabels).to.deep.equal(manifest.spec.template.metadata.labels);
    }
    expect(named("StatefulSet").spec.replicas).to.equal(1);
    expect(named("StatefulSet").spec.volumeClaimTemplates[0].spec.accessModes).to.deep.equal(["ReadWriteOnce"]);
    expect(named("PersistentVolumeClaim").spec.accessModes).to.deep.equal(["ReadWriteOnce"]);
  });

  it("gives the bank's secret as a file, which is read anew, and no value of a secret anywhere", () => {
    const { LEAD_CLIENT_SECRET_FILE, ...settings } = named("ConfigMap", "tieout-settings").data;
    expect(Object.keys(settings).filter((key) => /SECRET|PASSWORD|TOKEN/.test(key))).to.deep.equal([]);
    for (const { name, spec } of pods()) {
      const [{ secret }] = spec.volumes.filter((volume: Manifest) => volume.name === "bank");
      expect(secret, name).to.deep.equal({ secretName: "tieout-bank", defaultMode: 0o440 });
      const [mount] = spec.containers[0].volumeMounts.filter((one: Manifest) => one.name === "bank");
      // By its folder: a file that is mounted by subPath never changes.
      expect([mount.mountPath, mount.subPath], name).to.deep.equal([dirname(LEAD_CLIENT_SECRET_FILE), undefined]);
      for (const { name: variable, valueFrom } of spec.containers[0].env ?? [])
        if (variable === "PGPASSWORD") expect(valueFrom.secretKeyRef).to.be.an("object");
    }
    expect(all().filter(({ kind }) => kind === "Secret")).to.deep.equal([]);
  });

  it("leaves the metrics' own job label as it is, or every rule would see one job named tieout", () => {
    expect(named("PodMonitor").spec.podMetricsEndpoints.map((one: Manifest) => one.honorLabels)).to.deep.equal([true]);
  });

  it("names what is there: volumes, ports, accounts, maps and labels", () => {
    const maps = all().filter(({ kind }) => kind === "ConfigMap");
    for (const { name, spec, manifest } of pods()) {
      const claims = (manifest.spec.volumeClaimTemplates ?? []).map((claim: Manifest) => claim.metadata.name);
      const volumes = [...spec.volumes.map((volume: Manifest) => volume.name), ...claims];
      for (const { volumeMounts, envFrom, ports = [], ...container } of spec.containers) {
        expect(
          volumeMounts.map((mount: Manifest) => mount.name),
          name,
        ).to.have.members(volumes);
        expect(maps.map((map) => map.metadata.name)).to.include(envFrom[0].configMapRef.name);
        expect(envFrom[1].secretRef).to.deep.equal({ name: "tieout-aws", optional: true });
        for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((key) => container[key] ?? []))
          expect(
            ports.map((port: Manifest) => port.name),
            name,
          ).to.include(probe.httpGet.port);
      }
      expect(spec.serviceAccountName, name).to.equal(named("ServiceAccount").metadata.name);
      const { matchLabels } = manifest.spec.selector ?? { matchLabels: {} };
      expect(manifest.spec.template?.metadata.labels ?? {}, name).to.include(matchLabels);
    }
    expect(all().filter((one) => one.metadata.namespace !== "tieout" && one.kind !== "Namespace")).to.deep.equal([]);
  });
});
