/**
 * The tags of an object, as S3 answers for them: a list comes out, and a list that comes in replaces all of them.
 */
import type { Buckets } from "./buckets.ts";
import type { S3Answer, S3Call } from "./s3-answer.ts";
import { element, S3Error, xml } from "./s3-error.ts";

const MOST_TAGS = 10;
const TAG = /<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g;

export function answerForTags({ method, bucket, key, query }: S3Call, body: Buffer, buckets: Buckets): S3Answer {
  const versionId = query.get("versionId");
  const object = buckets.find(bucket, key, versionId);
  if (object === undefined)
    throw new S3Error(404, versionId ? "NoSuchVersion" : "NoSuchKey", "There is no such object.");
  if (method === "GET") {
    const tags = [...buckets.tagsOf(object)].map(
      ([name, value]) => `<Tag>${element("Key", name)}${element("Value", value)}</Tag>`,
    );
    const text = xml("Tagging", `<TagSet>${tags.join("")}</TagSet>`);
    return { status: 200, headers: { "content-type": "application/xml" }, body: Buffer.from(text) };
  }
  if (method !== "PUT") throw new S3Error(501, "NotImplemented", "?tagging");
  const given = [...body.toString().matchAll(TAG)].map(
    ([, name = "", value = ""]) => [plain(name), plain(value)] as const,
  );
  if (given.length > MOST_TAGS) throw new S3Error(400, "BadRequest", "Object tags cannot be greater than 10");
  buckets.tag(object, new Map(given));
  return { status: 200, headers: {}, body: Buffer.alloc(0) };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function plain(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? "");
}
