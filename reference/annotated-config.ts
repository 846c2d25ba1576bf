/** What a first run without a config writes. Every line of it is read by a test. */
export const ANNOTATED_CONFIG = `# leakproof reference server.
# After a change, send it SIGHUP or POST /-/reload to the operator listener: a config that is wrong
# changes nothing. What waits for a restart is said in the answer.
# It is a test reference for conformance and load testing, not a product.

# Where clients connect.
listen: 127.0.0.1:4873
# How clients reach this server, if that is not where it listens.
# publicUrl: https://packages.example.test/

# What outlives a restart (tokens, hosted packages, caches): a folder, or ":memory:".
data: leakproof-data

# For operators only: health, metrics and reload. Never on the clients' port.
# operator:
#   listen: 127.0.0.1:4874

auth:
  # Whether anyone may make an account with \`npm login\` or \`npm adduser\`: open, closed.
  registration: open
  # Whether callers without a token may resolve public routes: allow, refuse.
  anonymous: allow
  # users:
  #   ci:
  #     tokens: ["<SHA-256 of the token, 64 hex digits>"]

# teams:
#   acme: [alice, bob]

# Upstream registries with a credential of this server's own. Credentials come from the environment or
# from a file, never from this text. A new generation, or a new credential, opens a new private namespace.
# aliases:
#   acme:
#     registry: https://npm.acme.example.test/
#     claims: ["@acme/*"]
#     credential: { env: ACME_TOKEN }
#     generation: 1
#     access: ["team:acme"]

# Packages that this server hosts itself.
hosted:
  - packages: "@local/*"
    access: ["$authenticated"]
    publish: ["$authenticated"]

public:
  # Which names at the official npm registry are public: unscoped, host (all of them), off.
  builtIn: host
  # Further public registries.
  # routes:
  #   - { registry: https://mirror.example.test/, packages: ["left-*"] }

# What to do with registries that no rule names: reject, or fetch anonymously and share nothing (anonymous).
unknownRoutes: reject

# Whether an alias's upstream is asked before a private hit is served: off, on-hit. One conditional request
# for each alias, with its own credential. If it is denied, the candidate goes and the caller is refused. An
# upstream that is down denies nothing: then the candidate stands in for it, as stored metadata does.
validation: off

# Whether an undeclared registry under one of these hosts is asked, once and without any credential, what it
# is. Give off or on. If it answers, that scope of it is public; if it wants a login, it is refused to all.
probing: off
# probes:
#   hosts: ["https://npm.friends.example.test/"]
#   ttlSeconds: 300
#   verdicts: 1000

cache:
  # How long a resolution may be replayed; 0 switches that off.
  resolutionTtlSeconds: 300
  # Room for resolutions, of one request with different private routes, of all, and filled by one caller.
  candidatesPerKey: 8
  candidatesTotal: 1000
  candidatesPerCaller: 250
  # How long metadata is fresh, how long it may stand in for an upstream that is down, and how much is kept.
  metadataTtlSeconds: 300
  staleLimitSeconds: 86400
  metadataBytes: 536870912
  # How often what nobody can be served any more is let go. A change waits for a restart.
  tidySeconds: 60

limits:
  # What clients may send in a head, in a body, in a login.
  headBytes: 65536
  headMs: 20000
  bodyBytes: 33554432
  loginBytes: 65536
  # How many requests of one caller may be answered at once, and how many reads of packages beside them.
  requestsPerCaller: 64
  downloadsPerCaller: 1024
  # What upstreams may take, for a connection, for a reply, how often, through how many redirects, how large.
  connectMs: 5000
  responseMs: 10000
  tries: 2
  redirects: 3
  packumentBytes: 134217728
  # What a tarball may be that a dependency names by its URL, as it comes, unpacked, and in time.
  tarballBytes: 67108864
  unpackedBytes: 536870912
  tarballMs: 30000
  # How many packages of a lockfile are verified at once.
  verifyAtOnce: 16
  # For resolves, how many threads with how much memory each, how long one may take, how many may wait.
  workers: 3
  workerMemoryMb: 1024
  resolveMs: 120000
  queue: 256
  # How long requests under way have when the server is told to stop.
  drainMs: 10000
`;
