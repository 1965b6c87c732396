/**
 * A local file's size and SHA-256, by reading it once as a stream.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/** `sha256` is lower-case hex. */
export interface Content {
  readonly size: number;
  readonly sha256: string;
}

export async function measureFile(localPath: string): Promise<Content> {
  const { size } = await stat(localPath);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(localPath)) hash.update(chunk);
  return { size, sha256: hash.digest("hex") };
}
