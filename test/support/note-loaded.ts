/** Loaded before the command: writes the address of each module that the process has loaded to its descriptor 3 as it ends. */
import { writeSync } from "node:fs";
import { registerHooks } from "node:module";

const loaded: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});
process.on("exit", () => writeSync(3, loaded.join("\n")));
