/**
 * A text as one word of a shell's command line, whatever it holds.
 */
import { CONTROLS } from "./unseen.ts";

const UNTYPABLE = new RegExp(`[${CONTROLS}]`, "u");
const ESCAPED = new RegExp(String.raw`[\\'${CONTROLS}]`, "gu");

/** A key may hold anything; what a shell would take apart or a terminal act on is quoted (`$'…'` as bash and zsh read it). */
export function shellWord(text: string): string {
  if (/^[\w./:@%+=,-]+$/.test(text)) return text;
  if (!UNTYPABLE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(ESCAPED, (character) =>
    /[\\']/.test(character) ? `\\${character}` : `\\U${character.codePointAt(0)?.toString(16).padStart(8, "0")}`,
  );
  return `$'${escaped}'`;
}
