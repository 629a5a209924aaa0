import { holdsWeights } from '../../domain/lock-strength.ts';
import { toIterationId } from '../../domain/names.ts';
import { bundleFolder, RECORD } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import type { Bundle } from '../../machine/world.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { Context } from '../shared/context.ts';
import type { ContentCheck } from './content.ts';

/** Reads the weights of an iteration again for the lock they carry, and holds that against what its request says of them. */
export async function checkStamps(
  { inspector, terminal }: Pick<Context, 'inspector' | 'terminal'>,
  registry: ModelRegistry,
  { iteration, record: { request } }: Bundle,
): Promise<ContentCheck['findings']> {
  const recorded = new Map((request.artifact.stamps ?? []).map(({ path, lock }) => [path, lock]));
  const findings: ContentCheck['findings'][number][] = [];
  for (const file of request.artifact.files.filter(({ path }) => holdsWeights(path))) {
    terminal.progress(`reading ${file.path} of ${toIterationId(iteration)} for its lock`);
    const found = await inspector.readStamp(file, registry.read(file));
    const stated = recorded.get(file.path) ?? null;
    const carried = found === null || typeof found === 'string' ? null : found.lock;
    // An entry may keep silent about the right lock: it then claims less than there is.
    const agrees =
      typeof found !== 'string' && (carried === stated || (stated === null && carried === request.lock));
    if (agrees) continue;
    const message =
      typeof found === 'string'
        ? `is about ${file.path}, which ${found}`
        : `says that ${file.path} carries ${lockWords(stated)}, and it carries ${lockWords(carried)}`;
    findings.push({
      reason: reason('CONTENT_DIFFERS', { path: `${bundleFolder(iteration)}/${RECORD}`, message }),
      signer: request.principal,
    });
  }
  return findings;
}

function lockWords(lock: string | null): string {
  return lock === null ? 'no lock' : `the lock ${lock}`;
}
