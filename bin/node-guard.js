// What comes in: the version of Node that is running. What goes out: nothing, or one line and exit 2.
// Plain JavaScript of any age, since an older Node cannot even parse the rest.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(
    `tieout needs Node 24 or newer, and this is ${process.versions.node}: in a clone, start it by "npx tieout …" or "npm run …" after "npm ci"; elsewhere, install Node 24.`,
  );
  process.exit(2);
}
