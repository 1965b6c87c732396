/**
 * What a bucket answers to ListObjectsV2: its pages come in, files go out, or why it is no listing. Whatever else comes with
 * status 200, from a proxy or a store of another kind, must never read like an empty bucket.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { shownKey } from "../text/shown-key.ts";
import { quotedEtag, type StoredFile } from "./file-store.ts";
import type { S3Place } from "./s3-errors.ts";

/** As the AWS SDK gives it; every member may be missing (S3 API reference, ListObjectsV2). */
export interface ListedPage {
  readonly Contents?:
    | readonly {
        readonly Key?: string | undefined;
        readonly Size?: number | undefined;
        readonly LastModified?: Date | undefined;
        readonly ETag?: string | undefined;
      }[]
    | undefined;
  readonly EncodingType?: string | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly NextContinuationToken?: string | undefined;
}

/** Pages without a key are allowed, and a store that never ends sends nothing else. */
const MOST_EMPTY_PAGES = 100;
/** A thousand keys of 1,024 bytes, each byte written as %XX, with all that is said of them. */
const MOST_LISTING_BYTES = 16 * 1024 * 1024;

/**
 * The answer with its body in memory, for the SDK to read. Throws FatalError `source_unreachable` for one with status 2xx
 * that is no listing: the SDK makes an empty page of most of them.
 */
export async function checkAnswer<Answer extends { readonly response: unknown }>(
  answer: Answer,
  place: S3Place,
): Promise<Answer> {
  const response = answer.response as { statusCode: number; body: AsyncIterable<Uint8Array> };
  if (response.statusCode >= 300) return answer;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_LISTING_BYTES) break;
  }
  const body = Buffer.concat(chunks);
  checkListing(body, place);
  return { ...answer, response: Object.assign(response, { body }) };
}

function checkListing(body: Uint8Array, place: S3Place): void {
  const text = Buffer.from(body).toString("utf8").trim();
  if (/^(<\?xml[^>]*>\s*)?<ListBucketResult[\s>]/.test(text) && text.endsWith("</ListBucketResult>")) return;
  throw notOfS3(place, `answered with ${kindOf(text)} in place of a listing`);
}

function kindOf(text: string): string {
  if (text === "") return "an empty body";
  if (/^(<!--|<!doctype html|<html)/i.test(text)) return "a web page";
  if (/^(<\?xml[^>]*>\s*)?<ListBucketResult[\s>]/.test(text)) return "half a listing";
  return text.startsWith("<") ? "another XML document" : "something that is no XML";
}

/** Every file of the listing. Throws FatalError `source_unreachable` for pages that cannot be those of one listing. */
export async function* walkS3Listing(
  prefix: string,
  place: S3Place,
  fetchPage: (token: string | undefined) => Promise<ListedPage>,
): AsyncGenerator<StoredFile> {
  const tokens = new Set<string>();
  const keys = new Set<string>();
  let empty = 0;
  for (let token: string | undefined; ; ) {
    const page = await fetchPage(token);
    if (page.IsTruncated === undefined) throw notOfS3(place, "does not say whether its listing goes on");
    for (const file of filesOf(page, place)) {
      if (!file.key.startsWith(prefix))
        throw notOfS3(place, `lists ${shownKey(file.key)}, which is not below ${prefix}`);
      if (keys.has(file.key)) throw notOfS3(place, `lists ${shownKey(file.key)} twice`);
      keys.add(file.key);
      yield file;
    }
    if (!page.IsTruncated) return;
    token = page.NextContinuationToken;
    if (!token) throw notOfS3(place, "says that its listing goes on, and not where");
    if (tokens.has(token)) throw notOfS3(place, "begins its listing again and again");
    tokens.add(token);
    empty = page.Contents?.length ? 0 : empty + 1;
    if (empty > MOST_EMPTY_PAGES) throw notOfS3(place, "goes on with its listing and lists nothing");
  }
}

function* filesOf({ Contents = [], EncodingType }: ListedPage, place: S3Place): Generator<StoredFile> {
  for (const { Key, Size, LastModified, ETag } of Contents) {
    if (!Key) throw notOfS3(place, "lists an object without a key");
    const key = EncodingType === "url" ? decode(Key, place) : Key;
    const timeMs = LastModified?.getTime() ?? Number.NaN;
    if (!ETag || Size === undefined || Number.isNaN(timeMs))
      throw notOfS3(place, `lists ${shownKey(key)} without its size, its time or its ETag`);
    yield { key, size: Size, lastModifiedMs: timeMs, etag: quotedEtag(ETag) };
  }
}

/** "+" means a space there, and a plus sign is %2B; a store that ignores the request for this encoding doesn't echo it. */
function decode(key: string, place: S3Place): string {
  try {
    return decodeURIComponent(key.replaceAll("+", "%20"));
  } catch {
    throw notOfS3(place, "lists a key that is not encoded as it says");
  }
}

/** Also for other answers with status 200 that are not S3's. */
export function notOfS3({ server, bucket }: S3Place, what: string): FatalError {
  return new FatalError("source_unreachable", `${server} ${what}, for bucket ${bucket}`, {
    hint: "check AWS_ENDPOINT_URL_S3, and any proxy on the way there",
  });
}
