import path from "node:path";

/** Programs that other people make, in the versions that we know: clients, and a server. */
export type PeerName =
  | "pnpm-12.21"
  | "pnpm-12.18"
  | "pnpm-12.6"
  | "pnpm-11.26"
  | "npm-11"
  | "yarn-1"
  | "yarn-4"
  | "pnpr";

/** The executable, and what stands before the arguments. */
export type Command = readonly [file: string, ...leading: string[]];

export interface Pinned {
  readonly package: string;
  /** Of the tarball. What a registry says of itself is no pin. */
  readonly integrity: string;
}

export interface PinnedPeer {
  readonly version: string;
  readonly start: (folder: string) => Command;
  /** What whoever fetches it should know that it comes under. */
  readonly licence?: string;
  /** By `process.platform`-`process.arch`, or `any`. */
  readonly packages: Readonly<Record<string, Pinned>>;
}

const native = (folder: string): Command => [path.join(folder, "pnpm")];

/** A program for Node, run by the Node that runs us. */
const script =
  (file: string) =>
  (folder: string): Command => [process.execPath, path.join(folder, "bin", file)];

export const PINNED: Readonly<Record<PeerName, PinnedPeer>> = {
  "pnpm-12.21": {
    version: "12.21.0",
    start: native,
    packages: {
      "linux-x64": {
        package: "@pnpm/exe.linux-x64",
        integrity:
          "sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==",
      },
      "linux-arm64": {
        package: "@pnpm/exe.linux-arm64",
        integrity:
          "sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==",
      },
    },
  },
  "pnpm-12.18": {
    version: "12.18.0",
    start: native,
    packages: {
      "linux-x64": {
        package: "@pnpm/exe.linux-x64",
        integrity:
          "sha512-OJ+X2wcraldCwj75pCIerWARQSRpdfj0eBTs/2ODyhfeW46ylOnjTIE/GKra6Mn6E72/gBmXS8igrUioa+F9fQ==",
      },
      "linux-arm64": {
        package: "@pnpm/exe.linux-arm64",
        integrity:
          "sha512-2dpyVBCHT+FfpuQh9i+7MXAqNWYLCvD5vYr5p6Eimxoga8USLnjbUgyj72AOrO0hjc5ri3TEFP3jiyBHjkSZpQ==",
      },
    },
  },
  "pnpm-12.6": {
    version: "12.6.0",
    start: native,
    packages: {
      "linux-x64": {
        package: "@pnpm/exe.linux-x64",
        integrity:
          "sha512-qFWBneHJAJ73W4whtbaFOL1M/7DBC6ILHXuxc7ZPtEhfPuT1zeZiGrmKHoMAfJA+mcm6xhOFljqVTUS+00Jabw==",
      },
      "linux-arm64": {
        package: "@pnpm/exe.linux-arm64",
        integrity:
          "sha512-8h2sNoIhHDpHDYqZZCh9PXr6krqW10btb0GHVGuw710muDHlFAHMtUG2ogmaHge6zJG1xgY4Y7mwX5g/LWvrYg==",
      },
    },
  },
  "pnpm-11.26": {
    version: "11.26.0",
    start: script("pnpm.mjs"),
    packages: {
      any: {
        package: "pnpm",
        integrity:
          "sha512-/A4r+JC5+YNhHxq2jAY3vOkUOQZTaZ+DwaeLAF7SXyyB53kgyP2O7i7PC1iyjNywCoTZf2m898VrLzRHECOGZA==",
      },
    },
  },
  "npm-11": {
    version: "11.21.2",
    start: script("npm-cli.js"),
    packages: {
      any: {
        package: "npm",
        integrity:
          "sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==",
      },
    },
  },
  "yarn-1": {
    version: "1.22.22",
    start: script("yarn.js"),
    packages: {
      any: {
        package: "yarn",
        integrity:
          "sha512-prL3kGtyG7o9Z9Sv8IPfBNrWTDmXB4Qbes8A9rEzt6wkJV8mUvoirjU0Mp3GGAU06Y0XQyA3/2/RQFVuK7MTfg==",
      },
    },
  },
  "yarn-4": {
    version: "4.18.1",
    start: script("yarn.js"),
    packages: {
      any: {
        package: "@yarnpkg/cli-dist",
        integrity:
          "sha512-EH+A4TxAtBWXKE0DGQxW9Bo9crXHLJ73mfxjTQJuv8XonNWWTpei8BQ5JjczHJNU9GROTycwMFn8iOvRIZXUcA==",
      },
    },
  },
  pnpr: {
    version: "0.1.0-alpha.8",
    // The package that users install says so; the one with the native file for a platform brings MIT's text.
    licence: "PolyForm Shield 1.0.0, https://polyformproject.org/licenses/shield/1.0.0",
    start: (folder) => [path.join(folder, "pnpr")],
    packages: {
      "linux-x64": {
        package: "@pnpm/pnpr.linux-x64",
        integrity:
          "sha512-JxydCbSxtxUL5IskpuHtCnBaQPFOjeXsW/ts3oBNccoGkXxlhqTi/FYpvBF7XZ4E2nxx+wAFzclMJhM/UMi+fA==",
      },
    },
  },
};
