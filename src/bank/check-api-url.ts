/**
 * The address of the bank, as a person has set it, in; as the client takes it, out.
 */
import { FatalError } from "../errors/fatal-error.ts";

/**
 * The address of the bank's API as the client wants it: `https`, or `http` on loopback, without a trailing slash. A path
 * is kept. Throws FatalError `env_missing` for anything else, naming no part of it that may be a secret.
 */
export function checkApiUrl(text: string): string {
  const url = URL.parse(text);
  const wrong = (what: string) =>
    new FatalError("env_missing", `LEAD_API_URL ${what}`, {
      hint: "set LEAD_API_URL to the bank's address, such as https://api.sandbox.lead.bank",
    });
  if (text.trim() === "") throw wrong("is not set");
  if (url === null || url.hostname === "") throw wrong("is not an address");
  if (url.username !== "" || url.password !== "") throw wrong("must not have a user or password");
  if (url.search !== "" || url.hash !== "") throw wrong("must not have a query or fragment");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw wrong(`must begin with https:// (http:// is for loopback only), and begins with ${url.protocol}//`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
