/**
 * What a job's settings are known by. Pure.
 */
import { createHash } from "node:crypto";

/** Of all settings as JSON text: a process with others would judge rows differently. */
export function jobSha256(job: object): string {
  return createHash("sha256")
    .update(JSON.stringify(job, (_, value: unknown) => (value instanceof RegExp ? String(value) : value)))
    .digest("hex");
}
