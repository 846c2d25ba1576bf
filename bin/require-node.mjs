// Runs on any Node: says in words what to do when the bundled runtime is not the one in use.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 11)) {
  console.error(
    `leakproof: Node ${process.version} is too old: 24.11 or newer is needed. ` +
      "Run through npm (npm test, npm start, npx leakproof), which uses the bundled one; " +
      "if that still says this, run `npm ci` without --omit=optional.",
  );
  process.exit(3);
}
