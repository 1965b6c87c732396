/**
 * Finds, in the text of an account's answer, what cannot be sent back exactly as it was read: a PATCH replaces metadata
 * and documents whole, and a value that JavaScript reads as another one must not be sent back changed. Pure.
 */
import type { Unsendable } from "../account.ts";

/** What a PATCH may have to send back (contract, "The account"): these members whole, and the one of a group. */
const SENT_BACK: readonly (readonly string[])[] = [["metadata"], ["documents"], ["details", "credit", "scra"]];

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANKS = /[ \t\r\n]*/y;
/** From one character that matters to the next, within a value that is skipped. */
const STRUCTURE = /["[\]{}]/g;

/** `text` is JSON, an object, and nested no deeper than a stack can follow. */
export function findUnsendable(text: string): readonly Unsendable[] {
  return new JsonScan(text).found();
}

class JsonScan {
  readonly #text: string;
  readonly #found: Unsendable[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  found(): readonly Unsendable[] {
    this.#value([], false);
    return this.#found;
  }

  #report(path: readonly string[], why: Unsendable["why"]): void {
    this.#found.push({ path, why });
  }

  /** `isWithin`: whether the value lies in one that is sent back. */
  #value(path: readonly string[], isWithin: boolean): void {
    const first = this.#peek();
    const isSent = isWithin || isSentBack(path);
    if (!isSent && !leadsOn(path)) this.#skip(first);
    else if (first === "{") this.#object(path, isSent);
    else if (first === "[") this.#list(path, isSent);
    else if (!isSent) this.#skip(first);
    else if (first === '"') this.#string(path);
    else if (first === "n") this.#null(path);
    else this.#scalar(path);
  }

  #object(path: readonly string[], isSent: boolean): void {
    if (isInMetadata(path)) {
      this.#report(path, "nested");
      this.#skip("{");
      return;
    }
    const names = new Set<string>();
    this.#at += 1;
    while (this.#peek() !== "}") {
      const quoted = this.#readString();
      const name = quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      const member = [...path, name];
      if (names.has(name) && (isSent || isSentBack(member) || leadsOn(member))) this.#report(member, "twice");
      names.add(name);
      this.#peek();
      this.#at += 1;
      this.#value(member, isSent);
      if (this.#peek() === ",") this.#at += 1;
      this.#peek();
    }
    this.#at += 1;
  }

  #list(path: readonly string[], isSent: boolean): void {
    if (isInMetadata(path)) {
      this.#report(path, "nested");
      this.#skip("[");
      return;
    }
    this.#at += 1;
    for (let index = 0; this.#peek() !== "]"; index += 1) {
      this.#value([...path, String(index)], isSent);
      if (this.#peek() === ",") this.#at += 1;
    }
    this.#at += 1;
  }

  /** Bytes that were no text have become U+FFFD by now. */
  #string(path: readonly string[]): void {
    if (this.#readString().includes("\uFFFD")) this.#report(path, "lost");
  }

  /** A member that is null counts as absent; deeper within, leaving it out would change what is around it. */
  #null(path: readonly string[]): void {
    this.#at += 4;
    const isMember = path.length === (path[0] === "documents" ? 3 : 2) || path[0] === "details" || path.length === 1;
    if (!isMember) this.#report(path, "null");
  }

  #scalar(path: readonly string[]): void {
    NUMBER.lastIndex = this.#at;
    const [source] = NUMBER.exec(this.#text) ?? [];
    if (source === undefined) {
      this.#skip("t");
      return;
    }
    this.#at += source.length;
    if (JSON.stringify(Number(source)) !== source) this.#report(path, "number");
  }

  /** The next character that is no blank. */
  #peek(): string {
    if (this.#text.charCodeAt(this.#at) <= 0x20) {
      BLANKS.lastIndex = this.#at;
      this.#at += BLANKS.exec(this.#text)?.[0].length ?? 0;
    }
    return this.#text[this.#at] ?? "";
  }

  /** The string at hand with its quotes. */
  #readString(): string {
    const start = this.#at;
    let end = start;
    do {
      end = this.#text.indexOf('"', end + 1);
    } while (isEscaped(this.#text, end));
    this.#at = end + 1;
    return this.#text.slice(start, this.#at);
  }

  /** Goes behind the value that begins with this character. */
  #skip(first: string): void {
    if (first === '"') {
      this.#readString();
      return;
    }
    if (first !== "{" && first !== "[") {
      while (!",]} \t\r\n".includes(this.#text[this.#at] ?? ",")) this.#at += 1;
      return;
    }
    let depth = 0;
    do {
      STRUCTURE.lastIndex = this.#at;
      const found = STRUCTURE.exec(this.#text)?.[0] ?? "";
      this.#at = STRUCTURE.lastIndex;
      if (found === '"') {
        this.#at -= 1;
        this.#readString();
      } else depth += found === "{" || found === "[" ? 1 : -1;
    } while (depth > 0);
  }
}

function isSentBack(path: readonly string[]): boolean {
  return SENT_BACK.some((sent) => sent.length === path.length && beginsWith(sent, path));
}

/** Whether something that a PATCH sends back lies deeper. */
function leadsOn(path: readonly string[]): boolean {
  return SENT_BACK.some((sent) => sent.length > path.length && beginsWith(sent, path));
}

function beginsWith(whole: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((name, index) => whole[index] === name);
}

/** Values of metadata are plain (contract, "The account"). */
function isInMetadata(path: readonly string[]): boolean {
  return path[0] === "metadata" && path.length > 1;
}

/** Whether an odd number of backslashes precedes the character. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === "\\") before -= 1;
  return (at - before) % 2 === 0;
}
