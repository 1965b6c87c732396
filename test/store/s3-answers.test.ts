/**
 * S3Store before what is no answer of S3's: each reads as a source that cannot be reached, never as an empty bucket or
 * another file; and what S3 refuses, with the way out.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { FileStore } from "../../src/store/file-store.ts";
import { openS3Store } from "../../src/store/s3-store.ts";

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A server that answers with what it is told. */
async function answering(answer: (request: URL, method: string) => Answer) {
  const requests: URL[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    requests.push(url);
    const { status = 200, headers = {}, body = "" } = answer(url, request.method ?? "");
    response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connection = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "testsecret" },
  };
  const store = await openS3Store({
    bucket: "inbox",
    connection,
    limits: { resumeDelayMs: 1, attempts: 1, resumes: 1 },
  });
  return {
    store,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function keysOf(store: FileStore, prefix = "in/"): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

async function failure(act: Promise<unknown>): Promise<FatalError> {
  const error = await act.then(
    (value) => expect.fail(`it did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FatalError)) expect.fail(`not a FatalError: ${error}`);
  expect(error.message).to.match(/^[^\n]+$/);
  return error;
}

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n';
const entry = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size></Contents>`;
const listing = (inside: string, next?: string) =>
  `${PROLOG}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>inbox</Name>${inside}<IsTruncated>${next !== undefined}</IsTruncated>${next ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""}</ListBucketResult>`;
const PAGE = "<!DOCTYPE html><html><body>Please sign in to the guest network</body></html>";

describe("S3Store: a listing that is none", () => {
  const bodies: Readonly<Record<string, readonly [string, RegExp]>> = {
    "a web page": [PAGE, /answered with a web page in place of a listing/],
    "a web page that is XML": [`${PROLOG}<html xmlns="http://www.w3.org/1999/xhtml"/>`, /another XML document/],
    "an empty body": ["", /an empty body/],
    "blanks alone": [" \n", /an empty body/],
    "another answer of S3's": [
      `${PROLOG}<ListAllMyBucketsResult><Owner/><Buckets/></ListAllMyBucketsResult>`,
      /another XML document/,
    ],
    "an error with status 200": [`${PROLOG}<Error><Code>InternalError</Code></Error>`, /another XML document/],
    JSON: ['{"Contents":[]}', /something that is no XML/],
    "half a listing": [listing(entry("in/a.csv")).slice(0, -20), /half a listing/],
    "a listing without its end flag": [
      listing(entry("in/a.csv")).replace("<IsTruncated>false</IsTruncated>", ""),
      /does not say whether its listing goes on/,
    ],
    "an object without a key": [listing(entry("")), /an object without a key/],
    "an object without an ETag": [listing(entry("in/a.csv").replace('<ETag>"e"</ETag>', "")), /without its size/],
    "an object without a time": [listing(entry("in/a.csv").replace(/<LastM.*<\/LastModified>/, "")), /its time/],
    "an object without a size": [listing(entry("in/a.csv").replace("<Size>1</Size>", "")), /without its size/],
    "a key of another prefix": [listing(entry("other/a.csv")), /lists other\/a\.csv, which is not below in\//],
    "a key twice": [listing(entry("in/a.csv") + entry("in/a.csv")), /lists in\/a\.csv twice/],
    "a key that is not encoded as it says": [
      listing(`<EncodingType>url</EncodingType>${entry("in/%zz.csv")}`),
      /not encoded as it says/,
    ],
    "a listing that goes on nowhere": [listing(entry("in/a.csv"), ""), /goes on, and not where/],
    "the same page for ever": [listing(entry("in/a.csv"), "t"), /lists in\/a\.csv twice/],
    "the same token for ever": [listing("", "t"), /begins its listing again and again/],
  };
  for (const [what, [body, says]] of Object.entries(bodies)) {
    it(`is source_unreachable, and never an empty bucket: ${what}`, async () => {
      await using server = await answering(() => ({ body }));
      const error = await failure(keysOf(server.store));
      expect(error).to.include({ code: "source_unreachable", exit: 2 });
      expect(error.message).to.match(says).and.contain("bucket inbox").and.contain("127.0.0.1");
      expect(error.hint).to.contain("AWS_ENDPOINT_URL_S3");
    });
  }

  it("ends where a store sends empty pages and new tokens without end", async () => {
    let page = 0;
    await using server = await answering(() => ({ body: listing("", `t${++page}`) }));
    expect((await failure(keysOf(server.store))).message).to.contain("lists nothing");
    expect(server.requests.length).to.be.below(200);
  });

  it("is read over its pages, an empty one and one without a prolog among them", async () => {
    const pages: Readonly<Record<string, string>> = {
      "": listing(entry("in/a.csv"), "1"),
      "1": listing("", "2"),
      "2": listing(entry("in/b.csv")).slice(PROLOG.length),
    };
    await using server = await answering((url) => ({
      body: pages[url.searchParams.get("continuation-token") ?? ""] ?? "",
    }));
    expect(await keysOf(server.store)).to.deep.equal(["in/a.csv", "in/b.csv"]);
    expect(server.requests).to.have.length(3);
  });

  it("is read when nothing is there", async () => {
    await using server = await answering(() => ({ body: listing("") }));
    expect(await keysOf(server.store)).to.deep.equal([]);
  });
});

describe("S3Store: an object that is none", () => {
  it("is no file when a web page answers in its place", async () => {
    await using server = await answering(() => ({ headers: { "content-type": "text/html" }, body: PAGE }));
    const error = await failure(server.store.find("in/a.csv"));
    expect(error.code).to.equal("source_unreachable");
    expect(error.message).to.match(/answered for in\/a\.csv without its size, its time or its ETag/);
  });

  for (const [what, headers, code] of [
    ["without an ETag", {}, "source_unreachable"],
    ["with another ETag", { etag: '"other"' }, "file_changed"],
  ] as const) {
    it(`is not read when its bytes come ${what}`, async () => {
      await using server = await answering(() => ({ headers, body: PAGE }));
      const file = { key: "in/a.csv", size: PAGE.length, lastModifiedMs: 0, etag: '"e"' };
      const read = async () => {
        for await (const _ of server.store.read(file)) expect.fail("bytes came");
      };
      expect((await failure(read())).code).to.equal(code);
      expect(server.requests).to.have.length(1);
    });
  }
});

describe("S3Store: what S3 refuses", () => {
  const refusals: readonly (readonly [number, string, string, RegExp, RegExp])[] = [
    [403, "InvalidObjectState", "", /is archived and cannot be read/, /restore the object/],
    [400, "KMS.DisabledException", "", /KMS key of the object in bucket inbox cannot be used/, /enable that key/],
    [
      403,
      "AccessDenied",
      "User: arn:aws:iam::1:user/secret-name is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:x",
      /KMS key of bucket inbox is denied/,
      /grant kms:Decrypt/,
    ],
    [403, "AccessDenied", "Access Denied", /denies access to bucket inbox/, /s3:GetObject/],
    [400, "ExpiredToken", "The provided token has expired.", /have expired \(ExpiredToken\)/, /log in to AWS again/],
    [403, "RequestTimeTooSkewed", "", /reports that this machine's clock is wrong/, /set this machine's clock/],
    [301, "PermanentRedirect", "", /is in another region/, /AWS_REGION/],
    [400, "AuthorizationHeaderMalformed", "", /is in another region/, /AWS_REGION/],
  ];
  for (const [status, name, text, says, hint] of refusals) {
    it(`says what ${status} ${name}${text === "" ? "" : `, ${text.slice(0, 14)}…,`} means, and the way out`, async () => {
      const body = `${PROLOG}<Error><Code>${name}</Code><Message>${text}</Message></Error>`;
      await using server = await answering(() => ({ status, body }));
      const file = { key: "in/a.csv", size: 1, lastModifiedMs: 0, etag: '"e"' };
      const read = async () => {
        for await (const _ of server.store.read(file)) expect.fail("bytes came");
      };
      const error = await failure(read());
      expect(error.code).to.equal("source_unreachable");
      expect(error.message).to.match(says).and.not.contain("secret-name");
      expect(error.hint).to.match(hint).and.not.contain("secret-name");
    });
  }
});
