/**
 * The policies of deploy/iam against what Tieout really asks of S3: all requests of whole nights and of the morning's commands are
 * allowed, and whatever else one could do with these credentials is denied.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { SeenRequest } from "../../src/sandbox/bucket/start-s3-server.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { describeWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";
import { asAction } from "./as-action.ts";
import { isAllowed, type Policy, type PolicyRequest, parsePolicy } from "./policy.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE = "arn:aws:s3:::SOURCE-BUCKET";
const RESULTS = "arn:aws:s3:::RESULTS-BUCKET";
const NAMES: Readonly<Record<string, string>> = { "the-files": "SOURCE-BUCKET", "the-results": "RESULTS-BUCKET" };
const TLS = { "aws:SecureTransport": "true" };
const IF_NEW = { "s3:if-none-match": "*" };
const KEY = "arn:aws:kms:REGION:ACCOUNT:key/RESULTS-KEY";

const readPolicy = async (name: string) => parsePolicy(await readFile(join(ROOT, "deploy/iam", name), "utf8"));

describeWhole("the requests of S3 in nights and mornings", function () {
  this.timeout(120_000);
  let bucket: Policy;
  let seen: readonly PolicyRequest[];

  before(async () => {
    bucket = await readPolicy("bucket.json");
    seen = (await nightsAndMorning()).map((request) => asAction(request, NAMES));
  });

  /** All requests of S3: three nights, of which one meets a lost answer and one finds its folder of results taken, and what is typed then. */
  async function nightsAndMorning(): Promise<readonly SeenRequest[]> {
    const folder = await mkdtemp(join(tmpdir(), "tieout-iam-"));
    try {
      await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
      await using s3 = await startS3Server({ buckets: Object.keys(NAMES), versioned: true });
      const env = {
        ...s3.env,
        LEAD_API_URL: bank.url,
        LEAD_CLIENT_ID: bank.clientId,
        LEAD_CLIENT_SECRET: bank.clientSecret,
      };
      const job = `import { defineJob } from ${JSON.stringify(join(ROOT, "src/job.ts"))};
export default defineJob({
  name: "job",
  source: { bucket: "the-files", prefix: "outgoing/" },
  results: { bucket: "the-results", prefix: "results/" },
});`;
      await writeFile(join(folder, "package.json"), '{"type":"module"}');
      await writeFile(join(folder, "job.ts"), job);
      const codes: (number | null)[] = [];
      const type = async (...args: readonly string[]) => {
        const { code, err } = await runTieout(args, env, folder);
        if (code === 1 || code === 2) throw new Error(err);
        codes.push(code);
      };
      s3.put("the-files", "outgoing/1.csv", "account_id,product_name\naccount_1,New\nx y,New\n");
      await type("doctor", "job.ts");
      await type("plan", "job.ts");
      await type("run", "job.ts");
      s3.put("the-files", "outgoing/2.csv", "account_id,product_name\naccount_2,New\n");
      s3.failNext({ kind: "error", method: "PUT", status: 500, code: "InternalError" }, 2);
      await type("run", "job.ts");
      await type("run", "job.ts", "--file", "s3://the-files/outgoing/1.csv", "--again", "--reason", "test");
      await type("run", "job.ts");
      await type("report", "last");
      await type("verify", "last");
      await type("results", "last", "--final");
      await type("rerun", "last", "--only", "invalid");
      expect(codes.slice(0, 4)).to.deep.equal([0, 3, 3, 0]);
      return [...s3.requests];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it("are all allowed by deploy/iam", () => {
    const made = new Set(seen.map(({ action, resource }) => `${action} ${resource.split("/")[0]}`));
    expect([...made].sort()).to.include.members([
      `s3:GetObject ${SOURCE}`,
      `s3:GetObjectVersion ${SOURCE}`,
      `s3:ListBucket ${RESULTS}`,
      `s3:ListBucket ${SOURCE}`,
      `s3:PutObject ${RESULTS}`,
    ]);
    expect(seen.filter((request) => !isAllowed(bucket, request))).to.deep.equal([]);
  });

  it("need every statement there", () => {
    for (const { Sid } of bucket.Statement.filter(({ Effect }) => Effect === "Allow")) {
      const without = { ...bucket, Statement: bucket.Statement.filter((one) => one.Sid !== Sid) };
      expect(
        seen.some((request) => !isAllowed(without, request)),
        Sid,
      ).to.equal(true);
    }
  });
});

describe("deploy/iam", () => {
  let bucket: Policy;
  let kms: Policy;

  before(async () => {
    bucket = await readPolicy("bucket.json");
    kms = await readPolicy("kms.json");
  });

  it("denies what Tieout never does: to remove, to replace, to look elsewhere, to go without TLS", () => {
    const denied: readonly PolicyRequest[] = [
      ...[
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutObjectAcl",
        "s3:PutObjectTagging",
        "s3:RestoreObject",
      ].flatMap((action) => [
        { action, resource: `${SOURCE}/outgoing/1.csv`, context: TLS },
        { action, resource: `${RESULTS}/results/1/1/results.csv`, context: { ...TLS, ...IF_NEW } },
      ]),
      ...["s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:ListBucketVersions"].map(
        (action) => ({
          action,
          resource: RESULTS,
          context: TLS,
        }),
      ),
      { action: "s3:PutObject", resource: `${SOURCE}/outgoing/1.csv`, context: { ...TLS, ...IF_NEW } },
      { action: "s3:PutObject", resource: `${RESULTS}/results/1/1/results.csv`, context: TLS },
      { action: "s3:PutObject", resource: `${RESULTS}/other/results.csv`, context: { ...TLS, ...IF_NEW } },
      { action: "s3:GetObject", resource: `${SOURCE}/payroll/1.csv`, context: TLS },
      { action: "s3:GetObject", resource: `${SOURCE}-of-others/outgoing/1.csv`, context: TLS },
      { action: "s3:ListBucket", resource: SOURCE, context: TLS },
      { action: "s3:ListBucket", resource: SOURCE, context: { ...TLS, "s3:prefix": "" } },
      { action: "s3:ListBucket", resource: SOURCE, context: { ...TLS, "s3:prefix": "payroll/" } },
      { action: "s3:ListAllMyBuckets", resource: "*", context: TLS },
      { action: "s3:GetObject", resource: `${SOURCE}/outgoing/1.csv`, context: { "aws:SecureTransport": "false" } },
    ];
    expect(denied.filter((request) => isAllowed(bucket, request))).to.deep.equal([]);
  });

  it("lets each key of KMS do its part, through S3 alone", () => {
    const via = (action: string, resource: string, service?: string): PolicyRequest => ({
      action,
      resource,
      context: service === undefined ? {} : { "kms:ViaService": service },
    });
    const ofSource = KEY.replace("RESULTS", "SOURCE");
    const s3 = "s3.REGION.amazonaws.com";
    const judge = (request: PolicyRequest) => isAllowed(kms, request);
    expect(
      [via("kms:Decrypt", ofSource, s3), via("kms:Decrypt", KEY, s3), via("kms:GenerateDataKey", KEY, s3)].map(judge),
    ).to.deep.equal([true, true, true]);
    const denied = [
      via("kms:GenerateDataKey", ofSource, s3),
      via("kms:Decrypt", KEY),
      via("kms:Decrypt", KEY, "ebs.REGION.amazonaws.com"),
      via("kms:ScheduleKeyDeletion", KEY, s3),
      via("kms:Decrypt", KEY.replace("RESULTS", "OTHER"), s3),
    ];
    expect(denied.filter(judge)).to.deep.equal([]);
  });

  it("is judged by a judge that refuses what it does not know", () => {
    const text = JSON.stringify(bucket);
    for (const [right, wrong] of [
      ['"Effect"', '"Efect"'],
      ['"Allow"', '"Permit"'],
      ["s3:PutObject", "s3.PutObject"],
      ["arn:aws:s3:::SOURCE", "arn:aws:s3::SOURCE"],
      ["2012-10-17", "2026-10-17"],
    ] as const)
      expect(() => parsePolicy(text.replace(right, wrong)), wrong).to.throw();
    const request = { action: "s3:PutObject", resource: `${RESULTS}/results/1`, context: { ...TLS, ...IF_NEW } };
    for (const [right, wrong] of [
      ['"Null"', '"Nul"'],
      ["s3:if-none-match", "s3:ifnonematch"],
    ] as const)
      expect(() => isAllowed(parsePolicy(text.replace(right, wrong)), request), wrong).to.throw("not known");
  });
});
