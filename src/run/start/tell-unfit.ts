/**
 * Tells of files that came to a source and that the job never takes, as their names fit none of its patterns: a sender that writes `.CSV` or
 * `.csv.gz` from one day on would be nobody's news.
 */
import { fitsPattern } from "../../read/file/sequence.ts";
import { type Source, sourcesOf } from "../../source-settings.ts";
import type { StoredFile } from "../../store/file-store.ts";
import { counted } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { RunContext } from "../context.ts";
import { keysOfDone, placeOf, prefixOf } from "../sources.ts";
import type { ListedSource } from "./list-source.ts";

/** What files of rows are called, and what they are packed in. */
const ROWS = ["csv", "tsv", "psv", "txt", "dat", "zip"];
const PACKED = /\.(gz|zip|gpg|pgp)$/i;

/** For as long a file is news. */
const NEWS_MS = 2 * 86_400_000;

/**
 * Whether it is below this source first and fits the pattern of no source there, though it would in other case, unpacked, or by another of the
 * endings that files of rows have. Whatever else lies there may be another's.
 */
export function isUnfit(sources: readonly Source[], source: Source, { key }: StoredFile): boolean {
  const there = sources.filter((one) => placeOf(one) === placeOf(source) && key.startsWith(prefixOf(one)));
  if (there[0] !== source || there.some((one) => fitsPattern(key, one.pattern) || keysOfDone(one, key).length > 0))
    return false;
  const names = [key, ...likeNames(key)];
  return there.some(({ pattern: { source: text, flags } }) => {
    const pattern = new RegExp(text, flags.includes("i") ? flags : `${flags}i`);
    return names.some((name) => fitsPattern(name, pattern));
  });
}

function likeNames(key: string): readonly string[] {
  const unpacked = key.replace(PACKED, "");
  const stem = unpacked.replace(new RegExp(`\\.(${ROWS.join("|")})$`, "i"), "");
  return stem === key ? [] : [unpacked, ...ROWS.map((ending) => `${stem}.${ending}`)];
}

/** One line at each start. */
export function tellUnfit({ job, clock, progress }: RunContext, { store, unfit }: ListedSource): void {
  const sinceMs = clock.nowMs() - NEWS_MS;
  const [latest, ...others] = unfit
    .filter(({ lastModifiedMs }) => lastModifiedMs > sinceMs)
    .toSorted((one, other) => other.lastModifiedMs - one.lastModifiedMs);
  if (latest === undefined) return;
  const pattern = sourcesOf(job).length === 1 ? "the pattern of the job's source" : "a pattern of the job's sources";
  const more = others.length === 0 ? "" : `; ${counted(others.length, "file")} more like it`;
  progress.note(`${shownKey(latest.key)} in ${store.place} does not fit ${pattern}, so it is never taken${more}`);
}
