import { publishMessage } from "../clients/publish.ts";
import { packTarball } from "../fixtures/packages/tarball.ts";
import type { Tarball } from "../fixtures/packages/tarball.ts";
import type { Manifest } from "../fixtures/world.ts";
import { bytesOf } from "../wire/message.ts";
import type { Session } from "./targets/target.ts";
import { StartFailed } from "./targets/target.ts";
import type { PlacedWorld } from "./world.ts";

/** The account that every world with hosted packages has for putting them there. */
export const PUBLISHER = "publisher";

/** Publishes what the world says that the subject hosts, over the subject's own registry surface. */
export async function publishHosted(placed: PlacedWorld, session: Session): Promise<void> {
  const authorization = session.credential(PUBLISHER)?.authorization ?? null;
  for (const [name, { versions }] of Object.entries(placed.world.hosted)) {
    for (const [version, manifest] of Object.entries(versions)) {
      const canary = placed.hostedCanaries[name] ?? "";
      const { document, tarball } = hostedRelease(name, version, manifest, canary);
      const registry = session.origins.client;
      const publication = { manifest: { ...document }, tarball: tarball.bytes, registry };
      const message = publishMessage(publication, authorization);
      const reply = await session.send(message, AbortSignal.timeout(PUBLISH_MS));
      await bytesOf(reply.body);
      if (reply.status !== 201 && reply.status !== 200) {
        const what = `${name}@${version} was published`;
        throw new StartFailed(`the subject answered ${reply.status} when ${what}`);
      }
    }
  }
}

const PUBLISH_MS = 10_000;

/** One version of a hosted package as it is published, with its canary in all that is its own. */
export interface HostedRelease {
  readonly document: { readonly name: string; readonly version: string } & Manifest;
  readonly tarball: Tarball;
}

export function hostedRelease(
  name: string,
  version: string,
  manifest: Manifest,
  canary: string,
): HostedRelease {
  // A registry says itself when something was published to it.
  const { published: _published, ...fields } = manifest;
  const readme = `# the package ${name} ${canary}`;
  const described = { name, version, description: `the package ${name} ${canary}`, ...fields };
  const tarball = packTarball({
    "package.json": JSON.stringify(described),
    "README.md": `${readme}\n`,
    "index.js": `module.exports = ${JSON.stringify(canary)};\n`,
  });
  return { document: { ...described, readme } as HostedRelease["document"], tarball };
}
