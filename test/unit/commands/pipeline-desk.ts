import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { modelSignatures } from '../../../src/adapters/artifacts/model-signing.ts';
import { modelSources } from '../../../src/adapters/sources/sources.ts';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { CHECK_IMPORTERS } from '../../../src/adapters/checks/importers.ts';
import { IMPORTERS } from '../../../src/adapters/evals/importers.ts';
import { jsonLineItems } from '../../../src/adapters/evals/items.ts';
import { sampleResults } from '../../../src/adapters/evals/sample.ts';
import { localFiles } from '../../../src/adapters/files/local-files.ts';
import { targetsIn } from '../../real/support/targets.ts';
import { registries } from '../../../src/adapters/oci/registries.ts';
import { uploads } from '../../../src/adapters/config/uploads.ts';
import type { CommonOptions } from '../../../src/commands/shared/command.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import { readHarnessOutput } from '../../../src/commands/shared/intake/harness-output.ts';
import type { Desk, Plan } from '../../../src/commands/shared/opening/write.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { toFileEntries } from '../../../src/machine/file-check.ts';
import { addBaseline, lockNow } from '../support/acts.ts';
import { lawTree, type LawChanges, type Person } from '../support/law-files.ts';
import { actorOf, at, done, hour, worldOf, type Signed } from '../support/world.ts';

/** A desk of the pipeline: real files, importers, inspector and registry; the repository is a tree in memory. */

export const COMMON: CommonOptions = {
  ...{ directory: '.', json: false, plain: false, root: null, branch: null, state: null },
  ...{ as: null, keyFile: null, role: null, dryRun: false },
};

const BASE = 'org/base';
const COMMIT = 'b'.repeat(40);
export const root = mkdtempSync(join(tmpdir(), 'pipeline-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Writes a file. @returns its path. */
export function file(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  return path;
}

/** An adapter folder. @param revision null leaves its base floating. */
export function adapter(name: string, revision: string | null = COMMIT): string {
  const shape = { base: BASE, revision, rank: 2, modules: ['q_proj'], hidden: 8, layers: 1, seed: name };
  for (const part of loraAdapter(shape)) file(`adapters/${name}/${part.path}`, part.bytes);
  return `adapters/${name}`;
}

/** Harness output for an adapter by its name; null for the base. */
export function results(name: string, of: string | null, a: number, b: number): string {
  const task = { metric: 'acc', filter: 'none', samples: 100, higherIsBetter: true };
  const tasks = [
    { ...task, task: 'task-a', value: a },
    { ...task, task: 'task-b', value: b },
  ];
  const path = of === null ? null : `out/${of}`;
  return file(
    `results/${name}.json`,
    sampleResults({ base: BASE, revision: COMMIT, adapter: path, tasks, date: at(of === null ? 0 : 5) }),
  );
}

export const METADATA = `
change: { mutation: adapter-update, summary: more claims, capabilities: [summarise], flags: { personal-data: false, modifies-code: false } }
lineage:
  datasets: [{ name: z, digest: "${'a'.repeat(64)}" }, { name: a, digest: "${'b'.repeat(64)}" }]
  training: { system: axolotl, run: r1, startedAt: ${at(2)}, endedAt: ${at(3)} }
`;

const openRegistry = registries({
  environment: {},
  uploads: uploads({ XDG_STATE_HOME: join(root, 'state') }),
});

export const context = {
  now: () => hour(6),
  environment: {},
  terminal: {
    interactive: false,
    columns: 80,
    rows: 24,
    color: false,
    progress: () => undefined,
    say: () => undefined,
  },
  files: localFiles(root),
  inspector: artifactInspector,
  modelSignatures,
  modelSources: modelSources(openRegistry),
  importers: IMPORTERS,
  checkImporters: CHECK_IMPORTERS,
  items: jsonLineItems,
  targets: targetsIn('/', process.env),
  settings: { file: 'config.yaml', load: () => Promise.resolve(null) },
  registry: openRegistry,
} as unknown as Context;

/** A repository whose line is locked, with the baseline read by the real importer. */
export async function lockedTree(changes: LawChanges = {}): Promise<TreeFolder> {
  const output = await readHarnessOutput(context, results('base', null, 0.75, 0.65), null);
  if (output.kind === 'refused') throw new Error(JSON.stringify(output.reasons));
  const { files, reportBytes } = output;
  const law = lawTree({ ...changes, rubric: { harness: { name: 'lm-evaluation-harness' } } });
  const imported = (tree: TreeFolder): Signed => {
    const { by, act } = addBaseline({ files: toFileEntries(files) }, 0, reportBytes)(tree);
    if (act.kind !== 'baseline') throw new Error('that is no baseline');
    return { by, act: { ...act, files } };
  };
  return done(law, imported, lockNow());
}

/** @param earlier trees of earlier commits. */
export function deskOf(tree: TreeFolder, name: Person = 'ci', earlier: readonly TreeFolder[] = []): Desk {
  const actor = actorOf(tree, name, 6);
  const signer = { primary: actor.key, sign: () => Promise.reject(new Error('signed')) };
  const workspace = {
    world: worldOf(tree),
    valid: { clock: actor.clock },
    facts: { workTree: join(root, 'evidence'), gitDir: join(root, 'evidence/.git') },
    verification: { commits: [...earlier, tree].map((of) => ({ tree: of })) },
  } as unknown as Desk['workspace'];
  return { context, workspace, who: { principal: actor.principal, signer }, now: hour(6), actor };
}

/** The codes of a refusal, each once; what came instead where there is none. */
export function codes(outcome: object): readonly string[] {
  return 'reasons' in outcome && Array.isArray(outcome.reasons)
    ? [...new Set((outcome.reasons as readonly Reason[]).map((why) => why.code))]
    : ['allowed'];
}

export const acts = (plan: Plan): readonly string[] => plan.acts.map((act) => act.kind);
