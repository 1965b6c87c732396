/**
 * Finds, in the text of an account's answer, what cannot be sent back exactly as it was read: a PATCH replaces metadata
 * and documents whole, and a value that JavaScript reads as another one must not be sent back changed. Pure.
 */
import type { Unsendable } from "../account.ts";

/** SentBack by name: `true` for one that is sent back whole, else where in it one lies. */
interface SentBack extends ReadonlyMap<string, SentBack | true> {}

/** What a PATCH may have to send back (contract, "The account"): these members whole, and the one of a group. */
const SENT_BACK: SentBack = new Map<string, SentBack | true>([
  ["metadata", true],
  ["documents", true],
  ["details", new Map([["credit", new Map([["scra", true as const]])]])],
]);

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANKS = /[ \t\r\n]*/y;
const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = 0x5b;
const CLOSING = 0x5d;

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
    if (this.#peek() === "{") this.#object([], SENT_BACK);
    return this.#found;
  }

  #report(path: readonly string[], why: Unsendable["why"]): void {
    this.#found.push({ path, why });
  }

  /** `sent`: what of the value is sent back. */
  #value(path: readonly string[], sent: SentBack | true): void {
    const first = this.#peek();
    if (first === "{") this.#object(path, sent);
    else if (sent !== true) this.#skip(first);
    else if (first === "[") this.#list(path);
    else if (first === '"') this.#string(path);
    else if (first === "n") this.#null(path);
    else this.#scalar(path);
  }

  #object(path: readonly string[], sent: SentBack | true): void {
    if (isInMetadata(path)) {
      this.#report(path, "nested");
      this.#skip("{");
      return;
    }
    const names = new Set<string>();
    this.#at += 1;
    while (this.#peek() !== "}") {
      const name = this.#readName();
      this.#peek();
      this.#at += 1;
      const within = sent === true || sent.get(name);
      if (within === undefined) this.#skip(this.#peek());
      else {
        const member = [...path, name];
        if (names.has(name)) this.#report(member, "twice");
        names.add(name);
        this.#value(member, within);
      }
      if (this.#peek() === ",") this.#at += 1;
    }
    this.#at += 1;
  }

  #list(path: readonly string[]): void {
    if (isInMetadata(path)) {
      this.#report(path, "nested");
      this.#skip("[");
      return;
    }
    this.#at += 1;
    for (let index = 0; this.#peek() !== "]"; index += 1) {
      this.#value([...path, String(index)], true);
      if (this.#peek() === ",") this.#at += 1;
    }
    this.#at += 1;
  }

  /** Bytes that were no text have become U+FFFD by now. */
  #string(path: readonly string[]): void {
    const lost = this.#text.indexOf("\uFFFD", this.#at);
    this.#skipString();
    if (lost >= 0 && lost < this.#at) this.#report(path, "lost");
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
    if (this.#text.charCodeAt(this.#at) <= BLANK) {
      BLANKS.lastIndex = this.#at;
      this.#at += BLANKS.exec(this.#text)?.[0].length ?? 0;
    }
    return this.#text[this.#at] ?? "";
  }

  #readName(): string {
    const start = this.#at;
    this.#skipString();
    const name = this.#text.slice(start + 1, this.#at - 1);
    return name.includes("\\") ? (JSON.parse(`"${name}"`) as string) : name;
  }

  #skipString(): void {
    let at = this.#at + 1;
    for (let code = this.#text.charCodeAt(at); code !== QUOTE; code = this.#text.charCodeAt(at)) {
      at += code === BACKSLASH ? 2 : 1;
    }
    this.#at = at + 1;
  }

  /** Goes behind the value that begins with this character. */
  #skip(first: string): void {
    if (first === '"') this.#skipString();
    else if (first === "{" || first === "[") this.#skipNested();
    else while (!endsPlain(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  /** By the codes of characters, since most of an answer lies in values that are skipped. */
  #skipNested(): void {
    let depth = 0;
    do {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) this.#skipString();
      else {
        // Without this bit an opening bracket and an opening brace are alike, and so are the closing ones.
        const bracket = code & ~0x20;
        if (bracket === OPENING) depth += 1;
        else if (bracket === CLOSING) depth -= 1;
        this.#at += 1;
      }
    } while (depth > 0);
  }
}

/** Whether the character follows upon a number, a truth value or null. */
function endsPlain(code: number): boolean {
  return code === COMMA || code <= BLANK || (code & ~0x20) === CLOSING;
}

/** Values of metadata are plain (contract, "The account"). */
function isInMetadata(path: readonly string[]): boolean {
  return path[0] === "metadata" && path.length > 1;
}
