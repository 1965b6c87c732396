/**
 * Measures the parts of the bench one after another. A part that breaks takes none of the others with it: it comes out as a
 * part without figures, whose text is the error.
 */
import type { Part } from "./figures.ts";

export async function* measureParts(
  names: readonly string[],
  measure: (name: string) => Promise<Part>,
): AsyncGenerator<Part> {
  for (const name of names) yield await measure(name).catch((error) => brokenPart(name, error));
}

function brokenPart(name: string, error: unknown): Part {
  const text = `\`\`\`\n${error instanceof Error ? error.message : String(error)}\n\`\`\``;
  return { title: `Part ${name} broke`, text, columns: [], rows: [], bars: [], isBroken: true };
}
