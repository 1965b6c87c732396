/**
 * The Content-Security-Policy of the page: nothing is loaded and nothing is sent, and no style or script runs but the page's own, which are
 * known by their hashes. Pure.
 */
import { createHash } from "node:crypto";

export function contentPolicy(style: string, script: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
