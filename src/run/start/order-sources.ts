/**
 * The order of files over several sources: by the sequence that each name captures where all have one of the same kind, and within a
 * sequence by the list; else source after source. Within a source they stay as they were listed. Pure.
 */
import { compareSequences, isNumericSequence, sequenceOf } from "../../read/file/sequence.ts";
import type { StoredFile } from "../../store/file-store.ts";

export interface OrderedFiles<File> {
  readonly source: { readonly pattern: RegExp };
  readonly files: readonly File[];
}

export function orderSources<File>(
  lists: readonly OrderedFiles<File>[],
  fileOf: (file: File) => StoredFile,
): readonly File[] {
  const ranked = lists.map(({ source, files }) =>
    rankFiles(files.map((file) => ({ file, rank: sequenceOf(fileOf(file).key, source.pattern) }))),
  );
  const all = ranked.flat();
  const kinds = new Set(all.map(({ rank }) => rank !== undefined && isNumericSequence(rank)));
  const isBySequence = kinds.size === 1 && all.every(({ rank }) => rank !== undefined);
  // A stable sort leaves files of one sequence in the order of the list.
  const inOrder = isBySequence ? all.toSorted((one, other) => compareSequences(one.rank, other.rank)) : all;
  return inOrder.map(({ file }) => file);
}

/** A version of a batch may stand before files of a lower sequence: then it goes when the first of those would. */
function rankFiles<File>(files: readonly { readonly file: File; readonly rank: string | undefined }[]) {
  let least: string | undefined;
  const ranked = files.toReversed().map(({ file, rank }) => {
    if (rank !== undefined && (least === undefined || compareSequences(rank, least) < 0)) least = rank;
    return { file, rank: rank === undefined ? undefined : least };
  });
  return ranked.reverse();
}
