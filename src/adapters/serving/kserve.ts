import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { toIterationId, Version, type LineName } from '../../domain/names.ts';
import type { Target } from '../../domain/target.ts';
import type { DriverParts, Found, TargetDriver } from '../../ports/targets.ts';
import { removeAll, textOf, writeText } from './whole-files.ts';

type KServe = Extract<Target, { kind: 'kserve' }>;

const MAX_BYTES = 1024 * 1024;
/** As much of a manifest of ours as tells which iterations are in it. */
const Manifest = z.looseObject({
  spec: z.looseObject({
    model: z.looseObject({
      lora: z.looseObject({ adapters: z.array(z.looseObject({ name: z.string() })).max(1000) }),
    }),
  }),
});

/**
 * An `LLMInferenceService` (serving.kserve.io/v1alpha2) with one adapter an iteration. Who applies the folder – Argo CD, Flux –
 * rolls it out. The same iterations give the same bytes.
 */
export function manifestText(target: KServe, line: LineName, versions: readonly string[]): string {
  return stringify(
    {
      apiVersion: 'serving.kserve.io/v1alpha2',
      kind: 'LLMInferenceService',
      metadata: { name: line, namespace: target.namespace },
      spec: {
        model: {
          uri: target.model,
          name: line,
          lora: {
            adapters: [...versions].sort().map((version) => ({
              name: `${line}@${version}`,
              uri: `${target.adapters}/${line}/${version}`,
            })),
            maxRank: target.maxRank,
          },
        },
      },
    },
    { lineWidth: 0 },
  );
}

export function kserveDriver(target: KServe, { rankOf }: DriverParts): TargetDriver {
  const fileOf = (line: LineName): string => join(target.folder, `${line}.yaml`);
  const listed = async (line: LineName): Promise<Listed> => {
    const text = await textOf(fileOf(line), MAX_BYTES);
    if (text === null) return { versions: [], sound: true, foreign: false };
    const read = versionsIn(text, line);
    const versions = read ?? [];
    return { versions, sound: text === manifestText(target, line, versions), foreign: read === null };
  };
  const write = async (line: LineName, versions: readonly string[]): Promise<void> =>
    versions.length === 0
      ? await removeAll(fileOf(line))
      : await writeText(fileOf(line), manifestText(target, line, versions));
  return {
    async look(line, known) {
      const { versions, sound, foreign } = await listed(line);
      // What a cluster makes of it nobody here knows; it goes, or what is wanted is written in its place.
      if (foreign)
        return [
          { key: FOREIGN, version: null, sound: false, seen: `${fileOf(line)} is no manifest of ours` },
        ];
      return versions.map((version): Found => {
        const model = known.find(({ iteration }) => iteration.version === version);
        return {
          key: version,
          version: model?.iteration.version ?? null,
          sound: sound && model !== undefined,
          seen: `${target.folder}/${line}.yaml lists ${line}@${version}`,
        };
      });
    },
    async put(_key, model) {
      const { line, version } = model.iteration;
      const rank = await rankOf(model);
      if (rank > target.maxRank)
        throw new CannotTell('BAD_DATA', `${toIterationId(model.iteration)} has the rank ${rank}`, {
          facts: [`the target takes ranks up to ${target.maxRank}`],
          remedy: 'raise maxRank in the policy, or train with a lower rank',
        });
      const { versions } = await listed(line);
      await write(line, [...new Set([...versions, version])]);
    },
    async remove(version, line) {
      const { versions } = await listed(line);
      await write(
        line,
        versions.filter((each) => each !== version),
      );
    },
    prove: ({ seen }) => Promise.resolve(`${seen}, to be rolled out from there`),
  };
}

/** @returns undefined where it is no YAML. */
function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

interface Listed {
  readonly versions: readonly string[];
  readonly sound: boolean;
  /** What lies there is nothing that can be read. */
  readonly foreign: boolean;
}

/** No version is called so. */
const FOREIGN = '(unreadable)';

/** @returns null where it is no manifest of ours. */
function versionsIn(text: string, line: LineName): readonly string[] | null {
  const read = Manifest.safeParse(parsed(text));
  if (!read.success) return null;
  const names = read.data.spec.model.lora.adapters.map(({ name }) => name);
  return names.flatMap((name) => {
    const version = name.startsWith(`${line}@`) ? name.slice(line.length + 1) : '';
    return Version.safeParse(version).success ? [version] : [];
  });
}
