/**
 * Every metric: its name, type, labels and meaning. docs/monitoring.md has the same list.
 */

export interface MetricEntry {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
}

export const METRICS = {
  tieout_rows_total: {
    type: "counter",
    labels: ["job", "word"],
    help: "Rows of the runs that have come to their end in this process, by the word that they ended with.",
  },
  tieout_calls_total: {
    type: "counter",
    labels: ["kind", "code"],
    help: "Calls of this process to the bank, by kind (read, write, batch, token) and HTTP status; none for a call without a whole answer.",
  },
  tieout_call_seconds: { type: "histogram", labels: ["kind"], help: "How long these calls took." },
  tieout_calls_in_flight: {
    type: "gauge",
    labels: [],
    help: "Calls of this process that the bank has not answered yet.",
  },
  tieout_pace_per_second: {
    type: "gauge",
    labels: [],
    help: "Calls a second that the runs of this process may make now. Absent while none works.",
  },
  tieout_breaker_open: {
    type: "gauge",
    labels: [],
    help: "1 while every call fails, so that all wait for the bank to answer again.",
  },
  tieout_ledger_up: {
    type: "gauge",
    labels: [],
    help: "1 while the ledger answers. Without it what it knows is absent.",
  },
  tieout_ledger_bytes: { type: "gauge", labels: [], help: "Size of the ledger." },
  tieout_last_run_timestamp_seconds: { type: "gauge", labels: ["job"], help: "When the last run of the job ended." },
  tieout_last_run_exit: { type: "gauge", labels: ["job"], help: "The exit code of that run." },
  tieout_last_success_timestamp_seconds: {
    type: "gauge",
    labels: ["job"],
    help: "When the last run of the job came to its end: exit code 0, 3 or 4.",
  },
  tieout_oldest_open_row_timestamp_seconds: {
    type: "gauge",
    labels: ["job"],
    help: "When the run began that has the job's oldest row that is still open. Absent while none is.",
  },
  tieout_alarms_open: { type: "gauge", labels: ["job", "kind"], help: "Alarms that are open." },
  tieout_notices_untold: {
    type: "gauge",
    labels: ["job"],
    help: "Notices of alarms that could not be delivered: tried again, or given up, of an alarm that is open or within a day.",
  },
  tieout_files_waiting: {
    type: "gauge",
    labels: ["job"],
    help: "Files of the job's sources that are there, and that it has not taken yet.",
  },
  tieout_newest_file_timestamp_seconds: {
    type: "gauge",
    labels: ["job"],
    help: "When the newest file of the source was written.",
  },
  tieout_next_start_timestamp_seconds: {
    type: "gauge",
    labels: ["job"],
    help: "When the schedule starts the job next.",
  },
  tieout_build_info: { type: "gauge", labels: ["version"], help: "1, with the version of Tieout." },
} as const satisfies Readonly<Record<string, MetricEntry>>;

export type MetricName = keyof typeof METRICS;
