/**
 * A process that only logs: so many lines on standard error, the events of its argument first, and then it leaves the way
 * the command does.
 */
import { openLog } from "../../../src/cli/output/open-log.ts";
import type { LogFields } from "../../../src/log.ts";

// As the command does.
process.stderr.on("error", () => {});
const [events = "[]", many = "0"] = process.argv.slice(2);
const log = openLog(process.env.AS_TERMINAL !== undefined, "debug");
for (const [message, fields] of JSON.parse(events) as [string, LogFields][]) log.error(message, fields);
for (let row = 1; row <= Number(many); row++) log.info("a line of many", { row });
await log.close();
log.error("too late");
process.exit();
