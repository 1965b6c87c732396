/**
 * The files that `tieout init` makes: a folder of one's own with one job, a sample for it, and what the sandbox needs. They are texts;
 * nothing is written here.
 */

export interface Starter {
  /** The bucket that the job reads and writes; folders when there is none. */
  readonly bucket: string | undefined;
  /** How package.json names Tieout. */
  readonly spec: string;
}

export const STARTER_JOB = "accounts";
/** Where the stand-in for the bank listens; the bucket's port is the next. */
const PORT = 4010;

/** What starts the stand-ins, with state that outlasts them. */
export function sandboxCommand(bucket: string | undefined): string {
  const rest = bucket === undefined ? "" : ` --bucket ${bucket}`;
  return `tieout sandbox --port ${PORT} --seed sandbox-seed.json --state sandbox.json${rest}`;
}

/** By the path within the folder, in the order in which a reader meets them. */
export function starterFiles(starter: Starter): Readonly<Record<string, string>> {
  const { bucket } = starter;
  return {
    "package.json": packageJson(starter),
    [`jobs/${STARTER_JOB}.ts`]: jobFile(bucket),
    [bucket === undefined ? "in/first.csv" : `${bucket}/outgoing/first.csv`]: SAMPLE,
    "sandbox-seed.json": SEED,
    ".env.example": envExample(bucket),
    ".gitignore": `node_modules/\n.tieout/\n.env\nsandbox.json\n${bucket === undefined ? "in/\nout/" : `${bucket}/`}\n`,
    "README.md": readme(bucket),
  };
}

function packageJson({ bucket, spec }: Starter): string {
  const content = {
    name: "account-jobs",
    private: true,
    type: "module",
    scripts: { sandbox: sandboxCommand(bucket), doctor: "tieout doctor" },
    dependencies: { tieout: spec },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function jobFile(bucket: string | undefined): string {
  const places =
    bucket === undefined
      ? `  // Files come from this folder, and results go to that one: a folder for each run.
  source: { folder: "in", pattern: /\\.csv$/ },
  results: { folder: "out" },`
      : `  // Files come from below outgoing/, and results go below results/: a folder for each run.
  source: { bucket, prefix: "outgoing/", pattern: /\\.csv$/ },
  results: { bucket, prefix: "results/" },`;
  const name = bucket === undefined ? "" : `const bucket = process.env.TIEOUT_BUCKET || ${JSON.stringify(bucket)};\n\n`;
  return `/** The account changes of the core banking system. node_modules/tieout/docs/job-file.md has every setting. */
import { defineJob } from "tieout";

${name}export default defineJob({
  name: ${JSON.stringify(STARTER_JOB)},
${places}
  // Above these, rows are held until a person has looked: tieout approve.
  guards: { create: { max: 1_000 }, close: { max: 20 } },
  // When \`tieout schedule\` starts it; another scheduler may start \`tieout run ${STARTER_JOB}\` instead.
  schedule: { cron: "0 2 * * *", zone: "America/Chicago" },
});
`;
}

const SAMPLE = `client_account_id,capabilities,account_holders,product_name
first-1,deposit,entity_ana,Savings
first-2,deposit,entity_ben,Checking
first-3,deposit,entity_ana,Checking
`;

const SEED = `${JSON.stringify({ entities: [{ id: "entity_ana" }, { id: "entity_ben" }] }, null, 2)}\n`;

function envExample(bucket: string | undefined): string {
  const ofBucket =
    bucket === undefined
      ? ""
      : `
# The bucket. At AWS: no endpoint, your region, and credentials in any way that the AWS SDK knows.
AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT + 1}
AWS_REGION=us-east-1
AWS_ACCESS_KEY_ID=sandbox
AWS_SECRET_ACCESS_KEY=sandbox-secret
TIEOUT_BUCKET=${bucket}
`;
  return `# Copy this to .env, and take it into a shell by: set -a; . ./.env; set +a
# The values are the sandbox's, and work as they are. Put your bank's in their place, without quotes; .env is never committed.

# The bank.
LEAD_API_URL=http://127.0.0.1:${PORT}
LEAD_CLIENT_ID=sandbox-client
LEAD_CLIENT_SECRET=sandbox-secret
${ofBucket}`;
}

function readme(bucket: string | undefined): string {
  return `# Account jobs

\`jobs/${STARTER_JOB}.ts\` says what is read and where results go. In one shell, the stand-ins for ${bucket === undefined ? "the bank" : "bank and bucket"}; in another, the job:

    npm install && cp .env.example .env
    npm run sandbox

    set -a; . ./.env; set +a
    npx tieout doctor ${STARTER_JOB}
    npx tieout plan ${STARTER_JOB}
    npx tieout run ${STARTER_JOB}
`;
}
