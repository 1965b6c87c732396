/** `npm run docs`: writes the pages of docs/ that are made from the code. */
import { writeFileSync } from "node:fs";
import { renderCodes } from "./render-codes.ts";

writeFileSync(new URL("../../docs/codes.md", import.meta.url), renderCodes());
