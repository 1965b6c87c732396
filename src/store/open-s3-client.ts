/**
 * Opens the AWS SDK's client for one bucket: which server, by which proxy, and what every request has in common. Sends nothing yet.
 */
import { Agent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import { FatalError } from "../errors/fatal-error.ts";
import type { S3Limits } from "./s3-limits.ts";

const DEFAULT_REGION = "us-east-1";

/** Each part that isn't given comes from the AWS SDK's own environment and profile files. */
export interface S3Connection {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The forward proxy for an `https` address; none when it gives nothing. */
  readonly findProxy?: (address: string) => string | undefined;
}

export interface OpenedS3Client {
  readonly client: S3Client;
  /** For people. */
  readonly server: string;
  /** The host of an endpoint of one's own. */
  readonly ownHost: string | undefined;
  /** Where requests go at first. */
  readonly region: string;
}

/** Throws FatalError `env_missing` when the endpoint isn't a URL. */
export async function openS3Client(
  { bucket, owner }: { readonly bucket: string; readonly owner?: string | undefined },
  { findProxy = () => undefined, ...connection }: S3Connection,
  limits: S3Limits,
): Promise<OpenedS3Client> {
  const { endpoint, region } = await findServer(connection);
  const proxy = findProxy(endpoint?.href ?? `https://${bucket}.s3.${region}.amazonaws.com/`);
  const client = new S3Client({
    ...connection,
    region,
    forcePathStyle: endpoint !== undefined,
    followRegionRedirects: true,
    maxAttempts: limits.attempts,
    // Some compatible stores take no checksum in a trailer; a write has its SHA-256 in the signature instead.
    requestChecksumCalculation: "WHEN_REQUIRED",
    // Whatever it would write to the console comes back as an error as well.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    requestHandler: {
      connectionTimeout: limits.connectTimeoutMs,
      socketTimeout: limits.idleTimeoutMs,
      ...(proxy !== undefined && { httpsAgent: new Agent({ keepAlive: true, proxyEnv: { HTTPS_PROXY: proxy } }) }),
    },
  });
  if (owner !== undefined)
    client.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, ExpectedBucketOwner: owner } }),
      {
        step: "initialize",
      },
    );
  return { client, server: endpoint?.host ?? `AWS S3 (${region})`, ownHost: endpoint?.hostname, region };
}

async function findServer(connection: Omit<S3Connection, "findProxy">) {
  const { config } = new S3Client({ ...connection });
  const configured = connection.endpoint ?? (await config.serviceConfiguredEndpoint?.());
  const endpoint = configured === undefined ? undefined : URL.parse(configured);
  if (endpoint === null || (endpoint !== undefined && !/^https?:$/.test(endpoint.protocol))) {
    throw new FatalError("env_missing", "AWS_ENDPOINT_URL_S3 is not a URL", { hint: "give it as https://host" });
  }
  const region = await config.region().catch((error: unknown) => {
    if (error instanceof Error && error.message === "Region is missing") return DEFAULT_REGION;
    throw new FatalError("env_missing", "AWS_REGION is not a region", { hint: "set AWS_REGION", cause: error });
  });
  return { endpoint, region };
}
