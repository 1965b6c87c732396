/**
 * What the bank says to one request: a JSON value, a web page, or an error in the bank's shape.
 * Does not know how it is sent, and never decides which answer to give.
 */

/** One reason for a refusal; `name` is the path of the member, such as `entities.account_holders[0]`. */
export interface InvalidParameter {
  readonly name: string;
  readonly reason: string;
}

export type SandboxAnswer =
  | { readonly kind: "json"; readonly status: number; readonly body: string }
  | { readonly kind: "page"; readonly status: number; readonly body: string }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly title: string;
      readonly detail: string;
      readonly invalid: readonly InvalidParameter[];
    };

/** A 200 with this value as JSON. It is serialised at once, so that later changes of the value do not reach the answer. */
export function answerOk(value: unknown): SandboxAnswer {
  return { kind: "json", status: 200, body: JSON.stringify(value) };
}

/** An error (contract, "Errors"). */
export function answerError(
  status: number,
  code: string,
  title: string,
  detail: string,
  invalid: readonly InvalidParameter[] = [],
): SandboxAnswer {
  return { kind: "error", status, code, title, detail, invalid };
}

/** 422 with every reason found. */
export function answerRefused(detail: string, invalid: readonly InvalidParameter[]): SandboxAnswer {
  return answerError(422, "parameters_invalid", "The parameters of the request are not acceptable.", detail, invalid);
}

/** 400 for an id or query parameter of the wrong form. */
export function answerBadParameter(name: string, reason: string): SandboxAnswer {
  const detail = `The parameter ${name} does not have the right form.`;
  return answerError(400, "parameters_invalid", "The parameters of the request are malformed.", detail, [
    { name, reason },
  ]);
}

/** 404; the names show whether the account or the relationship is unknown (contract, "Endpoints we use": DELETE). */
export function answerNotFound(detail: string, names: readonly string[] = ["id"]): SandboxAnswer {
  const invalid = names.map((name) => ({ name, reason: "not_found" }));
  return answerError(
    404,
    "parameters_invalid",
    "Nothing was found for the parameters of the request.",
    detail,
    invalid,
  );
}

/** 422 for a status call that the account's status does not allow. */
export function answerBadTransition(call: string, status: string): SandboxAnswer {
  const detail = `An account that is ${status} can't be taken through ${call}.`;
  return answerError(422, "invalid_status_transition", "This change of status is not possible.", detail);
}

/** 400 for a body that is not a JSON object. */
export function answerBadPayload(): SandboxAnswer {
  return answerError(400, "payload_invalid", "The body can't be read.", "The body must be one JSON object.");
}

/**
 * The text of an answer. Both `name` and `parameter` occur in what the bank publishes: a 400 says `parameter`,
 * everything else says `name`. `status` is text, as the published error schema has it.
 */
export function renderAnswer(answer: SandboxAnswer, path: string): string {
  if (answer.kind !== "error") return answer.body;
  const { status, code, title, detail } = answer;
  const invalid_parameters = answer.invalid.map(({ name, reason }) =>
    status === 400 ? { parameter: name, reason } : { name, reason },
  );
  return JSON.stringify({ code, title, detail, status: String(status), invalid_parameters, instance: path });
}
