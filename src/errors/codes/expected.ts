/**
 * Codes of files that a job expects, and of the schedule that waits for them.
 */
import { defineCodes } from "./code-entry.ts";

export const EXPECTED_CODES = defineCodes({
  file_expected: {
    meaning: "The job expects a file for the last day that has passed its time, and there is none.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Find out why it was not delivered, then start the job again.",
    exit: 2,
  },
  file_late: {
    meaning: "The file of a day was not there by the time that the job expects it.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Find out why it was not delivered; a start of the job takes it when it is there.",
  },
  file_missing: {
    meaning: "The file of a day has not come, twelve hours after the time that the job expects it.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Have it sent; or, if none was due on that day, add the day to expect.holidays.add in the job.",
  },
  file_doubled: {
    meaning: "Two files came for one day, or with one number.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Ask which of the two is right, and see in tieout runs whether both were run.",
  },
  file_out_of_order: {
    meaning: "A file came after one that follows it.",
    fixedBy: "file",
    retryHelps: false,
    todo: "See in tieout runs whether it was rejected as file_stale, and whether what it brings is still wanted.",
  },
  file_gap: {
    meaning: "A number of the sequence has not come, and a later one has.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Have the missing file sent; if it will never come, type tieout run <job> --from <the next file>.",
  },
  file_rows_few: {
    meaning: "The file has fewer rows than the job expects.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Ask whether the file is whole; or change expect.rows in the job.",
  },
  file_rows_many: {
    meaning: "The file has more rows than the job expects.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Ask whether the file is right; or change expect.rows in the job.",
  },
  file_out_of_turn: {
    meaning: "A file waits for the one that it follows, which has not come or was rejected.",
    fixedBy: "file",
    retryHelps: true,
    todo: "Have the missing file sent; if it will never come, go on without it as the message says.",
    exit: 6,
  },
  files_to_catch_up: {
    meaning: "Several files wait, and the job leaves it to a person in which order they are taken.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Look at the order in the message; if it is right, take the files as the message says.",
    exit: 6,
  },
  schedule_paused: {
    meaning: "The schedule of the job is paused, by a person or since a start ended badly.",
    fixedBy: "operator",
    retryHelps: true,
    todo: 'See why; then type tieout schedule <job> --resume --reason "…".',
    exit: 6,
  },
});
