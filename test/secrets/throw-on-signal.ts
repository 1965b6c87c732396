/** Loaded before the command: at SIGUSR2 an error that nobody awaits is thrown, with a cell and the secret in its message. */
process.on("SIGUSR2", () => {
  void Promise.reject(new TypeError(`CnryBugCell\n  at CnryBugCell ${process.env.LEAD_CLIENT_SECRET}`));
});
