/**
 * The cells of a row in, whether they are those of a header out: the file's own once more, as where files were joined, or
 * another one. Looks at no value.
 */
import { isKey, isKnown, type Rejection } from "./header.ts";
import type { Reading, ReadSettings } from "./layout.ts";

/** Made once for a file, so that a row costs a comparison or two. */
export class HeaderWatch {
  readonly #header: readonly string[];
  readonly #settings: ReadSettings;
  readonly #keysAt: readonly number[];

  constructor({ header, columns }: Reading, settings: ReadSettings) {
    this.#header = header.map(fold);
    this.#settings = settings;
    this.#keysAt = ["account_id", "client_account_id"].map((key) => columns.indexOf(key)).filter((at) => at >= 0);
  }

  /** `cells` are as many as the header's. */
  isRepeated(cells: readonly string[]): boolean {
    return cells.every((cell, at) => fold(cell) === this.#header[at]);
  }

  /**
   * Whether the row names columns and is not the file's header: a column's name is in the place of a key, a key's name
   * somewhere, and half of the cells at least are known names. The rows after it lie under these names and not under
   * those of the header.
   */
  isOther(cells: readonly string[]): boolean {
    const knows = (cell: string) => isKnown(cell.trim(), this.#settings) || isKnown(fold(cell), this.#settings);
    if (!this.#keysAt.some((at) => knows(cells[at] ?? ""))) return false;
    const names = cells.filter((cell) => cell.trim() !== "");
    return (
      2 * names.filter(knows).length >= names.length &&
      names.some((name) => isKey(name.trim(), this.#settings) || isKey(fold(name), this.#settings))
    );
  }
}

/** Byte order marks, letter case and blanks around a name make no difference: no account has the names of columns for values. */
function fold(cell: string): string {
  return cell
    .replace(/^\ufeff+/, "")
    .trim()
    .toLowerCase();
}

/** `where` names the row, as `row 3, which begins at byte 40,`. */
export function rejectOtherHeader(where: string): Rejection {
  return {
    code: "header_changes",
    message: `${where} is a header that differs from the file's own`,
    hint: "split the file there, or write all of its rows under one header",
  };
}
