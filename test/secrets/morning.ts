/**
 * The morning after, with canaries in every cell: what lists open rows, proves, verifies and takes back; and alarms that are told, listed and
 * tried, by an address that is a secret in itself.
 */
import { commands, type History, RUN } from "./commands.ts";

const REASON = ["--until", "2999-12-31", "--reason", "the bank is asked"];

const ALARMS: History = {
  name: "alarms that are told, listed and tried",
  file: "broken",
  job: 'notify: [{ command: ["cat"] }, { slack: "LEAD_CLIENT_SECRET" }]',
  codes: [3, 0, 0, 2, 0],
  act: commands(
    RUN,
    ["alarms"],
    ["alarms", "--all", "--output", "json"],
    ["alarms", "JOB", "--try"],
    ["evidence", "evidence", "--from", "2026-01-01", "--to", "2999-12-31"],
  ),
};

const LOOKING_BACK: History = {
  name: "a morning after, with every command that looks back",
  file: "broken",
  codes: [3, 0, 0, 0, 2, 3, 0, 0, 2, 0, 0, 0],
  act: commands(
    RUN,
    ["open"],
    ["open", "--output", "json"],
    ["accept", "last", "--row", "5-6", ...REASON],
    ["accept", "last", "--row", "999", ...REASON],
    ["results", "last", "--final"],
    ["verify", "last"],
    ["undo", "last", "--output", "json"],
    ["diff", "last", "last"],
    ["evidence", "evidence", "--from", "2026-01-01", "--to", "2999-12-31"],
    ["audit", "--verify"],
    ["runs", "--failed"],
  ),
};

export const MORNING: readonly History[] = [LOOKING_BACK, ALARMS];
