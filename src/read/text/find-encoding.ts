/**
 * The first bytes of a file and the job's word in, the file's encoding out. Decodes nothing.
 */
import { type Rejected, rejected } from "../../errors/rejection.ts";
import type { Encoding } from "../reading.ts";

/** `markBytes` is the length of the byte order mark. */
export interface FoundEncoding {
  readonly kind: "found";
  readonly encoding: Encoding;
  readonly markBytes: number;
}

const MARKS: readonly { readonly encoding: Encoding; readonly mark: Buffer }[] = [
  { encoding: "utf-8", mark: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: "utf-16le", mark: Buffer.from([0xff, 0xfe]) },
  { encoding: "utf-16be", mark: Buffer.from([0xfe, 0xff]) },
];

const NAMES: Readonly<Record<Encoding, string>> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16LE",
  "utf-16be": "UTF-16BE",
  "windows-1252": "Windows-1252",
};

/** By the byte order mark, else as declared, else UTF-8. Rejection: file_encoding_differs. */
export function findEncoding(start: Buffer, declared: Encoding | undefined): FoundEncoding | Rejected {
  const found = MARKS.find(({ mark }) => start.subarray(0, mark.length).equals(mark));
  if (found === undefined) return { kind: "found", encoding: declared ?? "utf-8", markBytes: 0 };
  const { encoding, mark } = found;
  if (declared === undefined || declared === encoding) return { kind: "found", encoding, markBytes: mark.length };
  return rejected({
    code: "file_encoding_differs",
    message: `the file's byte order mark shows ${encodingName(encoding)}, and the job sets ${encodingName(declared)}`,
    hint: `set encoding in the job to ${encoding}, or leave it out`,
  });
}

/** The encoding's name as people write it. */
export function encodingName(encoding: Encoding): string {
  return NAMES[encoding];
}
