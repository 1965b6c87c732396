/**
 * Kubernetes manifests against the schemas of Kubernetes' own OpenAPI document, as the package kubernetes-models carries it: its
 * validators know what must be there and of which kind, its types what may be. So a misspelled field is found, which the API would drop.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const KUBERNETES = join(ROOT, "deploy/kubernetes");

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  // Every kind has another one, and each test reads a few members of it.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly [member: string]: any;
}

interface Model {
  new (manifest: Manifest): { validate(): void };
}

/** The documents of a file. Throws for what YAML 1.1, which kubectl reads, and YAML 1.2 take for different values, such as `on`. */
export async function readManifests(file: string): Promise<Manifest[]> {
  const text = await readFile(file, "utf8");
  const [ours, kubectls] = (["1.2", "1.1"] as const).map((version) =>
    parseAllDocuments(text, { version, strict: true }).map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS() as Manifest;
    }),
  );
  if (JSON.stringify(ours) !== JSON.stringify(kubectls)) throw new Error(`${file} is read in two ways`);
  return ours ?? [];
}

export async function readAllManifests(): Promise<Map<string, Manifest[]>> {
  const files = (await readdir(KUBERNETES)).filter((name) => name.endsWith(".yaml")).sort();
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readManifests(join(KUBERNETES, file))] as const)),
  );
}

/** `batch/v1` and `v1` are folders of kubernetes-models; what is of no group of Kubernetes is looked for at the Prometheus operator's. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const isOperator = apiVersion.startsWith("monitoring.coreos.com/");
  return `${isOperator ? "@kubernetes-models/prometheus-operator" : "kubernetes-models"}/${apiVersion}/${kind}`;
}

/** What is wrong with each manifest, in their order; "" for one that is right. */
export async function findFaults(manifests: readonly Manifest[]): Promise<string[]> {
  const [missing, unknown] = await Promise.all([Promise.all(manifests.map(findMissing)), findUnknown(manifests)]);
  return manifests.map((_, at) => [missing[at], unknown[at]].filter(Boolean).join("; "));
}

async function findMissing(manifest: Manifest): Promise<string> {
  const { [manifest.kind]: model } = (await import(moduleOf(manifest))) as Record<string, Model>;
  if (model === undefined) return `there is no ${manifest.apiVersion} ${manifest.kind}`;
  try {
    new model(manifest).validate();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** By the compiler: it refuses a member of a literal that its type does not have, however deep. */
async function findUnknown(manifests: readonly Manifest[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-manifests-"));
  try {
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    for (const [at, manifest] of manifests.entries()) {
      const type = `I${manifest.kind}`;
      const literal = JSON.stringify(manifest, null, 1);
      const text = `import type { ${type} } from "${moduleOf(manifest)}";\nexport const it: ${type} = ${literal};\n`;
      await writeFile(join(folder, `${at}.ts`), text);
    }
    const files = manifests.map((_, at) => `${at}.ts`);
    const flags = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--pretty",
      "false",
    ];
    const printed = await compile([...flags, ...files], folder);
    const lines = printed.split("\n");
    return files.map((file) => lines.filter((line) => line.startsWith(`${file}(`)).join("; "));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function compile(args: readonly string[], cwd: string): Promise<string> {
  const compiler = join(ROOT, "node_modules/.bin/tsc");
  return new Promise((resolve, reject) =>
    execFile(compiler, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      // Status 1 or 2 is what it ends with when it has found something; anything else would pass for "nothing found".
      if (error === null || (stdout !== "" && !/^error /m.test(stdout))) resolve(stdout);
      else reject(new Error(`the compiler could not look: ${stdout}${error.message}`));
    }),
  );
}
