import path from "node:path";
import { VIRTUAL_ROOT } from "./failure.ts";
import type { LibraryOptions, RequestPackage } from "./library.ts";
import { overrideEdge } from "./overrides.ts";
import type { Settings } from "./settings.ts";

/** What pnpm's command line leaves as it is for `install --lockfile-only`. */
export function fixedOptions() {
  const modulesDir = path.posix.join(VIRTUAL_ROOT, "node_modules/.pnpm");
  return {
    allowedDeprecatedVersions: {},
    allowUnusedPatches: true,
    autoInstallPeersFromHighestMatch: false,
    // Git and paths are declined anyway, and a tarball's URL gets no further than the operator's allowlist.
    blockExoticSubdeps: false,
    // Nothing is installed: an empty one keeps the library from looking for files.
    currentLockfile: { lockfileVersion: "9.0", importers: {}, packages: {} },
    dedupeDirectDeps: false,
    dedupeInjectedDeps: true,
    dedupePeerDependents: true,
    defaultUpdateDepth: 0,
    dryRun: true,
    engineStrict: false,
    force: false,
    forceFullResolution: true,
    globalVirtualStoreDir: modulesDir,
    ignoreScripts: true,
    injectWorkspacePackages: false,
    linkWorkspacePackagesDepth: -1,
    lockfileDir: VIRTUAL_ROOT,
    lockfileIncludeTarballUrl: false,
    peersSuffixMaxLength: 1000,
    pnpmVersion: "11.26.0",
    preserveWorkspaceProtocol: true,
    resolvePeersFromWorkspaceRoot: true,
    saveWorkspaceProtocol: "rolling" as const,
    tag: "latest",
    virtualStoreDir: modulesDir,
    virtualStoreDirMaxLength: 120,
  };
}

/** The release age itself is not among them: it is counted from the job's clock, at each request. */
export function settingOptions(settings: Settings) {
  const edge = overrideEdge(settings.overrides);
  return {
    autoInstallPeers: settings.autoInstallPeers,
    catalogs: settings.catalogs,
    dedupePeers: settings.dedupePeers,
    excludeLinksFromLockfile: settings.excludeLinksFromLockfile,
    minimumReleaseAgeExclude: [...settings.minimumReleaseAgeExclude],
    registriesByPrefix: settings.registriesByPrefix,
    resolutionMode: settings.resolutionMode,
    trustPolicy: settings.trustPolicy,
    trustPolicyExclude: [...settings.trustPolicyExclude],
    ...(edge === undefined ? {} : { overrideBareSpecifier: edge }),
  };
}

/** There is no store: of all that one does, a resolve that installs nothing asks for this. */
export function storeController(
  requestPackage: RequestPackage,
  clearResolutionCache: () => void,
): LibraryOptions["storeController"] {
  const store: Partial<LibraryOptions["storeController"]> = {
    requestPackage,
    clearResolutionCache,
  };
  return store as LibraryOptions["storeController"];
}
