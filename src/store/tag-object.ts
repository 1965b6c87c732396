/**
 * Adds tags to an object. Those that it has stay, as S3 replaces all of them at once.
 */
import { GetObjectTaggingCommand, PutObjectTaggingCommand, type S3Client } from "@aws-sdk/client-s3";
import { FatalError } from "../errors/fatal-error.ts";
import { shownKey } from "../text/shown-key.ts";
import { fileChanged, type StoredFile } from "./file-store.ts";
import { isGoneOrOther, readFailure, type S3Place, statusOf } from "./s3-errors.ts";

/** S3 keeps no more of one object. */
const MOST_TAGS = 10;

/** Of the version that was read, where the bucket keeps versions. Sends nothing when the object has them all. */
export async function tagObject(
  client: S3Client,
  where: S3Place,
  { key, versionId }: StoredFile,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const object = { Bucket: where.bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
  try {
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(object));
    const had = new Map(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
    if (Object.entries(tags).every(([name, value]) => had.get(name) === value)) return;
    const all = [...new Map([...had, ...Object.entries(tags)])].map(([Key, Value]) => ({ Key, Value }));
    if (all.length > MOST_TAGS) throw tooMany(key, where);
    await client.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: all } }));
  } catch (error) {
    if (isGoneOrOther(error)) throw fileChanged(key, `s3://${where.bucket}`, error);
    if (statusOf(error) !== 403) throw readFailure(error, where);
    const message = `${where.server} does not let ${shownKey(key)} be tagged in bucket ${where.bucket}`;
    const hint =
      "grant s3:GetObjectTagging and s3:PutObjectTagging (and those of versions) as deploy/iam/archive.json does";
    throw new FatalError("not_archived", message, { hint, cause: error });
  }
}

function tooMany(key: string, { bucket }: S3Place): FatalError {
  const message = `${shownKey(key)} in bucket ${bucket} would have more than ${MOST_TAGS} tags`;
  return new FatalError("not_archived", message, { hint: "take tags out of the job, or off the object" });
}
