/**
 * Tells of files that came to a source and that the job never takes, though their names nearly fit its patterns: a sender that writes `.CSV`
 * or `.csv.gz` from one day on would be nobody's news.
 */
import { fitsPattern } from "../../read/file/sequence.ts";
import { type Source, sourcesOf } from "../../source-settings.ts";
import { counted } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { RunContext } from "../context.ts";
import { keysOfDone, placeOf, prefixOf } from "../sources.ts";
import type { ListedSource } from "./list-source.ts";

/** What files of rows are called, and what they are packed in. */
const ROWS = ["csv", "tsv", "psv", "txt", "dat", "zip"];
const OF_ROWS = new RegExp(`\\.(${ROWS.join("|")})$`, "i");
const PACKED = /\.(gz|zip|gpg|pgp)$/i;

/** For as long a file is news. */
const NEWS_MS = 2 * 86_400_000;

/**
 * For the keys of a listing: whether one is below this source first and fits the pattern of no source there, though it would in other case,
 * unpacked, or by another of the endings that files of rows have. Whatever else lies there may be another's.
 */
export function unfitTest(sources: readonly Source[], source: Source): (key: string) => boolean {
  const beside = sources
    .filter((one) => placeOf(one) === placeOf(source))
    .map((one) => ({ one, prefix: prefixOf(one), inAnyCase: inAnyCase(one.pattern) }));
  return (key) => {
    const there = beside.filter(({ prefix }) => key.startsWith(prefix));
    if (there[0]?.one !== source) return false;
    if (there.some(({ one }) => fitsPattern(key, one.pattern) || keysOfDone(one, key).length > 0)) return false;
    const names = [key, ...likeNames(key)];
    return there.some((one) => names.some((name) => fitsPattern(name, one.inAnyCase)));
  };
}

const inAnyCase = ({ source, flags }: RegExp) => new RegExp(source, flags.includes("i") ? flags : `${flags}i`);

function likeNames(key: string): readonly string[] {
  const unpacked = key.replace(PACKED, "");
  const stem = unpacked.replace(OF_ROWS, "");
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
