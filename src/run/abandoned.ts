/**
 * The issue of what is not sent any more, since a person gave the run up.
 */
import type { Issue } from "../errors/issue.ts";
import type { Run } from "../ledger/run.ts";

export function issueOfAbandoned({ id, abandoned }: Run): Issue {
  return { code: "abandoned", column: "", message: `run ${id} was abandoned: ${abandoned}` };
}
