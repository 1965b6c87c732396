/**
 * A sum over the rows of a file, which shows whether exactly the same rows came out again: rows in any order go in, one
 * short text comes out. A row that is lost, doubled or given another account changes it. Keeps no row.
 */
import { hash } from "node:crypto";
import type { CsvRow } from "../csv-row.ts";
import type { Reading } from "../reading.ts";

const BITS = 128;

export class KeySum {
  readonly #at: readonly number[];
  #sum = 0n;

  constructor({ columns }: Pick<Reading, "columns">) {
    this.#at = [columns.indexOf("account_id"), columns.indexOf("client_account_id")];
  }

  /** The row's number and its two keys, as in the file. */
  add({ row, cells }: Pick<CsvRow, "row" | "cells">): void {
    const keys = this.#at.map((at) => cells?.[at] ?? null);
    const digest = hash("sha256", JSON.stringify([row, ...keys]), "buffer");
    const high = digest.readBigUInt64BE(0);
    this.#sum = BigInt.asUintN(BITS, this.#sum + ((high << 64n) | digest.readBigUInt64BE(8)));
  }

  /** 32 hex digits; the same for the same rows. */
  toString(): string {
    return this.#sum.toString(16).padStart(BITS / 4, "0");
  }
}
