/** Loaded into a process before its own code: standard error counts as a terminal, whatever it is. */
Object.defineProperties(process.stderr, {
  isTTY: { value: true },
  columns: { value: 80 },
  rows: { value: 24 },
  getWindowSize: { value: () => [80, 24] },
});
