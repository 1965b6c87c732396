/**
 * A ZIP archive with one member in, what it expands to out, or why the file is rejected. The archive is read from its list of members, at
 * its end, which alone says what is in it; a member's name is used for nothing, and nothing is written to the disk.
 */
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import { nodeCode } from "../../errors/node-code.ts";
import { type Rejected, type Rejection, rejected } from "../../errors/rejection.ts";
import { counted } from "../../text/counted.ts";
import type { Limits } from "../reading.ts";
import { rejectGrowth } from "./reject-growth.ts";
import { otherKind } from "./reject-other-kind.ts";

/** A member, no member, and the first part of an archive in several. */
const BEGINNINGS = ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"];
/** APPNOTE 4.3: the list's entry and the archive's end without what varies, and the most that may lie between them: a data descriptor, and the end as ZIP64 has it. */
const ENTRY_BYTES = 46;
const END_BYTES = 22;
const MOST_BETWEEN = 24 + 56 + 20;
/** Documents that are ZIP archives too, by the name of one of their members. */
const DOCUMENTS: readonly (readonly [RegExp, string])[] = [
  [/^xl\//, "an Excel workbook (.xlsx)"],
  [/^word\//, "a Word document (.docx)"],
  [/^content\.xml$/, "an OpenDocument file, such as a spreadsheet (.ods)"],
  [/^Index\/.*\.iwa$/, "a Numbers spreadsheet (.numbers)"],
];
/** Of documents with more members than this the first ones are enough to see what they are. */
const LOOKED_AT = 1_000;

/** Whether a file that begins so is a ZIP archive, whatever its name. */
export function isZip(start: Uint8Array): boolean {
  return BEGINNINGS.includes(Buffer.from(start.subarray(0, 4)).toString("latin1"));
}

/**
 * The bytes of the only member of the archive at `path`. The rejection comes last: file_not_zip for an archive that is cut, damaged,
 * encrypted or longer than its member, file_zip_members, file_of_other_kind for a document, file_expands_too_far by what the archive says of
 * its member, which is held to it. Errors of the disk pass through.
 */
export async function* expandZip(path: string, limits: Limits): AsyncGenerator<Buffer | Rejection, void> {
  let zip: ZipFile | undefined;
  try {
    // Loaded with the first archive: most files are none.
    const { openPromise } = await import("yauzl");
    zip = await openPromise(path, { autoClose: false, decodeStrings: true });
    // Told to whom waits for it as well.
    zip.on("error", () => {});
    const found = await findMember(zip, limits);
    if (found.kind === "rejected") return yield found.rejection;
    yield* expandMember(zip, found.member);
  } catch (error) {
    yield rejectionOf(error);
  } finally {
    zip?.close();
  }
}

async function findMember(
  zip: ZipFile,
  limits: Limits,
): Promise<{ readonly kind: "member"; readonly member: Entry } | Rejected> {
  const names: string[] = [];
  let member: Entry | undefined;
  for await (const entry of zip.eachEntry()) {
    member = entry;
    names.push(entry.fileName);
    if (names.length === LOOKED_AT) break;
  }
  const [, document] = DOCUMENTS.find(([form]) => names.some((name) => form.test(name))) ?? [];
  if (document !== undefined) return rejected(otherKind(document));
  if (member === undefined || names.length > 1)
    return rejected(wrongMembers(`has ${counted(zip.entryCount, "member")}`));
  if (member.fileName.endsWith("/")) return rejected(wrongMembers("has a folder as its only member"));
  if (member.isEncrypted())
    return rejected(notZip("is encrypted", "send it without a password, or send it as plain CSV"));
  if (!member.canDecodeFileData()) {
    const hint = "compress it by the usual method (deflate), or send it as plain CSV";
    return rejected(notZip(`is compressed by method ${member.compressionMethod}, which is not supported`, hint));
  }
  const { uncompressedSize: expanded, compressedSize: compressed } = member;
  const rejection = rejectGrowth("ZIP archive", { expanded, compressed }, limits) ?? (await rejectRest(zip, member));
  return rejection === undefined ? { kind: "member", member } : rejected(rejection);
}

/** Two archives in one file, one behind the other, have one list of members that is believed: the other's rows would be lost. */
async function rejectRest(zip: ZipFile, member: Entry): Promise<Rejection | undefined> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(member);
  const { fileNameLength, extraFieldLength, fileCommentLength, compressedSize } = member;
  const list = ENTRY_BYTES + fileNameLength + extraFieldLength + fileCommentLength;
  const known = fileDataStart + compressedSize + list + END_BYTES + zip.comment.length;
  return zip.fileSize > known + MOST_BETWEEN ? notZip("has bytes that belong to no member") : undefined;
}

async function* expandMember(zip: ZipFile, member: Entry): AsyncGenerator<Buffer | Rejection, void> {
  const stream = await zip.openReadStreamPromise(member);
  try {
    let sum = 0;
    for await (const part of stream) {
      sum = crc32(part as Buffer, sum);
      yield part as Buffer;
    }
    if (sum !== member.crc32) yield notZip("is damaged");
  } finally {
    stream.destroy();
  }
}

function rejectionOf(error: unknown): Rejection {
  const code = nodeCode(error);
  if (!(error instanceof Error) || (code !== undefined && !code.startsWith("Z_"))) throw error;
  const { message } = error;
  if (/strong encryption/.test(message))
    return notZip("is encrypted", "send it without a password, or send it as plain CSV");
  if (/multi-disk/.test(message)) return notZip("is one part of several", "send it as one archive, or as plain CSV");
  if (/path|characters in fileName/.test(message)) return notZip("names its member by a path that leads out of it");
  if (/not found|EOF/i.test(message)) return notZip("ends before it is complete");
  return notZip("is damaged");
}

function notZip(what: string, hint = "send the complete file again, or send it as plain CSV"): Rejection {
  return { code: "file_not_zip", message: `the file begins as a ZIP archive and ${what}`, hint };
}

function wrongMembers(what: string): Rejection {
  return {
    code: "file_zip_members",
    message: `the ZIP archive ${what}, and must have one file`,
    hint: "put one CSV file into the archive, and nothing else: no folder, no __MACOSX",
  };
}
