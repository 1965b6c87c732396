/**
 * Whether the process of this container is alive: asks /healthz where it has been told to --listen. One that does not listen, such as
 * `tieout run`, is as healthy as it is there. Ends with 0 or 1, as Docker wants it. Another file than /proc/1/cmdline may be named.
 */
import { readFileSync } from "node:fs";

const words = readFileSync(process.argv[2] ?? "/proc/1/cmdline", "utf8").split("\0");
const at = words.findIndex((word) => /^--listen(=|$)/.test(word));
if (at >= 0) {
  const place = words[at].split("=")[1] ?? words[at + 1];
  // A port alone is that of loopback, and whoever listens on all addresses listens there too.
  const host = place.replace(/^(0\.0\.0\.0:)?(?=\d+$)/, "127.0.0.1:").replace(/^\[::\]/, "[::1]");
  const isAlive = await fetch(`http://${host}/healthz`, { signal: AbortSignal.timeout(4_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isAlive) {
    console.log(`nothing answers at http://${host}/healthz`);
    process.exitCode = 1;
  }
}
