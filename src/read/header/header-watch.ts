/**
 * The cells of a row in, whether they are those of a header out: the file's own again, as where files were joined, or
 * another one. Looks at no value.
 */
import type { Rejection } from "../../errors/rejection.ts";
import { METADATA_PREFIX } from "../columns.ts";
import type { Reading, ReadSettings } from "../reading.ts";
import { isKey, knownNames } from "./read-header.ts";

/** Made once for a file, so that a row costs a look-up or two. */
export class HeaderWatch {
  readonly #header: readonly string[];
  readonly #keysAt: readonly number[];
  /** Every name that a column may have, except those of metadata; and those of the keys. */
  readonly #names: ReadonlySet<string>;
  readonly #keys: ReadonlySet<string>;

  constructor({ header, columns }: Reading, settings: ReadSettings) {
    const names = knownNames(settings);
    this.#header = header.map(fold);
    this.#keysAt = ["account_id", "client_account_id"].map((key) => columns.indexOf(key)).filter((at) => at >= 0);
    this.#names = new Set(names.map(fold));
    this.#keys = new Set(names.filter((name) => isKey(name, settings)).map(fold));
  }

  /**
   * `cells` are as many as the header's. `same`: they are the header's. `other`: a column's name is in the place of a
   * key, a key's name somewhere, and half of the cells at least are known names, so the rows after it are under these.
   */
  find(cells: readonly string[]): "same" | "other" | undefined {
    if (!this.#keysAt.some((at) => this.#isName(fold(cells[at] ?? "")))) return undefined;
    const folded = cells.map(fold);
    if (folded.every((cell, at) => cell === this.#header[at])) return "same";
    const names = folded.filter((cell) => cell !== "");
    const isOther =
      2 * names.filter((name) => this.#isName(name)).length >= names.length &&
      names.some((name) => this.#keys.has(name));
    return isOther ? "other" : undefined;
  }

  #isName(folded: string): boolean {
    return this.#names.has(folded) || folded.startsWith(METADATA_PREFIX);
  }
}

/** Byte order marks, letter case and blanks around a name make no difference: no account has the names of columns for values. */
function fold(cell: string): string {
  return (cell.startsWith("\ufeff") ? cell.replace(/^\ufeff+/, "") : cell).trim().toLowerCase();
}

/** `where` names the row, as `row 3, which begins at byte 40,`. */
export function rejectOtherHeader(where: string): Rejection {
  return {
    code: "header_changes",
    message: `${where} is a header that differs from the file's header`,
    hint: "split the file at that row, or write all rows under one header",
  };
}
