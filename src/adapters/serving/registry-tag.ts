import { ALIASES } from '../../domain/states.ts';
import type { Target } from '../../domain/target.ts';
import type { DriverParts, Found, TargetDriver } from '../../ports/targets.ts';

/** Tags that are moved in a registry: whoever pulls by one gets what its alias points to. */
export function registryDriver(
  target: Extract<Target, { kind: 'registry' }>,
  { own, registry }: DriverParts,
): TargetDriver {
  const opened = registry(target.repository, own.kind === 'registry' && own.plainHttp);
  opened.catch(() => undefined);
  return {
    async look(line, known) {
      const there = await opened;
      const found: Found[] = [];
      // Those of aliases that are followed no more are ours as well.
      for (const tag of ALIASES.map((alias) => `${line}-${alias}`)) {
        const manifest = await there.tagged(tag);
        if (manifest === null) continue;
        const model = known.find((each) => each.manifest === manifest);
        found.push({
          key: tag,
          version: model?.iteration.version ?? null,
          sound: true,
          seen: `${target.repository}:${tag} is sha256:${manifest}`,
        });
      }
      return found;
    },
    put: async (tag, { manifest }) => (await opened).tag(manifest, tag),
    remove: async (tag) => (await opened).untag(tag),
    prove: ({ seen }) => Promise.resolve(seen),
  };
}
