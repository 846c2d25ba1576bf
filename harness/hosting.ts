import { publishMessage } from "../clients/publish.ts";
import { packTarball } from "../fixtures/packages/tarball.ts";
import type { Session } from "./targets/target.ts";
import { StartFailed } from "./targets/target.ts";
import type { PlacedWorld } from "./world.ts";
import { bytesOf } from "../wire/message.ts";

/** Publishes what the world says that the subject hosts, over the subject's own registry surface. */
export async function publishHosted(placed: PlacedWorld, session: Session): Promise<void> {
  const publisher = session.credential("publisher")?.authorization ?? null;
  for (const [name, { versions }] of Object.entries(placed.world.hosted)) {
    const canary = placed.hostedCanaries[name] ?? "";
    for (const [version, manifest] of Object.entries(versions)) {
      const { published: _published, ...fields } = manifest;
      const document = { name, version, description: `the package ${name} ${canary}`, ...fields };
      const tarball = packTarball({
        "package.json": JSON.stringify(document),
        "README.md": `# ${name} ${canary}\n`,
      });
      const message = publishMessage({ manifest: document, tarball: tarball.bytes }, publisher);
      const reply = await session.send(message, AbortSignal.timeout(10_000));
      await bytesOf(reply.body);
      if (reply.status !== 201 && reply.status !== 200) {
        throw new StartFailed(`the subject answered ${reply.status} when ${name} was published`);
      }
    }
  }
}
