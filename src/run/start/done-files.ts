/**
 * Done-files: tells which files are not there yet for want of one, and which done-files are without a file; refuses a named file that may not
 * be complete.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Source } from "../../source-settings.ts";
import type { FileStore, StoredFile } from "../../store/file-store.ts";
import { counted } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { RunContext } from "../context.ts";
import { doneKeyOf, keysOfDone } from "../sources.ts";
import { judgeDone, type ListedFile, type ListedSource, type UndoneFile } from "./list-source.ts";

/** As many done-files without a file are looked up. */
const MOST_STRAYS = 10;

/** One line for the files that the job does not know yet, and one for the done-files whose file it has never had. */
export async function tellUndone(context: RunContext, list: ListedSource): Promise<void> {
  const { job, ledger, bankName, progress } = context;
  const { store, undone, strays } = list;
  const files = undone.map(({ file }) => file);
  const known = await ledger.files.findKnown(bankName, job.name, store.place, files);
  const [first, ...others] = undone.filter((_, index) => !known.has(index));
  if (first !== undefined)
    progress.note(
      `${shownKey(first.file.key)} is not there yet: its done-file ${shownKey(first.doneKey)} ${first.isOlder ? "is older than the file" : "has not come"}${more(others)}`,
    );
  const lost: StoredFile[] = [];
  for (const stray of strays.slice(0, MOST_STRAYS)) if (await isLost(context, list, stray)) lost.push(stray);
  const [stray, ...further] = lost;
  if (stray !== undefined) progress.note(`${shownKey(stray.key)} is a done-file without its file${more(further)}`);
}

const more = (others: readonly unknown[]) =>
  others.length === 0 ? "" : `; ${counted(others.length, "file")} more like it`;

/** Files that the job has taken may have been moved away since. */
async function isLost({ job, ledger, bankName }: RunContext, { source, store }: ListedSource, { key }: StoredFile) {
  for (const file of keysOfDone(source, key))
    if ((await ledger.runs.findTaken(bankName, job.name, { place: store.place, key: file })) !== undefined)
      return false;
  return true;
}

/** The file with the time of its done-file. Throws FatalError `file_not_done`. */
export async function findDone(source: Source, store: FileStore, file: StoredFile): Promise<ListedFile> {
  const doneKey = doneKeyOf(source, file.key);
  const done = doneKey === undefined ? undefined : await store.find(doneKey);
  const judged = judgeDone(source, file, new Map(done === undefined ? [] : [[done.key, done]]));
  if (judged.kind === "there") return judged.file;
  throw notDone(store.place, judged.undone);
}

/** A person who knows better puts the done-file there, as the sender would. */
export function notDone(place: string, { file, doneKey, isOlder }: UndoneFile): FatalError {
  const why = isOlder ? "is older than the file" : "has not come";
  const message = `${shownKey(file.key)} may not be complete: its done-file ${shownKey(doneKey)} ${why}`;
  const bucket = place.startsWith("s3://") ? place.slice("s3://".length) : null;
  const put =
    bucket === null
      ? `touch ${shellWord(`${place}/${doneKey}`)}`
      : `aws s3api put-object --bucket ${shellWord(bucket)} --key ${shellWord(doneKey)}`;
  return new FatalError("file_not_done", message, { hint: `wait for it; or, if the file is complete, type: ${put}` });
}
