/**
 * An event as one line of JSON, in the form that docs/json-output.md describes.
 */
import { CONTROLS } from "../../text/unseen.ts";

const UNFIT = new RegExp(`[${CONTROLS}]`, "gu");
/** The form of all messages (docs/schemas/output-1.json): it rises once a member goes away or changes its type. */
const FORMAT = 1;

/** Always one line: line ends and terminal controls in the values are escaped. */
export function jsonLine(event: object): string {
  const text = JSON.stringify({ format: FORMAT, ...event }).replace(UNFIT, (character) =>
    character.split("").map(escapeUnit).join(""),
  );
  return `${text}\n`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
