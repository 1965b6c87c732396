/** The package as npm packs it, and as it lies where it is installed. */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE = [
  ".npmrc",
  "bin",
  "deploy",
  "docs",
  "src",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
];

/** Packs a copy of the clone within `folder` as the documents say, or by the npm command given; resolves with the path of the tarball. */
export async function packPackage(folder: string, command = ["run", "--silent", "package", "--"]): Promise<string> {
  const source = join(folder, "source");
  for (const name of SOURCE) await cp(join(ROOT, name), join(source, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(source, "node_modules"));
  const args = [...command, "--silent", "--pack-destination", folder];
  return join(folder, execFileSync("npm", args, { cwd: source, encoding: "utf8" }).trim());
}

/** Lays `home` out anew as npm does, but with the packages of this clone. Resolves with the path of the command. */
export async function unpackPackage(tarball: string, home: string): Promise<string> {
  const packages = join(home, "node_modules");
  await rm(home, { recursive: true, force: true });
  await mkdir(join(packages, "tieout"), { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", join(packages, "tieout")]);
  const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(packages, name)), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(packages, name));
  }
  await mkdir(join(packages, ".bin"));
  const command = join(packages, ".bin/tieout");
  await symlink("../tieout/bin/tieout.js", command);
  return command;
}
