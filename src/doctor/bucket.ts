/**
 * A bucket: where it is, how it keeps its objects, and what may be read and written below a prefix.
 */
import type { BucketProbe, Encryption } from "../store/bucket-probe.ts";
import { isLoopback } from "./environment.ts";
import { bad, good, poor, type Remark } from "./finding.ts";

/** Region and encryption; nothing of a stand-in on this machine. */
export async function checkBucket(bucket: string, probe: BucketProbe): Promise<Remark[]> {
  if (probe.ownHost !== undefined && isLoopback(probe.ownHost)) return [];
  const region = await probe.findRegion();
  return [...judgeRegion(bucket, region, probe), ...judgeEncryption(bucket, await probe.findEncryption(), probe)];
}

function judgeRegion(bucket: string, region: string | undefined, probe: BucketProbe): Remark[] {
  if (region === undefined) return [];
  if (region === probe.region) return [good(`${bucket} is in ${region}, as AWS_REGION says`)];
  return [
    poor(
      `${bucket} is in ${region}, and requests go to ${probe.region} first, which redirects them`,
      `set AWS_REGION=${region}`,
    ),
  ];
}

function judgeEncryption(bucket: string, encryption: Encryption, { ownHost }: BucketProbe): Remark[] {
  if (encryption.kind === "by") return [good(`${bucket} encrypts what is written (${encryption.algorithm})`)];
  if (ownHost === undefined && encryption.kind === "hidden")
    return [good(`${bucket} is encrypted, as all of AWS S3 is; by which key, these credentials may not ask`)];
  if (encryption.kind === "none")
    return [
      poor(
        `${bucket} has no default encryption`,
        "turn it on at the bucket, or see that the store's disks are encrypted",
      ),
    ];
  return [poor(`whether ${bucket} is encrypted cannot be seen`, "ask who runs the store")];
}

export async function checkWriting(place: string, prefix: string, probe: BucketProbe): Promise<Remark> {
  const trial = await probe.tryWrite(prefix);
  if (trial.kind === "allowed")
    return good(`${place} can be written: a trial was refused only for the wrong checksum that it named`);
  const text = `${place} can be written, and the store does not check what arrives`;
  if (trial.kind === "removed") return poor(`${text}; the trial was removed`, "use a store that checks Content-MD5");
  return bad(
    `${text}; the trial ${trial.key} is still there`,
    "remove it by hand, and use a store that checks Content-MD5",
  );
}
