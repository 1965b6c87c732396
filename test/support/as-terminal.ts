/** Loaded into a process before its own code: standard error counts as a terminal, whatever it is. */
Object.defineProperty(process.stderr, "isTTY", { value: true });
