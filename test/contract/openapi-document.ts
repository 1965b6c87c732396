/**
 * The bank's published OpenAPI document as a judge of answers: a call and its answer in, undefined or what is wrong out.
 * It reads the file that it is given; the document itself is no part of this project.
 */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import formats from "ajv-formats";

type Json = Record<string, unknown>;

interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Json }> }>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

/** Both `name` and `parameter` occur in what the bank publishes, though the schema knows the latter only. */
const OPEN_SCHEMAS = ["InvalidParameterDetail"];

export class OpenapiDocument {
  readonly #document: Document;
  readonly #ajv = new Ajv({ strict: false, allErrors: true });

  constructor(file: string) {
    const document: Document = JSON.parse(readFileSync(file, "utf8"));
    this.#document = document;
    // Members that the document doesn't know are allowed by it, and would hide a misspelt one: here they fail.
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const isClosed = schema.type !== "object" || schema.properties === undefined || "additionalProperties" in schema;
      if (!isClosed && !OPEN_SCHEMAS.includes(name)) schema.additionalProperties = false;
    }
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, "openapi");
  }

  /** `GET /v0/accounts/account_1?x=y` as the document writes it: `get /v0/accounts/{id}`; undefined when it isn't there. */
  findOperation(call: string): string | undefined {
    const [method = "", url = ""] = call.split(" ");
    const parts = url.split("?")[0]?.split("/") ?? [];
    const verb = method.toLowerCase();
    const found = Object.entries(this.#document.paths).find(([path, operations]) => {
      const known = path.split("/");
      const fits = known.length === parts.length && known.every((part, i) => part.startsWith("{") || part === parts[i]);
      return fits && operations[verb] !== undefined;
    });
    return found === undefined ? undefined : `${verb} ${found[0]}`;
  }

  /** The statuses that the document describes for an operation. */
  listStatuses(operation: string): number[] {
    return Object.keys(this.#responses(operation)).map(Number);
  }

  /** What the schema of the response finds wrong with the value; empty when nothing. */
  findFaults(operation: string, status: number, value: unknown): string {
    const [method = "", template = ""] = operation.split(" ");
    const path = ["paths", template, method, "responses", String(status), "content", "application/json", "schema"];
    const pointer = path.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    const validate = this.#ajv.getSchema(`openapi#/${pointer}`);
    if (validate === undefined) return `the document has no schema for ${operation} ${status}`;
    return validate(value) ? "" : this.#ajv.errorsText(validate.errors);
  }

  /** The words of an enumeration among the document's schemas. */
  listWords(schema: string): unknown {
    return this.#document.components.schemas[schema]?.enum;
  }

  #responses(operation: string) {
    const [method = "", template = ""] = operation.split(" ");
    return this.#document.paths[template]?.[method]?.responses ?? {};
  }
}
