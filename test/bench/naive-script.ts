/**
 * What one would write instead of Tieout: the whole file in memory, p-limit, fetch, Promise.all. It keeps no ledger, has no
 * retries and checks no value; a crash loses everything that it has done. It is here to be compared with, nothing else.
 *
 * Takes the file, where the results go, and the cap; the bank's address by LEAD_API_URL.
 */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import pLimit from "p-limit";

type Row = Readonly<Record<string, string>>;
type Account = Record<string, never> & {
  details: { credit: Record<string, unknown> };
  metadata: object;
  documents: [];
};

const [file = "", results = "", cap = "64"] = process.argv.slice(2);
const api = process.env.LEAD_API_URL ?? "";

async function call(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(api + path, init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

const grant = { grant_type: "client_credentials", client_id: "bench", client_secret: "bench" };
const json = { "content-type": "application/json" };
const token = (await call("/v1/oauth/token", { method: "POST", headers: json, body: JSON.stringify(grant) })) as {
  access_token: string;
};
const headers = { authorization: `Bearer ${token.access_token}` };

/** The body of the PATCH, or none. */
function differences(row: Row, account: Account): string | null {
  const credit: Record<string, unknown> = {};
  for (const name of ["available_credit", "limit", "max_limit"]) {
    if (Number(row[name]) !== account.details.credit[name]) credit[name] = Number(row[name]);
  }
  for (const name of ["currency", "underwriting_grade"]) {
    if (row[name] !== account.details.credit[name]) credit[name] = row[name];
  }
  const metadata = { branch: row["metadata.branch"], officer: row["metadata.officer"] };
  const documents: unknown = JSON.parse(row.documents ?? "[]");
  const patch = {
    ...(Object.keys(credit).length > 0 && { details: { credit } }),
    ...(JSON.stringify(metadata) !== JSON.stringify(account.metadata) && { metadata }),
    ...(JSON.stringify(documents) !== JSON.stringify(account.documents) && { documents }),
  };
  return Object.keys(patch).length === 0 ? null : JSON.stringify(patch);
}

async function tieOut(row: Row): Promise<Row> {
  try {
    const path = `/v0/accounts/${row.account_id}`;
    const body = differences(row, (await call(path, { headers })) as Account);
    if (body === null) return { ...row, result: "unchanged", reason: "" };
    await call(path, { method: "PATCH", headers: { ...headers, ...json, "idempotency-key": randomUUID() }, body });
    return { ...row, result: "applied", reason: "" };
  } catch (error) {
    return { ...row, result: "failed", reason: String(error) };
  }
}

const limit = pLimit(Number(cap));
const rows = parse(readFileSync(file), { columns: true }) as Row[];
const done = await Promise.all(rows.map((row) => limit(() => tieOut(row))));
writeFileSync(results, stringify(done, { header: true }));
const failed = done.find(({ result }) => result === "failed");
if (failed !== undefined) throw new Error(`a row failed: ${failed.reason}`);
