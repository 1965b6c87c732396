/**
 * A secret or a certificate in a file, which an environment variable names.
 */
import { readFileSync } from "node:fs";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** The text of the file that the variable names. Throws FatalError `env_missing`, and shows nothing of what is in it. */
export function readNamedFile(variables: Variables, name: string): string {
  const path = variables[name]?.trim() ?? "";
  try {
    const text = readFileSync(path, "utf8");
    if (text.trim() !== "") return text;
  } catch (error) {
    throw new FatalError("env_missing", `the file that ${name} names cannot be read (${nodeCode(error)}): ${path}`, {
      hint: `check ${name}, and who may read the file`,
    });
  }
  throw new FatalError("env_missing", `the file that ${name} names is empty: ${path}`, { hint: "write it anew" });
}
