/** What a first run without a config writes. Every line of it is read by a test. */
export const ANNOTATED_CONFIG = `# leakproof reference server.
# After a change, restart it or POST /-/reload to the operator listener.
# It is a test reference for conformance and load testing, not a product.

# Where clients connect.
listen: 127.0.0.1:4873
# How clients reach this server, if that is not where it listens.
# publicUrl: https://packages.example.test/

# What outlives a restart (tokens, hosted packages, caches): a folder, or ":memory:".
data: leakproof-data

# For operators only: health and reload. Never on the clients' port.
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

# What to do with registries that no rule names: reject, or fetch anonymously and share nothing.
unknownRoutes: reject

cache:
  resolutionTtlSeconds: 300
  metadataTtlSeconds: 300
`;
