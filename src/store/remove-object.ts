/**
 * Removes an object that was archived. Where the bucket keeps versions, every version stays: the object is only marked as deleted.
 */
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { FatalError } from "../errors/fatal-error.ts";
import { shownKey } from "../text/shown-key.ts";
import type { StoredFile } from "./file-store.ts";
import { isGoneOrOther, readFailure, type S3Place, statusOf } from "./s3-errors.ts";

/** Of exactly that state of the object: a store that knows conditions refuses another one. Resolves with whether it did not. */
export async function removeObject(client: S3Client, where: S3Place, { key, etag }: StoredFile): Promise<boolean> {
  try {
    await client.send(new DeleteObjectCommand({ Bucket: where.bucket, Key: key, IfMatch: etag }));
    return true;
  } catch (error) {
    if (isGoneOrOther(error)) return false;
    if (statusOf(error) !== 403) throw readFailure(error, where);
    const message = `${where.server} does not let ${shownKey(key)} be removed from bucket ${where.bucket}: the right is missing, or the object is locked`;
    const hint = "grant s3:DeleteObject as deploy/iam/archive.json does, or take move out of the job's archive";
    throw new FatalError("not_archived", message, { hint, cause: error });
  }
}
