/**
 * A small strict stand-in for S3 on loopback: signed requests come in over HTTP, S3's answers go out. Objects stay in memory, or
 * are the files of a folder. Path style only; no multipart upload, no delimiter, no permissions. For trying things out, never for keeping anything.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Buckets, type StoredObject } from "./buckets.ts";
import { FolderBuckets } from "./folder-buckets.ts";
import { collect, readBody } from "./read-body.ts";
import { answer, type S3Answer, type S3Call, type S3Settings } from "./s3-answer.ts";
import { S3Error } from "./s3-error.ts";
import { hits, type S3Fault, send } from "./s3-faults.ts";
import { checkSignature, type Keys, type Target, targetOf } from "./signature.ts";

export interface S3ServerOptions {
  readonly buckets: readonly string[];
  /** A folder for each bucket whose objects are its files; the others are in memory. */
  readonly folders?: Readonly<Record<string, string>>;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Whether `requests` is kept; true. */
  readonly recordRequests?: boolean;
  readonly accessKey?: string;
  readonly secretKey?: string;
  /** Keeps every version of an object and tells its id. Default false. */
  readonly versioned?: boolean;
  /** The most keys on one page of a listing, at most and by default 1,000. */
  readonly pageSize?: number;
  /** The AWS account that all buckets belong to, in twelve digits. */
  readonly owner?: string;
}

/** One request as it came in, and the status it was answered with. */
export interface SeenRequest extends S3Call {
  readonly status: number;
}

export interface S3Server extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The AWS_* variables by which a process finds this server. */
  readonly env: Readonly<Record<string, string>>;
  /** The same for `openS3Store`, and for the SDK's client beside `forcePathStyle: true`. */
  readonly connection: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** In the order of their answers. */
  readonly requests: readonly SeenRequest[];
  /** The current objects of a bucket by key. */
  objects(bucket: string): ReadonlyMap<string, StoredObject>;
  /** Puts an object there without a request, now if no other time is given. */
  put(bucket: string, key: string, body: string | Uint8Array, lastModified?: Date): StoredObject;
  /** Spoils the next `times` (1) calls that the fault can hit; several faults are used up in the order they were given. */
  failNext(fault: S3Fault, times?: number): void;
}

const REGION = "us-east-1";
const OWNER = "000000000000";

/** Listens on 127.0.0.1 until it is disposed of, which also ends the connections that are open. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { accessKey = "test", secretKey = "testsecret", versioned = false, pageSize = 1000, owner = OWNER } = options;
  const { folders, recordRequests = true } = options;
  const buckets =
    folders === undefined ? new Buckets(options.buckets, versioned) : new FolderBuckets(options.buckets, folders);
  const requests: SeenRequest[] = [];
  const faults: S3Fault[] = [];
  const context = {
    keys: { accessKey, secretKey },
    settings: { buckets, versioned, pageSize, owner },
    faults,
    requests: recordRequests ? requests : null,
  };
  const server = createServer((request, response) => {
    // A client that hangs up in the middle of its body is no fault of the server.
    handle(request, response, context).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  // A server that listens on TCP has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
    },
    connection: {
      endpoint: url,
      region: REGION,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    },
    requests,
    objects: (bucket) => new Map(buckets.current(bucket).map((object) => [object.key, object])),
    put: (bucket, key, body, lastModified) => buckets.put(bucket, key, Buffer.from(body), {}, lastModified),
    failNext: (fault, times = 1) => faults.push(...Array<S3Fault>(times).fill(fault)),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Context {
  readonly keys: Keys;
  readonly settings: S3Settings;
  readonly faults: S3Fault[];
  readonly requests: SeenRequest[] | null;
}

async function handle(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const target = targetOf(request.url ?? "");
  const call = callOf(request, target);
  const fault = takeFault(context.faults, call);
  const reply = await replyTo(request, target, call, fault, context);
  context.requests?.push({ ...call, status: reply.status });
  // HEAD tells the length of a body that it doesn't send, and of an error nothing at all.
  const isHead = call.method === "HEAD";
  send(response, isHead ? { ...reply, body: Buffer.alloc(0) } : reply, fault);
}

async function replyTo(
  request: IncomingMessage,
  target: Target,
  call: S3Call,
  fault: S3Fault | undefined,
  { keys, settings }: Context,
): Promise<S3Answer> {
  try {
    const raw = await collect(request);
    // In the order of S3: whose request it is, where it goes, and what it brings.
    checkSignature(request, target, keys);
    if (fault?.kind === "error") throw new S3Error(fault.status, fault.code, "Ordered by the test.");
    settings.buckets.refresh();
    const isPut = call.method === "PUT" && call.key !== "";
    if (isPut && !settings.buckets.has(call.bucket))
      throw new S3Error(404, "NoSuchBucket", "The bucket does not exist.");
    const body = isPut ? readBody(request, raw) : raw;
    return answer(call, body, settings);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const xml = Buffer.from(error.toXml());
    const headers = { "content-type": "application/xml", "content-length": String(xml.length) };
    return { status: error.status, headers: call.method === "HEAD" ? {} : headers, body: xml };
  }
}

function takeFault(faults: S3Fault[], call: S3Call): S3Fault | undefined {
  const index = faults.findIndex((fault) => hits(fault, call));
  return index < 0 ? undefined : faults.splice(index, 1)[0];
}

function callOf(request: IncomingMessage, { path, query }: Target): S3Call {
  const [, bucket = "", ...key] = path.split("/");
  const headers = Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]);
  return {
    method: request.method ?? "",
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(key.join("/")),
    query: new Map(query.map(([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)])),
    headers: Object.fromEntries(headers),
  };
}
