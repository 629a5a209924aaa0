import { toIterationId } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import type { TreeFolder } from '../../domain/tree.ts';
import type { Export } from '../../domain/record.ts';
import { bundlesOf, type Bundle } from '../../machine/world.ts';
import type { Context } from '../shared/context.ts';
import { registryNamed } from '../shared/intake/registry-choice.ts';
import type { ContentCheck } from './content.ts';
import { checkStamps } from './stamp-content.ts';

/**
 * Hashes every exported manifest and all it names again, as a registry gives it out. What is deprecated may be gone there.
 * @param readLocks whether the weights are read again, too, for the locks they carry.
 * @throws CannotTell where the registry is not reached.
 */
export async function checkRegistry(
  context: Context,
  tree: TreeFolder,
  named: string,
  plainHttp: boolean,
  readLocks: boolean,
): Promise<Pick<ContentCheck, 'findings'> & { readonly read: number }> {
  const place = registryNamed(named, plainHttp);
  const registry = await context.registry(
    place.kind === 'layout' ? { ...place, folder: context.files.absolute(place.folder) } : place,
  );
  const exported = exportsKept(tree);
  const findings: ContentCheck['findings'][number][] = [];
  for (const { bundle, done } of exported) {
    context.terminal.progress(`reading ${toIterationId(bundle.iteration)} in the registry`);
    const verdict = await registry.verify(done.manifest.sha256);
    if (verdict.kind === 'unsound')
      findings.push(
        ...verdict.problems.map(({ place: { file }, message }) => ({
          reason: reason('CONTENT_DIFFERS', { path: file, message }),
          signer: done.principal,
        })),
      );
    else if (readLocks) findings.push(...(await checkStamps(context, registry, bundle)));
  }
  context.terminal.progress('');
  return { read: exported.length, findings };
}

/** What a registry has to have: everything that was exported and is not deprecated. */
function exportsKept(tree: TreeFolder): readonly { readonly bundle: Bundle; readonly done: Export }[] {
  return bundlesOf(tree).flatMap((bundle) => {
    const { state, export: done } = bundle.record;
    return done === undefined || state === 'deprecated' ? [] : [{ bundle, done }];
  });
}

/** How many of these say that their weights carry the id of their lock. */
export function countBound(tree: TreeFolder): number {
  return exportsKept(tree).filter(({ bundle }) => bundle.record.request.lockStrength === 'bound').length;
}
