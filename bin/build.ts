/**
 * `npm run build`: makes dist/ from src/. The command and job.js become bundles with the small packages that they use, those
 * packages' licences beside them, a map to the source for each file, and the types of job.ts. Another folder may be named.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type OutputChunk, rolldown } from "rolldown";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Too large for the bundle, and needed by few commands; `pg` and `pg-boss` are there only where somebody has installed them. */
const INSTALLED = /^(@aws-sdk\/client-s3|fastify|node-cron|undici|pg|pg-boss)$/;

async function bundle(dist: string): Promise<readonly OutputChunk[]> {
  const source = await rolldown({
    cwd: ROOT,
    input: { "cli/main": "src/cli/main.ts", job: "src/job.ts" },
    external: INSTALLED,
    platform: "node",
  });
  const { output } = await source.write({
    dir: dist,
    entryFileNames: "[name].js",
    // At the depth of cli/main.js, so that package.json is as far from either.
    chunkFileNames: "chunks/[name]-[hash].js",
    sourcemap: true,
    sourcemapExcludeSources: true,
    sourcemapPathTransform: (path, map) => relative(ROOT, resolve(dirname(map), path)),
  });
  return output.filter((file) => file.type === "chunk");
}

/** The licences ask to be with every copy of what they cover. */
function licences(chunks: readonly OutputChunk[]): string {
  const folders = chunks.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
  );
  return [...new Set(folders)].sort().map(licenceOf).join("\n\n");
}

function licenceOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const [file] = readdirSync(folder).filter((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} has no licence to go with it`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

const dist = resolve(process.argv[2] ?? join(ROOT, "dist"));
rmSync(dist, { recursive: true, force: true });
writeFileSync(join(dist, "licences.txt"), licences(await bundle(dist)));
execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist]);
